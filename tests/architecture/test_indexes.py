"""Whatever a list can be sorted or narrowed by leads an index, or it is said why it need not.

`few` on an entity says that a group has so few rows that a list of them may be read whole;
`unindexed` names the columns of a long list that lead no index, each with the reason. In a scope of
one tenant or of several, what no such index gives is sorted among the rows of these tenants.
"""

import pytest
from sqlalchemy import Column, UniqueConstraint

from api.graphql.binding import SHAPES, everything
from api.graphql.narrowing import filters, orders
from api.graphql.schema import schema
from api.planner.shapes import Column as Shown
from api.planner.shapes import Inside, Many, One, Pages, column_name, sorting_column
from domain.kernel.entity import Entity, GroupEntity, metadata

assert schema(), "every type has been declared"

LISTED = [shape for shape in everything().shapes.values() if shape.listed]
LONG = [shape for shape in LISTED if shape.entity.few is None]
ENTITIES = sorted(
    (one.class_ for one in Entity.registry.mappers if issubclass(one.class_, GroupEntity)),
    key=lambda entity: entity.__name__,
)


def named(shapes):
    return [pytest.param(shape, id=shape.name) for shape in shapes]


def indexes(table):
    """The columns of every index that holds all rows, behind the group that leads it."""
    whole = [
        [one.name if isinstance(one, Column) else index.info["leads"] for one in index.expressions]
        for index in table.indexes
        if index.dialect_options["postgresql"]["where"] is None
    ]
    uniques = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    keys = [[one.name for one in key.columns] for key in [*uniques, table.primary_key]]
    for columns in [*whole, *keys]:
        assert columns[0] == "group_id"
        yield tuple(columns[1:])


def is_led_by(table, *columns):
    """Whether an index begins with these columns, behind the group."""
    return any(index[: len(columns)] == columns for index in indexes(table))


def keys_of(shape, parts):
    """The columns behind the parts of an order or of a filter which are this row's own."""
    for name, _, _ in parts(shape):
        held = shape.fields.get(name)
        match held:
            case None:
                yield "id"
            case Inside(target=target):
                yield from keys_of(SHAPES[target], parts)
            case Shown():
                column = column_name(name, held)
                yield sorting_column(shape.kept_in, column) if parts is orders else column
            case One(by=by, remote="id"):
                yield by


@pytest.mark.parametrize("shape", named(LISTED))
def test_an_index_gives_a_list_its_own_order_in_the_whole_group(shape):
    """Where a key before the id is unique, its index stands for both."""
    keys = tuple(key for key in shape.order if key != "id") or ("id",)

    assert is_led_by(shape.entity.__table__, *keys)


@pytest.mark.parametrize("shape", named(LONG))
def test_an_index_gives_a_long_list_its_own_order_in_one_tenant(shape):
    assert is_led_by(shape.entity.__table__, "tenant_id", *shape.order)


@pytest.mark.parametrize("parts", [orders, filters])
@pytest.mark.parametrize("shape", named(LONG))
def test_what_a_long_list_is_sorted_and_narrowed_by_leads_an_index(shape, parts):
    table, reasons = shape.entity.__table__, shape.entity.unindexed

    wanting = [key for key in keys_of(shape, parts) if not is_led_by(table, key)]

    assert [key for key in wanting if key not in reasons] == []


@pytest.mark.parametrize("shape", named(everything().shapes.values()))
def test_rows_that_a_field_leads_to_are_found_by_an_index(shape):
    """Those of a short list too: they are sought once for every row above."""
    for name, held in shape.fields.items():
        match held:
            case One(remote=remote, target=target) if remote != "id":
                assert is_led_by(SHAPES[target].entity.__table__, remote), name
            case Many(through=(table, near, _)) | Pages(through=(table, near, _)):
                assert is_led_by(metadata.tables[table], near), name
            case Many(target=target, by=by) | Pages(target=target, by=by):
                (entity, *_) = {one.entity for one in everything().concrete(target)}
                assert is_led_by(entity.__table__, by), name


@pytest.mark.parametrize("entity", [pytest.param(one, id=one.__name__) for one in ENTITIES])
def test_exceptions_are_needed_and_say_why(entity):
    assert entity.few is None or entity.few.strip()
    for column, reason in entity.unindexed.items():
        assert reason.strip()
        assert column in entity.__table__.columns
        assert not is_led_by(entity.__table__, column), f"{column} leads an index"
