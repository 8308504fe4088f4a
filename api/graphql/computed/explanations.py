"""Why somebody may do something, and who else can: every line of every role, and no value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from api.graphql.computing import Computed, computes
from api.graphql.types import enumeration, made
from api.planner.refusals import BadArgument
from api.planner.shapes import Inside
from authz.actor import PrincipalKind
from domain.access.asked_row import AskedRow
from domain.access.explain_access import ExplainAccess, explain_access
from domain.access.who_can import WhoCan, who_can
from domain.kernel.ids import external_id, split_external_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from api.graphql.asked import Asked
    from api.graphql.computing import Tree
    from api.planner.shapes import Map, Shape
    from authz.actor import Actor
    from authz.explain import Weighed
    from domain.access.explain_access import Explained, Explanation, Held
    from domain.access.who_can import Capable
    from domain.kernel.work import Work

PRINCIPAL, TENANT = "prc", "tnt"
LINE = [
    ("role", "String!", "Whose line it is."),
    ("tenantPath", "String!", "Where it holds, and below; `/` is the whole group."),
    ("object", "String!", "What it speaks of."),
    ("action", "String!", "What may, or may not, be done; `*` is everything."),
    ("condition", "String!", "The rows on which it holds, by name; `-` is every row."),
    ("effect", "String!", "`allow`, or `deny`, which no allow undoes."),
]
DATED = [
    ("conditionHolds", "Boolean", "Whether its condition holds on this row; null is unknown."),
    ("applies", "Boolean!", "Whether it counts here. An unknown condition counts in a deny alone."),
    ("validFrom", "DateTime", "From when on it holds; null if it is no longer stored as such."),
    ("validTo", "DateTime", "When it ends, or ended; null while nobody has ended it."),
]
ASKED = (
    ("id", "ID!", "The row; whether it exists is told to those alone who may know.", ...),
    ("action", "Action!", "The act.", ...),
    ("field", "String", "A field of it, such as `phone`; the row as such without it.", None),
)


def declare_explanation() -> None:
    """Make the types of an explanation."""
    made("ExplainedLine", "规则说明 A policy line, and what it says here.", [*LINE, *DATED])
    made(
        "HeldRole",
        "持有角色 A role that somebody holds where they act, and how they come to it.",
        [
            ("role", "String!", "The role."),
            ("via", "[String!]!", "From the role that was given to this one, which it contains."),
            ("tenantId", "ID!", "Where the first of them was given."),
            ("validFrom", "DateTime!", "Since when."),
            ("validTo", "DateTime", "Until when; null without an end."),
        ],
    )
    made(
        "ConditionOutcome",
        "条件结果 What a condition says of the row, without saying what the row holds.",
        [
            ("condition", "String!", "The condition, by name."),
            ("holds", "Boolean", "Whether it holds; null where the row leaves that unknown."),
        ],
    )
    made(
        "Explanation",
        "权限说明 Whether a principal may do something, and everything that this follows from.",
        [
            ("allowed", "Boolean!", "What Casbin decides."),
            ("rowShown", "Boolean!", "Whether the row is shown to them; nothing of it is without."),
            ("bounded", "Boolean!", "Whether what they are forbids it: auditor, account, vendor."),
            ("scopeNarrows", "Boolean", "Of oneself, now: whether the token alone forbids it."),
            ("withheld", "Boolean!", "Whether nobody may, until the stored policy can be read."),
            ("stepUp", "Boolean!", "Whether a session needs a fresh second factor for it, too."),
            ("principalId", "ID!", "Who is asked about."),
            ("object", "String!", "What is asked about, as policy lines name it."),
            ("action", "Action!", "The act."),
            ("at", "DateTime!", "The instant whose lines and assignments are looked at."),
            ("roles", "[HeldRole!]!", "The roles that they hold where they act."),
            ("conditions", "[ConditionOutcome!]!", "What the conditions of the lines say."),
            ("lines", "[ExplainedLine!]!", "Every line of these roles that speaks of the act."),
            ("decidedBy", "[ExplainedLine!]!", "Those that decide: denies, or else allows."),
        ],
    )


def declare_capable() -> None:
    """Make the types of those who can."""
    enumeration(PrincipalKind)
    made("GrantingLine", "授权规则 A policy line by which somebody can do something.", LINE)
    made(
        "Capable",
        "有权主体 Somebody who can do it.",
        [
            ("principalId", "ID!", "Who."),
            ("kind", "PrincipalKind!", "What they are."),
            ("rowShown", "Boolean!", "Whether the row is shown to them; nothing of it is without."),
            ("roles", "[String!]!", "The roles that were given to them where they act."),
            ("lines", "[GrantingLine!]!", "The lines that let them."),
        ],
    )
    made(
        "WhoCan",
        "有权名单 Those who can do something, by the ids of their principals.",
        [
            ("principals", "[Capable!]!", "As many as were asked for."),
            ("more", "Boolean!", "Whether there are more."),
        ],
    )


async def _explained(work: Work, asked: Asked, given: Mapping[str, Any]) -> Tree:
    row, action = _row(asked.made.map, given), _plain(given["action"])
    command = ExplainAccess(
        principal_id=_uuid(given["principalId"], "principalId", PRINCIPAL),
        row=row,
        action=action,
        at=given.get("at"),
    )
    found = await explain_access(work, command)
    return {
        "principalId": given["principalId"],
        "object": row.object,
        "action": action.upper(),
        **_explanation(found),
    }


async def _who_can(work: Work, asked: Asked, given: Mapping[str, Any]) -> Tree:
    command = WhoCan(
        row=_row(asked.made.map, given), action=_plain(given["action"]), first=given["first"]
    )
    found, more = await who_can(work, command)
    return {"principals": [_capable(one) for one in found], "more": more}


def _explanation(found: Explanation) -> Tree:
    return {
        "allowed": found.allowed,
        "rowShown": found.shown,
        "bounded": found.bounded,
        "scopeNarrows": found.narrowed,
        "withheld": found.withheld,
        "stepUp": found.steps_up,
        "at": _instant(found.at),
        "roles": [_held(one) for one in found.roles],
        "conditions": [{"condition": name, "holds": told} for name, told in found.conditions],
        "lines": _dated(found.lines),
        "decidedBy": _dated(found.decided_by),
    }


def _held(one: Held) -> Tree:
    return {
        "role": one.chain.role,
        "via": list(one.chain.roles),
        "tenantId": external_id(TENANT, one.assignment.tenant_id),
        "validFrom": _instant(one.assignment.valid_from),
        "validTo": _instant(one.assignment.valid_to),
    }


def _dated(lines: Iterable[Explained]) -> list[Tree]:
    return [
        {
            **_line(one.weighed),
            "conditionHolds": one.weighed.holds,
            "applies": one.weighed.applies,
            "validFrom": _instant(one.validity[0]),
            "validTo": _instant(one.validity[1]),
        }
        for one in lines
    ]


def _capable(one: Capable) -> Tree:
    return {
        "principalId": external_id(PRINCIPAL, one.principal.id),
        "kind": one.principal.kind,
        "rowShown": one.shown,
        "roles": list(one.roles),
        "lines": [_line(line) for line in one.lines],
    }


def _line(one: Weighed) -> dict[str, Any]:
    line = one.line
    return {
        "role": line.role,
        "tenantPath": line.tenant_path,
        "object": line.object,
        "action": line.action,
        "condition": line.condition,
        "effect": line.effect,
    }


def _row(known: Map, given: Mapping[str, Any]) -> AskedRow:
    """Find the type of an id by its prefix, and what policy lines call it and its field."""
    prefix, _ = split_external_id(given["id"]) or ("", None)
    shape = known.by_prefix(prefix)
    if shape is None or shape.entity is None:
        raise BadArgument("This is the id of nothing that is shown.", argument="id")
    return AskedRow(
        entity=shape.entity,
        id=_uuid(given["id"], "id", prefix),
        type=shape.policy_name,
        object=_object(known, shape, given.get("field")),
    )


def _object(known: Map, shape: Shape, field: str | None) -> str:
    """Name a field as policy lines do: one of a value in the row is of that value's type."""
    if field is None:
        return shape.policy_name
    name, _, inner = field.partition(".")
    held = shape.fields.get(name)
    if inner and isinstance(held, Inside):
        return _object(known, known.shapes[held.target], inner)
    return f"{shape.policy_name}.{field}"


