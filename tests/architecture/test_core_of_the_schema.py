"""What clients rely on is there, by name, type, arguments and interfaces; more may be."""

from pathlib import Path

import pytest
from graphql import parse, print_ast

HERE = Path(__file__).parent
CORE = parse((HERE / "core.graphql").read_text("utf-8")).definitions
OURS = {
    one.name.value: one
    for one in parse((HERE.parents[1] / "schema.graphql").read_text("utf-8")).definitions
    if getattr(one, "name", None)
}
PROMISED = {"last", "before", "filter", "orderBy"}
"""Arguments of lists that are promised and not there yet; whoever sends one is told so."""


def named(nodes):
    return {node.name.value: node for node in nodes or ()}


@pytest.mark.parametrize("core", CORE, ids=lambda one: one.name.value)
def test_a_type_of_the_core_is_there_as_it_was_promised(core):
    ours = OURS[core.name.value]

    for name, field in named(getattr(core, "fields", ())).items():
        there = named(ours.fields)[name]
        assert print_ast(there.type) == print_ast(field.type), name
        wanted = set(named(getattr(field, "arguments", ())))
        assert wanted - PROMISED <= set(named(getattr(there, "arguments", ()))), name
    for part in ("interfaces", "values", "types"):
        assert set(named(getattr(core, part, ()))) <= set(named(getattr(ours, part, ()))), part
