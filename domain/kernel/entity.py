"""What every row has: a group, a tenant, an id, a lock and the class of what it holds."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import Column, DateTime, Enum, ForeignKeyConstraint, Index, MetaData, Table, event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Mapper,
    declared_attr,
    mapped_column,
)
from sqlalchemy.schema import SchemaItem

from authz.catalogue import DataClass

from .traits import Traits

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Entity(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False):
    """Anything that is kept in a row. Its `repr` names type and id, never a value."""

    metadata = metadata
    type_annotation_map: ClassVar = {
        datetime: DateTime(timezone=True),
        enum.Enum: Enum(enum.Enum, native_enum=False, length=40, create_constraint=True),
    }

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self, 'id', '?')})"


def refers(target: str, *, index: bool = True, **options: Any) -> Any:
    """Declare a column that holds the id of a row of `target` in the same group."""
    info = {**options.pop("info", {}), "refers": target, "refers_index": index}
    return mapped_column(info=info, **options)


class GroupEntity(Entity, kw_only=True, repr=False):
    """A row that belongs to one group of companies and to one tenant in it.

    `about` names the column that holds the person whom the row is about: what `self` means in a
    condition, whose key seals the row, what follows a person who moves, and what erasing reaches.
    `placed` names the column that conditions take for the row's tenant.
    `holds` is the class of every column that says nothing of its own.
    `unread` keeps what proves who somebody is (verifiers, secrets) from the reading role.
    `few` says why a group has so few rows that a list of them may be read whole; where it says
    nothing, each column that a list is narrowed or sorted by leads an index, or stands among the
    `unindexed` with the reason why not.
    """

    __abstract__ = True
    about: ClassVar[str | None] = None
    placed: ClassVar[str] = "tenant_id"
    holds: ClassVar[Traits] = Traits(label="org", data_class=DataClass.P1)
    named_by: ClassVar[str | None] = None  # the column that is searched and sorted by its reading
    append_only: ClassVar[bool] = False
    unread: ClassVar[bool] = False
    few: ClassVar[str | None] = None
    unindexed: ClassVar[Mapping[str, str]] = {}
    constraints: ClassVar[tuple[SchemaItem, ...]] = ()

    group_id: Mapped[UUID] = mapped_column(
        primary_key=True, init=False, sort_order=-30, default=None
    )
    tenant_id: Mapped[UUID] = refers("tenant", index=False, sort_order=-20)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10, default=None)
    row_version: Mapped[int] = mapped_column(init=False, default=None, sort_order=90)
    created_at: Mapped[datetime] = mapped_column(init=False, default=None, sort_order=91)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """The lock: an update that does not find the version it read is refused."""
        return {"version_id_col": cls.row_version}

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """The table says what kind it is, so that walls and grants can be generated from it."""
        info = {
            "kind": "group",
            "append_only": cls.append_only,
            "unread": cls.unread,
            "about": cls.about,
            "few": cls.few,
        }
        return (*cls.constraints, {"info": info})


@event.listens_for(Column, "after_parent_attach")
def _constrain(column: Column[Any], parent: Any) -> None:
    """Give a referring column its foreign key, which starts with the group, and its index.

    A copy of a table, as Alembic makes one, has got both from the original.
    """
    target = column.info.get("refers")
    if target is None or not isinstance(parent, Table) or parent.metadata is not metadata:
        return
    parent.append_constraint(
        ForeignKeyConstraint(
            ["group_id", column.name], [f"{target}.group_id", f"{target}.id"], name=None
        )
    )
    if column.info["refers_index"]:
        Index(None, parent.c.group_id, column)


@event.listens_for(Mapper, "after_configured")
def _write_parents_first() -> None:
    """Have a flush write tables in the order of their foreign keys.

    SQLAlchemy orders by relationships, of which we have none, and then by a key of the mapper,
    which is its class's name unless it is told better.
    """
    places = {table: place for place, table in enumerate(metadata.sorted_tables)}
    for mapper in Entity.registry.mappers:
        mapper.__dict__["_sort_key"] = f"{places[cast('Table', mapper.local_table)]:04}"
