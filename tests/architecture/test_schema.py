"""The schema: committed as it is made, valid, and described to the last value."""

from pathlib import Path

from graphql import build_schema, validate_schema
from graphql.type import is_enum_type, is_input_object_type, is_interface_type, is_object_type

from api.graphql.of_roles import schemas_of_roles
from api.graphql.schema import printed, schema
from authz.roles import BUILDING_BLOCKS, built_in

COMMITTED = Path(__file__).parents[2] / "schema.graphql"
OF_ROLES = Path(__file__).parents[2] / "docs" / "schema"


def test_the_committed_schema_is_the_one_that_the_code_makes():
    assert COMMITTED.read_text(encoding="utf-8") == printed()


def test_the_committed_schemas_of_roles_are_those_that_roles_and_code_make():
    committed = {one.stem: one.read_text(encoding="utf-8") for one in OF_ROLES.iterdir()}

    assert committed == schemas_of_roles()
    for text in committed.values():
        assert validate_schema(build_schema(text)) == []


def test_every_role_that_somebody_is_given_has_its_schema_and_no_other():
    roles = built_in()
    speaking = {line.role for line in roles.lines} | {role for role, *_ in roles.inherits}

    assert speaking >= BUILDING_BLOCKS
    assert {one.stem for one in OF_ROLES.iterdir()} == speaking - BUILDING_BLOCKS
    assert "type Person " not in (OF_ROLES / "vendor.graphql").read_text(encoding="utf-8")
    assert "type Mutation" not in (OF_ROLES / "auditor.graphql").read_text(encoding="utf-8")


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
