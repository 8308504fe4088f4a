"""Every table and column says what it is: what walls, masks, sealing and erasure follow from."""

import pytest
from sqlalchemy import UniqueConstraint
from sqlalchemy.schema import Identity, Sequence

import domain.models
from authz.catalogue import DataClass
from domain.kernel.entity import Entity, GroupEntity, metadata
from domain.kernel.traits import traits_of
from runtime.grants import KINDS

TABLES = [pytest.param(table, id=name) for name, table in sorted(metadata.tables.items())]
GROUPS = [
    pytest.param(mapper.class_, id=mapper.class_.__name__)
    for mapper in sorted(Entity.registry.mappers, key=lambda mapper: mapper.class_.__name__)
    if issubclass(mapper.class_, GroupEntity)
]

assert domain.models, "the metadata is whole"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_says_of_which_kind_it_is(table):
    assert table.info["kind"] in KINDS


@pytest.mark.parametrize("entity", GROUPS)
def test_every_column_is_classified(entity):
    for column in entity.__table__.columns:
        traits = traits_of(entity, column)
        assert traits.label
        assert isinstance(traits.data_class, DataClass)
        if traits.data_class in {DataClass.P3, DataClass.P4}:
            assert traits.sealed, f"{column} is of class {traits.data_class.value} and lies open"


@pytest.mark.parametrize("entity", GROUPS)
def test_whatever_holds_personal_data_says_whom_it_is_about(entity):
    personal = [
        column.name
        for column in entity.__table__.columns
        if traits_of(entity, column).label.startswith("pi.")
    ]
    assert not personal or entity.about, f"{personal} could not be moved, sealed or erased"


@pytest.mark.parametrize("entity", GROUPS)
def test_the_group_comes_first_in_every_key_and_index(entity):
    table = entity.__table__
    assert [column.name for column in table.primary_key.columns] == ["group_id", "id"]
    uniques = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    for one in [*uniques, *table.indexes]:
        assert next(iter(one.columns)).name == "group_id", one.name
    for key in table.foreign_key_constraints:
        assert key.column_keys[0] == "group_id", key.name
        assert [element.column.name for element in key.elements] == ["group_id", "id"]


@pytest.mark.parametrize("table", TABLES)
def test_no_value_is_made_by_the_database(table):
    for column in table.columns:
        assert column.server_default is None, column
        assert not isinstance(column.default, Sequence | Identity), column
