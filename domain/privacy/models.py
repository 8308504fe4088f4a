"""Wrapped keys: one of the group, two of each person (the window's and the box's)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import Entity, GroupEntity

from .classification import SYSTEM


class KeyUse(Enum):
    """What a subject key opens: the masked form, or the value."""

    WINDOW = "WINDOW"
    BOX = "BOX"


class GroupKey(GroupEntity, kw_only=True, repr=False):
    """The key of a group, wrapped by the key provider's root; it wraps the keys of its people."""

    __tablename__ = "group_key"
    holds = SYSTEM
    constraints: ClassVar = (UniqueConstraint("group_id", "kid"),)

    kid: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)


class SubjectKey(GroupEntity, kw_only=True, repr=False):
    """A key of one person, wrapped by the group's key. Without the row, the value is gone."""

    __tablename__ = "subject_key"
    about: ClassVar[str | None] = "subject_id"
    holds = SYSTEM
    constraints: ClassVar = (
        UniqueConstraint("group_id", "kid"),
        Index(None, "group_id", "subject_id", "use"),
    )

    subject_id: Mapped[UUID]
    use: Mapped[KeyUse]
    kid: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class SystemKey(Entity, kw_only=True, repr=False):
    """A key of the installation (token pepper, cursor seal), wrapped by the provider's root."""

    __tablename__ = "system_key"
    __table_args__ = ({"info": {"kind": "local"}},)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
