"""Which columns a statement names, and which a policy lets it name, from the declarations alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from api.graphql.schema import schema
from api.planner.shapes import (
    Choice,
    Column,
    Derived,
    Field,
    Figure,
    Inside,
    Many,
    One,
    Pages,
    Shape,
    column_name,
    is_core,
)
from domain.kernel.entity import GroupEntity, metadata
from domain.kernel.models import NameGram
from tests.properties.policies import Policy

Named = tuple[str, str]  # table and column

LITERAL = re.compile(r"E?'(?:[^']|'')*'")
RELATION = re.compile(r"\b(?:FROM|JOIN) (\w+) (\w+)\b")
USED = re.compile(r"\b([a-z]\w*)\.(\w+)\b")
FACTS = {
    "own_line": {("person", "supervisor_id")},
    "own_mentees": {("person", "mentor_id")},
    "consented": {("consent", one) for one in ("person_id", "topic", "withdrawn_at")},
    "contract_covers": {("cohort_member", one) for one in ("person_id", "cohort_id")},
}


def relations(sql: str) -> list[tuple[str, str]]:
    """Every table that a statement reads, with the alias it is read under."""
    return RELATION.findall(LITERAL.sub("''", sql))


def named_columns(sql: str) -> frozenset[Named]:
    """Every column of a table that a statement names, wherever it stands."""
    text = LITERAL.sub("''", sql)
    tables = defaultdict(set)
    for table, alias in RELATION.findall(text):
        tables[alias].add(table)
    return frozenset(
        (table, column)
        for alias, column in USED.findall(text)
        for table in tables[alias]
        if column in metadata.tables[table].columns
    )


def open_columns(policy: Policy) -> frozenset[Named]:
    """Every column that some open field stands for, and what holds the statement together."""
    return frozenset(
        (*_structure(), *_facts(policy), *_of_fields(policy), *_of_names(policy, "sort", "filter"))
    )


def _structure() -> Iterator[Named]:
    """What every row is found by: its keys, whom it is about, where it lies, and its lock."""
    for entity in _entities():
        held = {"group_id", "id", "row_version", entity.about, entity.placed}
        yield from ((entity.__tablename__, one) for one in held if one)
    yield from (("policy_head", "version"), ("token", "revoked_at"), ("token", "expires_at"))
    yield from (("window_key", one) for one in ("kid", "wrapped"))


def _facts(policy: Policy) -> Iterator[Named]:
    """The facts of a person and beside them, as far as some line asks for them."""
    for name in FACTS.keys() & {line.condition for line in policy.lines}:
        yield from FACTS[name]


def _of_fields(policy: Policy) -> Iterator[Named]:
    for shape in schema().map.shapes.values():
        for home in homes(shape):
            yield from _in(home, shape.where)
            for name, held in shape.fields.items():
                if is_open(policy, shape, name, held):
                    yield from columns_of_field(home, name, held)


def _of_names(policy: Policy, *acts: str) -> Iterator[Named]:
    """Reading and bigrams of a name, where lists may be sorted and searched by it."""
    for shape in schema().map.shapes.values():
        for name, held in shape.fields.items():
            if is_name(shape, name, held):
                object_, table = f"{shape.policy_name}.{name}", shape.kept_in.__tablename__
                if policy.never("read", object_):
                    continue
                if not policy.never("sort", object_):
                    yield table, "sort_key"
                if not policy.never("filter", object_):
                    gram = NameGram.__tablename__
                    yield from ((gram, one) for one in ("kind", "gram", "row_id"))


def is_open(policy: Policy, shape: Shape, name: str, held: Field) -> bool:
    """Whether some row may show a field."""
    if is_core(held):
        return True
    if isinstance(held, Derived):
        return all(is_open(policy, shape, one, shape.fields[one]) for one in held.sources)
    named = f"{shape.policy_name}.{name}"
    counted = isinstance(held, Figure)
    return not policy.never("read", named) and not (counted and policy.never("aggregate", named))


def is_name(shape: Shape, name: str, held: Field) -> bool:
    """Whether a field is what its rows are searched and sorted by."""
    return isinstance(held, Column) and column_name(name, held) == shape.kept_in.named_by


def homes(shape: Shape) -> set[str]:
    """The tables whose rows are of a type, or hold it inside."""
    if shape.entity is not None:
        return {shape.table}
    return {
        home
        for other in schema().map.shapes.values()
        if any(
            isinstance(one, Inside) and one.target == shape.name for one in other.fields.values()
        )
        for home in homes(other)
    }


def columns_of_field(here: str, name: str, held: Field) -> Iterator[Named]:
    """The columns of a table that a field cannot be shown without, and those it leads to."""
    match held:
        case Column():
            yield here, column_name(name, held)
        case One():
            yield from _of_one(here, held)
        case Choice(ways=ways):
            for way in ways:
                yield from _of_one(here, way)
        case Many() | Pages():
            yield from _of_several(held)
        case Derived(expression=expression):
            yield from named_columns(_plain(expression))
            yield from _in(here, expression)
        case Figure(statement=statement):
            yield from named_columns(_plain(statement))
            yield from _in(here, statement)
        case Inside():
            pass


def _of_one(here: str, link: One) -> Iterator[Named]:
    if "{" in link.by:
        yield from named_columns(_plain(link.by))
        yield from ((here, one) for one in re.findall(r"\{a\}\.(\w+)", link.by))
    else:
        yield here, link.by
    for target in _tables(link.target):
        yield target, link.remote
        yield from ((target, one) for one in re.findall(r"\{b\}\.(\w+)", link.also))


def _of_several(link: Many | Pages) -> Iterator[Named]:
    if link.through:
        table, near, far = link.through
        yield from ((table, near), (table, far))
    for target in _tables(link.target):
        yield from ((target, one) for one in (link.by, *getattr(link, "order", ())) if one)
        yield from ((target, one) for one in re.findall(r"\{b\}\.(\w+)", link.also))


def _in(table: str, text: str) -> Iterator[Named]:
    return ((table, one) for one in re.findall(r"\{a\}\.(\w+)", text))


def _plain(text: str) -> str:
    """A declared statement with words in the place of what the planner fills in."""
    return re.sub(r"\{(\w+)\}", r"of_\1", text)


def _tables(target: str) -> set[str]:
    return {one.kept_in.__tablename__ for one in schema().map.concrete(target)}


@cache
def _entities() -> tuple[type[GroupEntity], ...]:
    mapped = (mapper.class_ for mapper in GroupEntity.registry.mappers)
    return tuple(one for one in mapped if issubclass(one, GroupEntity))
