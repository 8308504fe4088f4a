"""Every name that a view of the schema leaves out, with the documents that could say it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from graphql import (
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_input_type,
    is_leaf_type,
)

NAME = "NAME_HERE"
FRAGMENT = "{ __typename ...f } fragment f on "
VARIABLE = "query($v: %s) { viewer { denials } }"


class Case(NamedTuple):
    """A request with a place for a name that is hidden, and what sort of place it is."""

    kind: str
    name: str
    document: str
    variables: str = "{}"

    def said(self, name: str) -> tuple[str, str]:
        """The document and its variables with a name in their place."""
        return self.document.replace(NAME, name), self.variables.replace(NAME, name)


def cases(
    whole: GraphQLSchema, view: GraphQLSchema, permitted: Container[str] = ()
) -> Iterator[Case]:
    """Every name that is left out, wherever a document or its variables can say it.

    What is `permitted` on some row the caller's own permissions tell, shown or not.
    """
    for name, there in whole.type_map.items():
        here = view.get_type(name)
        if here is None:
            yield from _types(name, there, permitted)
        elif is_input_object_type(there):
            yield from _inputs(view, name, there.fields.keys() - here.fields.keys())
        elif is_composite_type(there):
            yield from _fields(view, name, there, here)
        elif is_enum_type(there):
            for value in there.values.keys() - here.values.keys():
                yield Case("enum value", value, VARIABLE % name, f'{{"v": "{NAME}"}}')
    yield from _verbs(whole, view)


def _types(name: str, there: Any, permitted: Container[str]) -> Iterator[Case]:
    by_name = "query($n: String!) { __type(name: $n) { name kind fields { name } } }"
    yield Case("introspection", name, f'{{ __type(name: "{NAME}") {{ name }} }}')
    yield Case("introspection", name, by_name, f'{{"n": "{NAME}"}}')
    named = f'{{ viewer {{ permissions(types: ["{NAME}"]) {{ type }} }} }}'
    if name not in permitted:
        yield Case("one's permissions", name, named)
    if is_composite_type(there):
        for document in (
            f"{{ viewer {{ ... on {NAME} {{ __typename }} }} }}",
            f"{FRAGMENT}{NAME} {{ __typename }}",
            f"{{ __typename }} fragment f on {NAME} {{ id }}",
        ):
            yield Case("type of a fragment", name, document)
    if is_input_type(there):
        for kind, given in (("%s", "null"), ("%s!", "{}"), ("[%s!]", "[{}]"), ("%s", '"x"')):
            document = VARIABLE % (kind % NAME)
            yield Case("type of a variable", name, document, f'{{"v": {given}}}')


def _fields(view: GraphQLSchema, name: str, there: Any, here: Any) -> Iterator[Case]:
    fields, kept = getattr(there, "fields", {}), getattr(here, "fields", {})
    way = _ways(view).get(name)
    for field in sorted(fields.keys() - kept.keys()):
        for after in ("", " { __typename }", '(id: "x") { id }', "(filter: {}) { nodes { id } }"):
            if name != "Query":
                yield Case("field", field, f"{FRAGMENT}{name} {{ {NAME}{after} }}")
            if way is not None:
                kind = "root" if name == "Query" else "field on its path"
                yield Case(kind, field, way.replace("...", f"{NAME}{after}"))
    for field in sorted(fields.keys() & kept.keys()):
        leaf = is_leaf_type(get_named_type(kept[field].type))
        for argument in sorted(fields[field].args.keys() - kept[field].args.keys()):
            for value in ("null", "{}", "$v"):
                called = f"{field}({NAME}: {value}){'' if leaf else ' { __typename }'}"
                yield Case("argument", argument, f"{FRAGMENT}{name} {{ {called} }}")


def _inputs(view: GraphQLSchema, name: str, fields: set[str]) -> Iterator[Case]:
    taking = list(_taking(view, name)) or list(_taking_within(view, name))
    for field in sorted(fields):
        for kind, document in taking:
            for value in ("null", "{}", "1", "ASC"):
                literal = document.replace("...", f"{{{NAME}: {value}}}")
                yield Case("input field, literally", field, literal)
            asked = f"query($v: {kind}) {document.replace('...', '$v')}"
            for value in ("null", "{}", "1"):
                for given in (f'{{"{NAME}": {value}}}', f'{{"not": {{"{NAME}": {value}}}}}'):
                    variables = f'{{"v": {given}}}'
                    yield Case("input field, in the variables", field, asked, variables)


def _taking(view: GraphQLSchema, name: str) -> Iterator[tuple[str, str]]:
    """Documents that lead to where an input is taken, with a place for it, and its type there."""
    for owner, way in _ways(view).items():
        for field, held in getattr(view.get_type(owner), "fields", {}).items():
            for argument, taken in held.args.items():
                if get_named_type(taken.type).name == name:
                    asked = f"{field}({argument}: ...) {{ __typename }}"
                    yield str(taken.type), way.replace("...", asked)


def _taking_within(view: GraphQLSchema, name: str) -> Iterator[tuple[str, str]]:
    """The same for an input that is taken only as a part of others."""
    for outer, kind in view.type_map.items():
        for field, held in kind.fields.items() if is_input_object_type(kind) else ():
            if get_named_type(held.type).name == name and outer != name:
                for _, document in _taking(view, outer):
                    yield str(held.type), document.replace("...", f"{{{field}: ...}}")


def _verbs(whole: GraphQLSchema, view: GraphQLSchema) -> Iterator[Case]:
    mutation = whole.mutation_type
    assert mutation is not None
    shown = view.mutation_type.fields if view.mutation_type else {}
    for field in sorted(mutation.fields.keys() - shown.keys()):
        kind = get_named_type(mutation.fields[field].args["input"].type).name
        for document in (
            f"mutation {{ {NAME} {{ __typename }} }}",
            f"mutation {{ {NAME}(input: {{}}) {{ userErrors {{ code }} }} }}",
            f"mutation($i: {kind}!) {{ {NAME}(input: $i) {{ __typename }} }}",
        ):
            yield Case("mutation", field, document, '{"i": {}}')


def _ways(view: GraphQLSchema) -> dict[str, str]:
    """The shortest document that leads to each type, with a place for what is asked of it."""
    found, pending = {"Query": "{ ... }"}, ["Query"]
    while pending:
        name = pending.pop(0)
        for field, held in getattr(view.get_type(name), "fields", {}).items():
            inner = get_named_type(held.type)
            if is_composite_type(inner) and inner.name not in found:
                step = f"{field}{_needed(held)} {{ ... }}"
                found[inner.name] = found[name].replace("...", step)
                pending.append(inner.name)
    return found


def _needed(held: Any) -> str:
    """The arguments without which a field cannot be asked for."""
    needed = [
        f"{name}: {['[]', '1']['[' not in str(one.type)]}"
        for name, one in held.args.items()
        if isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined
    ]
    return f"({', '.join(needed)})" if needed else ""