def _uuid(text: str, argument: str, prefix: str) -> UUID:
    parts = split_external_id(text)
    if parts is None or parts[0] != prefix:
        message = f"This must be an id that begins with `{prefix}_`."
        raise BadArgument(message, argument=argument)
    return parts[1]


def _plain(action: Any) -> str:
    return str(getattr(action, "value", action))


def _instant(at: datetime | None) -> str | None:
    if at is None:
        return None
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def _of_oneself(actor: Actor, given: Mapping[str, Any]) -> bool:
    return bool(given["principalId"] == external_id(PRINCIPAL, actor.principal_id))


computes(
    Computed(
        name="explainAccess",
        kind="Explanation",
        says="Why a principal may, or may not, do something; of oneself everybody may ask.",
        right=("Policy", "read"),
        declare=declare_explanation,
        answer=_explained,
        arguments=(
            ("principalId", "ID!", "Who is asked about.", ...),
            *ASKED,
            ("at", "DateTime", "The lines and assignments of this instant, instead of now.", None),
        ),
        own=_of_oneself,
    )
)
computes(
    Computed(
        name="whoCan",
        kind="WhoCan",
        says="Whoever can do something to a row, of those on whom the caller may read the policy.",
        right=("Policy", "read"),
        declare=declare_capable,
        answer=_who_can,
        arguments=(*ASKED, ("first", "Int", "How many at most, 0 to 100.", 100)),
    )
)
