"""Wrapped keys: of the group, and of people's windows. Those of boxes lie in the vault."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import Entity, GroupEntity

from .ciphers import Algorithm
from .classification import SYSTEM


class KeyUse(Enum):
    """What a person's key opens: the masked form, or the value. Its name is in what it seals."""

    WINDOW = "WINDOW"
    BOX = "BOX"


class GroupKey(GroupEntity, kw_only=True, repr=False):
    """The key of a group, wrapped by the key provider's root; it wraps the keys of its people.

    `algorithm` is that of this key and of those made under it. `proof` opens under this key alone;
    keys that were made before there was one go without.
    """

    __tablename__ = "group_key"
    holds = SYSTEM
    constraints: ClassVar = (UniqueConstraint("group_id", "kid"),)

    kid: Mapped[bytes] = mapped_column(LargeBinary)
    algorithm: Mapped[Algorithm] = mapped_column(default=Algorithm.AES_256_GCM)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    proof: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)


class WindowKey(GroupEntity, kw_only=True, repr=False):
    """The key of a person's masked forms, wrapped by the group's. Without the row they are gone.

    Whoever reads rows reads it too: it opens what may be seen by whoever sees the row.
    """

    __tablename__ = "window_key"
    about: ClassVar[str | None] = "subject_id"
    holds = SYSTEM
    constraints: ClassVar = (
        UniqueConstraint("group_id", "kid"),
        Index(None, "group_id", "subject_id"),
    )

    subject_id: Mapped[UUID]
    kid: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class SystemKey(Entity, kw_only=True, repr=False):
    """A key of the installation (token pepper, cursor seal), wrapped by the provider's root."""

    __tablename__ = "system_key"
    __table_args__ = ({"info": {"kind": "local"}},)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
