"""Rows that every part of the domain leans on: names cut for search, verbs done once."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from authz.catalogue import DataClass

from .entity import GroupEntity
from .traits import Traits


class NameGram(GroupEntity, kw_only=True, repr=False):
    """One or two neighbouring characters of a name, so that people and courses can be found.

    Made in Python because Chinese has no words for trigrams and because only `=` keeps its index
    under row-level security.
    """

    __tablename__ = "name_gram"
    about: ClassVar[str | None] = "row_id"
    holds = Traits(label="pi.identity", data_class=DataClass.P2)
    constraints: ClassVar = (
        UniqueConstraint("group_id", "kind", "gram", "row_id"),
        Index(None, "group_id", "row_id"),
    )

    kind: Mapped[str] = mapped_column(Text)
    row_id: Mapped[UUID]
    gram: Mapped[str] = mapped_column(Text)


class IdempotencyRecord(GroupEntity, kw_only=True, repr=False):
    """That a verb was done under a key: a keyed hash of its input, the entity and the outcome."""

    __tablename__ = "idempotency_record"
    constraints: ClassVar = (UniqueConstraint("group_id", "principal_id", "verb", "key"),)

    principal_id: Mapped[UUID]
    verb: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    input_digest: Mapped[bytes] = mapped_column(LargeBinary)
    object_id: Mapped[UUID | None] = mapped_column(default=None)
    outcome: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
