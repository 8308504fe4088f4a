"""An edit of the policy as it is written down: lines that begin, and lines that end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from authz.conditions import ALWAYS
from domain.kernel.ids import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLineDraft:
    """A line that says what a role may, or may not, do at a tenant and below it.

    Without a tenant it holds in the whole group. A line that allows may end by itself.
    """

    role: str
    tenant_id: Annotated[UUID | None, Ref("Tenant")] = None
    object: str
    action: str
    condition: str = ALWAYS
    effect: str = "allow"
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InheritanceDraft:
    """A line that says that a role contains another one, at a tenant and below it."""

    role: str
    inherits: str
    tenant_id: Annotated[UUID | None, Ref("Tenant")] = None


@dataclass(frozen=True, slots=True)
class Edit:
    """What begins and what ends, together: nothing is in force in between."""

    add: tuple[PolicyLineDraft, ...] = ()
    inherit: tuple[InheritanceDraft, ...] = ()
    end: tuple[UUID, ...] = ()

    def written(self) -> dict[str, Any]:
        """The edit as it is kept. Tenants are kept by id: until it is approved they may move."""
        return {
            "add": [
                {
                    "role": one.role,
                    "tenant": _text(one.tenant_id),
                    "object": one.object,
                    "action": one.action,
                    "condition": one.condition,
                    "effect": one.effect,
                    "validTo": one.valid_to.isoformat() if one.valid_to else None,
                }
                for one in self.add
            ],
            "inherit": [
                {"role": one.role, "inherits": one.inherits, "tenant": _text(one.tenant_id)}
                for one in self.inherit
            ],
            "end": [str(one) for one in self.end],
        }

    @classmethod
    def read(cls, diff: dict[str, Any]) -> Edit:
        """Take a kept edit up again."""
        return cls(
            add=tuple(
                PolicyLineDraft(
                    role=one["role"],
                    tenant_id=_id(one["tenant"]),
                    object=one["object"],
                    action=one["action"],
                    condition=one["condition"],
                    effect=one["effect"],
                    valid_to=datetime.fromisoformat(one["validTo"]) if one["validTo"] else None,
                )
                for one in diff["add"]
            ),
            inherit=tuple(
                InheritanceDraft(
                    role=one["role"], inherits=one["inherits"], tenant_id=_id(one["tenant"])
                )
                for one in diff["inherit"]
            ),
            end=tuple(UUID(one) for one in diff["end"]),
        )


def _text(row_id: UUID | None) -> str | None:
    return str(row_id) if row_id else None


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
