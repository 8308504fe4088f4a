"""The schema: committed as it is made, valid, and described to the last value."""

from pathlib import Path

from graphql import build_schema, validate_schema
from graphql.type import is_enum_type, is_input_object_type, is_interface_type, is_object_type

from api.graphql.schema import printed, schema

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def test_the_committed_schema_is_the_one_that_the_code_makes():
    assert COMMITTED.read_text(encoding="utf-8") == printed()


def test_the_schema_is_valid_and_can_be_read_by_others():
    assert validate_schema(schema().graphql) == []
    assert validate_schema(build_schema(printed())) == []


def test_everything_in_the_schema_is_described():
    silent = []
    for name, kind in schema().graphql.type_map.items():
        if name.startswith("__"):
            continue
        silent += [] if kind.description else [name]
        fields = {}
        if is_object_type(kind) or is_interface_type(kind) or is_input_object_type(kind):
            fields = kind.fields
        if is_enum_type(kind):
            fields = kind.values
        for field, held in fields.items():
            silent += [] if held.description else [f"{name}.{field}"]
            arguments = getattr(held, "args", {})
            silent += [
                f"{name}.{field}({one})" for one in arguments if not arguments[one].description
            ]
    assert silent == []
