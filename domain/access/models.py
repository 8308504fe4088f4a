"""Principals, their roles and tokens, and the lines of the policy."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy import Enum as OneOf
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from authz.actor import PrincipalKind
from authz.lint import ADMINISTRATORS, READING, READONLY
from domain.kernel.entity import Entity, GroupEntity, refers
from domain.kernel.indexes import latest_first
from domain.privacy.classification import SYSTEM
from domain.privacy.purposes import Purpose
from domain.privacy.types import Code, Prose

from .tokens import TokenKind

PURPOSES: Final = ARRAY(OneOf(Purpose, native_enum=False, create_constraint=False, length=40))

if TYPE_CHECKING:
    from collections.abc import Iterable

APART: Final = "ex_role_assignment_administrators"
"""The constraint by which nobody holds two of the administrators' roles at one time."""


def _among(column: str, names: Iterable[str]) -> str:
    quoted = ", ".join(f"'{name}'" for name in sorted(names))
    return f"{column} IN ({quoted})"


class Principal(GroupEntity, kw_only=True, repr=False):
    """Whoever may act: a person, a service account, a vendor or an auditor.

    A person has a name as a person, and none here. A service account answers to the principal of a
    person, its owner, and does not outlast that person's employment.
    """

    __tablename__ = "principal"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    constraints: ClassVar = (
        UniqueConstraint("group_id", "person_id"),
        Index(None, "group_id", "tenant_id", "id"),
    )
    unindexed: ClassVar = {
        "kind": "of four kinds, all but people are few",
        "name": "accounts with a name are few; people have none here",
    }

    kind: Mapped[PrincipalKind]
    name: Mapped[Code | None] = mapped_column(default=None)
    person_id: Mapped[UUID | None] = refers("person", index=False, default=None)
    owner_id: Mapped[UUID | None] = refers("principal", default=None)


class ChangeKind(Enum):
    """What a change of the policy is about."""

    LINES = "LINES"
    ASSIGNMENT = "ASSIGNMENT"
    REVOCATION = "REVOCATION"


class ChangeState(Enum):
    """How far a change of the policy has come."""

    PROPOSED = "PROPOSED"
    APPLIED = "APPLIED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class PolicyChange(GroupEntity, kw_only=True, repr=False):
    """One change of the policy, proposed or applied: who, why, what, and what followed from it.

    `diff` holds what begins and what ends, as names and ids; `impact` the first cells that widen or
    narrow. Nobody proposed what the installation itself did when it founded the group.
    """

    __tablename__ = "policy_change"
    holds = SYSTEM
    unindexed: ClassVar = {
        "base_version": "it tells one change from the next, and nothing is looked up by it",
        "applied_version": "it tells one change from the next, and nothing is looked up by it",
        "kind": "one of three: a list of them is narrowed by its state as well",
        "reason": "it is read, and not looked for",
        "decision": "it is read, and not looked for",
        "decided_at": "the order of the ids is the order of the changes",
        "widens": "a figure to be read",
        "narrows": "a figure to be read",
        "people": "a figure to be read",
    }
    constraints: ClassVar = (
        Index(None, "group_id", "tenant_id", "id"),
        Index(None, "group_id", "state"),
    )

    kind: Mapped[ChangeKind]
    state: Mapped[ChangeState] = mapped_column(default=ChangeState.PROPOSED)
    base_version: Mapped[int]
    applied_version: Mapped[int | None] = mapped_column(default=None)
    reason: Mapped[Prose]
    proposed_by: Mapped[UUID | None] = refers("principal", default=None)
    decided_by: Mapped[UUID | None] = refers("principal", default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[Prose | None] = mapped_column(default=None)
    widens: Mapped[int] = mapped_column(default=0)
    narrows: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    diff: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
    impact: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)


class RoleAssignment(GroupEntity, kw_only=True, repr=False):
    """That a principal holds a role at a tenant and below, from when to when."""

    __tablename__ = "role_assignment"
    holds = SYSTEM
    unindexed: ClassVar = {
        "valid_from": "a span is asked of the holders of a role, or of one principal",
        "valid_to": "a span is asked of the holders of a role, or of one principal",
    }
    constraints: ClassVar = (
        Index(None, "group_id", "principal_id"),
        Index(None, "group_id", "tenant_id", "id"),
        Index(None, "group_id", "role"),
        ExcludeConstraint(
            ("group_id", "="),
            ("principal_id", "="),
            ("role", "<>"),
            (literal_column("tstzrange(valid_from, valid_to)"), "&&"),
            name=APART,
            where=text(_among("role", ADMINISTRATORS)),
        ),
    )

    principal_id: Mapped[UUID] = refers("principal", index=False)
    role: Mapped[Code]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None] = mapped_column(default=None)
    change_id: Mapped[UUID | None] = refers("policy_change", default=None)


