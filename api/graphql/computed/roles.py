"""The roles that the policy in force knows, for whoever gives them to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.graphql.computing import Computed, computes
from api.graphql.types import made
from domain.access.roles_in_force import roles_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.graphql.asked import Asked
    from api.graphql.computing import Tree
    from domain.kernel.work import Work


def declare_role() -> None:
    """Make the type of a role."""
    made(
        "Role",
        "角色 A name under which policy lines stand; people, vendors and services are given it.",
        [
            ("name", "String!", "What policy lines call it."),
            ("inherits", "[String!]!", "The roles that it contains, directly."),
            ("lines", "Int!", "How many lines it has of its own."),
            ("readOnly", "Boolean!", "Whether it may only ever be given rights to read."),
            ("apartFrom", "[String!]!", "The roles that nobody may hold together with it."),
        ],
    )


async def _roles(work: Work, _asked: Asked, _given: Mapping[str, Any]) -> list[Tree]:
    return [
        {
            "name": role.name,
            "inherits": role.inherits,
            "lines": role.lines,
            "readOnly": role.read_only,
            "apartFrom": role.apart_from,
        }
        for role in roles_in_force(work.judge.policy)
    ]


computes(
    Computed(
        name="roles",
        kind="[Role!]",
        says="Every role of the policy that is in force, by name.",
        right=("Policy", "read"),
        declare=declare_role,
        answer=_roles,
    )
)
