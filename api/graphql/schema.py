"""The schema: declared nodes, roots and verbs, made once for the process."""

from __future__ import annotations

import enum
import inspect
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

import strawberry
from strawberry.schema.config import StrawberryConfig

import domain
from api.graphql import computed, idempotency, nodes
from api.graphql.binding import everything
from api.graphql.computing import COMPUTED
from api.graphql.directives import Permission
from api.graphql.inputs import declare_input
from api.graphql.narrowing import declare_narrowing
from api.graphql.scalars import SCALARS
from api.graphql.types import (
    NAMES,
    declare,
    entries,
    enumeration,
    field,
    is_paged,
    made,
    page_arguments,
)
from api.graphql.verbs import VERBS, Verb
from api.graphql.viewer import declare_viewer
from api.graphql.words import ENUM_VALUES, ENUMS
from api.planner.plannable import check
from api.planner.planning import root_names
from authz.catalogue import Catalogue, DataClass
from domain.kernel.errors import Refusal
from domain.privacy.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLSchema
    from strawberry.types.field import StrawberryField

    from api.planner.shapes import Map, Shape

assert nodes, "the nodes are declared by being imported"
assert computed, "computed roots are declared by being imported"
assert idempotency, "refusals are known by being imported"

KEY: Final = (
    "idempotencyKey",
    "String",
    "A key of the caller's own: sent again, the change is not made again.",
    None,
)
SECRET: Final = (
    "secret",
    "String",
    "The secret itself, this once: null where the request was sent before, and in a dry run.",
)
NAMED: Final = {verb.name: verb for verb in VERBS}
DRY: Final = ("dryRun", "Boolean!", "Does everything as if, and undoes it.", False)


@dataclass(frozen=True, slots=True)
class Made:
    """The schema in its three forms: for clients, for the planner, for the policy."""

    strawberry: strawberry.Schema
    map: Map
    catalogue: Catalogue

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """The use cases behind the mutations, by the mutation's name."""
        return NAMED

    @property
    def graphql(self) -> GraphQLSchema:
        """The schema that documents are held against."""
        return self.strawberry._schema  # noqa: SLF001 - its only door to graphql-core


@cache
def schema() -> Made:
    """Make everything, once."""
    known = everything()
    check(known)
    enumeration(Purpose)
    enumeration(DataClass)
    declare(known)
    for shape in known.shapes.values():
        if is_paged(known, shape.name):
            declare_narrowing(shape)
    declare_viewer()
    for root in COMPUTED.values():
        root.declare()
    query = made("Query", "What can be read.", list(_roots(known)))
    _user_errors()
    mutations = [_mutation(verb) for verb in VERBS]
    mutation = made("Mutation", "What can be done.", mutations)
    config = StrawberryConfig(scalar_map=SCALARS, sort_schema=True)
    types = [NAMES[name] for name in (*known.shapes, "Refused")]
    catalogue = Catalogue(
        entries(known),
        types=[shape.policy_name for shape in known.shapes.values()],
        mutations=[verb.name for verb in VERBS],
    )
    whole = strawberry.Schema(query=query, mutation=mutation, types=types, config=config)
    return Made(whole, known, catalogue)


def catalogue() -> Catalogue:
    """Every type and field that the policy may name."""
    return schema().catalogue


def printed() -> str:
    """The schema as it is committed."""
    return schema().strawberry.as_str().rstrip() + "\n"


def _roots(known: Map) -> Iterator[StrawberryField]:
    one = ("id", "ID!", "Its id.", ...)
    yield field("viewer", "Viewer", "Who asks; null for a caller without a token.")
    yield field("node", "Node", "Anything by its id; null where there is none.", arguments=[one])
    ids = ("ids", "[ID!]!", "Up to 100 ids.", ...)
    yield field("nodes", "[Node]!", "Several things by their ids, in that order.", arguments=[ids])
    for shape in known.shapes.values():
        if shape.listed:
            yield from _listed(shape)
    for root in COMPUTED.values():
        named, action = root.right
        yield field(
            root.name,
            root.kind,
            root.says,
            arguments=root.arguments,
            directives=[Permission(object=named, action=action)],
        )


def _listed(shape: Shape) -> Iterator[StrawberryField]:
    single, several = root_names(shape)
    right = [Permission(object=shape.policy_name, action="read")]
    yield field(
        single,
        shape.name,
        f"One {shape.name} by its id; null where there is none.",
        arguments=[("id", "ID!", "Its id.", ...)],
        directives=right,
    )
    yield field(
        several,
        f"{shape.name}Connection!",
        f"Every {shape.name} that the caller sees.",
        arguments=page_arguments(shape.name),
        directives=right,
    )


def _user_errors() -> None:
    codes = {one.code(): inspect.getdoc(one) or "" for one in sorted(_refusals(), key=_code)}
    ENUMS_OF_CODES = {code: said.partition("\n")[0] for code, said in codes.items()}  # noqa: N806
    kind = enum.Enum("UserErrorCode", {code: code for code in codes})  # type: ignore[misc]
    assert "UserErrorCode" in ENUMS
    ENUM_VALUES["UserErrorCode"] = ENUMS_OF_CODES  # type: ignore[index]
    enumeration(kind)
    fields = [
        ("code", "UserErrorCode!", "The reason, for machines."),
        ("message", "String!", "The reason in words, in the language that the caller accepts."),
        ("path", "[String!]", "The input field that is meant."),
    ]
    made("UserError", "Why a change was refused; nothing was written.", fields, kind="interface")
    made("Refused", "A rule that says no.", [], interfaces=["UserError"])


def _code(refusal: type[Refusal]) -> str:
    return refusal.code()


def _refusals() -> set[type[Refusal]]:
    """Find every refusal of ours, whether or not anybody has imported its use case yet."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        import_module(module.name)
    return {one for one in _below(Refusal) if one.__module__.startswith(("domain.", "api."))}


def _below(kind: type[Refusal]) -> set[type[Refusal]]:
    direct = set(kind.__subclasses__())
    return direct.union(*(_below(one) for one in direct))


def _mutation(verb: Verb) -> StrawberryField:
    name = declare_input(verb.command, f"{verb.title}Input", gives=verb.gives, extra=(KEY, DRY))
    payload = made(
        f"{verb.title}Payload",
        f"What {verb.name} gives back.",
        [
            (verb.noun, verb.gives, "What was changed; null where it was refused."),
            *([SECRET] if verb.once else []),
            ("userErrors", "[UserError!]!", "Why it was refused; empty where it was done."),
            ("query", "Query", "Anything else, read after the change."),
        ],
    )
    assert payload
    named, action = verb.right
    return field(
        verb.name,
        f"{verb.title}Payload",
        verb.says,
        arguments=[("input", f"{name}!", "What to do.", ...)],
        directives=[Permission(object=named, action=action)],
    )