class PolicyLine(GroupEntity, kw_only=True, repr=False):
    """One line of the policy, with validity; `effect` is what its column is named for.

    A permission line (`ptype` p) says role, object, action, condition and effect; an inheritance
    line (`ptype` g) says role and the role that it contains. `tenant_id` is where it holds, and
    `tenant_path` the path of that tenant, or `/` for the whole group. A line is never rewritten:
    it ends, and another begins.
    """

    __tablename__ = "policy_line"
    holds = SYSTEM
    unindexed: ClassVar = {
        "ptype": "one of two: lines are asked for by their role",
        "tenant_path": "lines are asked for by their role, or by their object",
        "action": "lines are asked for by their role, or by their object",
        "condition": "lines are asked for by their role, or by their object",
        "effect": "lines are asked for by their role, or by their object",
        "inherits": "lines are asked for by their role",
        "valid_from": "lines are asked for by their role, or by their object",
        "valid_to": "lines are asked for by their role, or by their object",
    }
    constraints: ClassVar = (
        CheckConstraint("ptype IN ('p', 'g')", name="ptype"),
        CheckConstraint("effect IN ('allow', 'deny')", name="effect"),
        CheckConstraint("(ptype = 'g') = (inherits IS NOT NULL)", name="inheritance"),
        Index(None, "group_id", "tenant_id", "id"),
        Index(None, "group_id", "role"),
        Index(None, "group_id", "object"),
        CheckConstraint(
            f"NOT {_among('role', READONLY)} OR ptype = 'g' OR effect = 'deny'"
            f" OR {_among('action', READING)}",
            name="readonly",
        ),
    )

    ptype: Mapped[Code]
    role: Mapped[Code]
    tenant_path: Mapped[Code]
    object: Mapped[Code] = mapped_column(default="")
    action: Mapped[Code] = mapped_column(default="")
    condition: Mapped[Code] = mapped_column(default="-")
    effect: Mapped[Code] = mapped_column(default="allow")
    inherits: Mapped[Code | None] = mapped_column(default=None)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None] = mapped_column(default=None)
    change_id: Mapped[UUID | None] = refers("policy_change", default=None)


class PolicyHead(GroupEntity, kw_only=True, repr=False):
    """The version of a group's policy; its id is the group's.

    It rises on lines, assignments and tree moves, and is read in the same row as every answer.
    `moved_at` is the writer's clock: a process whose own is behind reads the policy as of then.
    """

    __tablename__ = "policy_head"
    holds = SYSTEM

    version: Mapped[int]
    moved_at: Mapped[datetime | None] = mapped_column(default=None)


class Token(GroupEntity, kw_only=True, repr=False):
    """A credential of a principal. The secret itself is nowhere; its digest is in the directory.

    It may what its principal may, as far as its `scopes` reach (none: all of it), for its
    `purposes`, from its `networks` (none: from anywhere). That of a vendor is bound to a
    processing contract, and may what that entrusts to them as well. `issued_by_id` is the token
    that was shown when it was issued: where that one leaks, this one may be its finder's.
    """

    __tablename__ = "token"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    constraints: ClassVar = (
        Index(None, "group_id", "tenant_id", "id"),
        Index(None, "group_id", "expires_at"),
        latest_first("token", "revoked_at"),
        latest_first("token", "reported_at"),
    )
    unindexed: ClassVar = {
        "kind": "of a few kinds, each is many",
        "created_at": "ids are in the order of issue",
        "name": "a token is found by its principal; names are chosen freely and repeat",
    }

    principal_id: Mapped[UUID] = refers("principal")
    person_id: Mapped[UUID | None] = refers("person", default=None)
    contract_id: Mapped[UUID | None] = refers("processing_contract", default=None)
    kind: Mapped[TokenKind]
    name: Mapped[Code]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text), default_factory=list)
    purposes: Mapped[list[Purpose]] = mapped_column(PURPOSES, default_factory=list)
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text), default_factory=list)
    expires_at: Mapped[datetime]
    superseded_by_id: Mapped[UUID | None] = refers("token", default=None)
    issued_by_id: Mapped[UUID | None] = refers("token", default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    reported_at: Mapped[datetime | None] = mapped_column(default=None)


class TokenUse(GroupEntity, kw_only=True, repr=False):
    """When and from where a token was last used, about once a minute; its id is the token's.

    Apart from the token, so that using one changes nothing that others lock or read.
    """

    __tablename__ = "token_use"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM

    person_id: Mapped[UUID | None] = refers("person", default=None)
    at: Mapped[datetime]
    network: Mapped[Code | None] = mapped_column(default=None)
    operation: Mapped[Code | None] = mapped_column(default=None)


class TokenDigest(Entity, kw_only=True, repr=False):
    """Where a token's group is found before the group is known: a digest and two ids."""

    __tablename__ = "token_digest"
    __table_args__ = ({"info": {"kind": "directory"}},)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    group_id: Mapped[UUID]
    token_id: Mapped[UUID]
