"""The schema as each built-in role leaves it, for whoever reviews what a role comes to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphql import Visitor, parse, print_ast, print_schema, visit
from graphql.utilities import lexicographic_sort_schema

from authz.roles import built_in

from .hidden import prune
from .introspection import changed
from .schema import catalogue, printed, schema

if TYPE_CHECKING:
    from graphql import Node

HEAD: Final = """\
# What the role {role} leaves of schema.graphql, where all of it is described.
# Written by `python3 dev.py schema`.

"""


def schemas_of_roles() -> dict[str, str]:
    """Print what each role that is given to somebody leaves of the schema, by role."""
    policy = built_in().policy(catalogue())
    bare = _bare(printed())
    return {
        role: HEAD.format(role=role)
        + print_schema(
            lexicographic_sort_schema(prune(schema(), policy.mask({role}, "/"), printed=bare))
        )
        + "\n"
        for role in built_in().given
    }


def _bare(text: str) -> str:
    """Take the descriptions out: they stand in the whole schema, once."""

    class Silent(Visitor):
        def leave(self, node: Node, *_: object) -> Node | None:
            return changed(node, description=None) if getattr(node, "description", None) else None

    definitions = visit(parse(text, no_location=True), Silent())
    return print_ast(definitions)
