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


def named(nodes):
    return {node.name.value: node for node in nodes or ()}


def default(argument):
    """What stands for an argument that is not given; null is no default."""
    value = argument.default_value
    return None if value is None or value.kind == "null_value" else print_ast(value)


@pytest.mark.parametrize("core", CORE, ids=lambda one: one.name.value)
def test_a_type_of_the_core_is_there_as_it_was_promised(core):
    ours = OURS[core.name.value]

    for name, field in named(getattr(core, "fields", ())).items():
        there = named(ours.fields)[name]
        assert print_ast(there.type) == print_ast(field.type), name
        arguments = named(there.arguments)
        for argument, wanted in named(getattr(field, "arguments", ())).items():
            assert print_ast(arguments[argument].type) == print_ast(wanted.type), (name, argument)
            assert default(arguments[argument]) == default(wanted), (name, argument)
    for part in ("interfaces", "values", "types"):
        assert set(named(getattr(core, part, ()))) <= set(named(getattr(ours, part, ()))), part
