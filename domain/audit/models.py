"""The trail: who did what to whom, never with which values."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import Entity, GroupEntity
from domain.privacy.classification import SYSTEM
from domain.privacy.types import Code, Prose


class Outcome(Enum):
    """How an act ended."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    DENIED = "DENIED"


class AuditEntry(GroupEntity, kw_only=True, repr=False):
    """One act of one actor, written in the transaction of the act itself.

    Carries ids, field names and codes; a value of a person never stands here. `leaf` is the hash
    of its event; of whom it leads to (`subject` and `cells` in the details) the event holds but a
    `commitment`, which nobody can open any more once details and `salt` have been emptied of it.
    """

    __tablename__ = "audit_entry"
    append_only: ClassVar[bool] = True
    holds = SYSTEM
    constraints: ClassVar = (
        Index(None, "group_id", "at", "id"),
        Index(None, "group_id", "tenant_id", "id"),
        Index(None, "group_id", "principal_id", "at", "id"),
        Index(None, "group_id", "verb", "at", "id"),
        # What somebody has opened of late is counted before more is opened.
        Index(None, "group_id", "principal_id", "at", postgresql_where=text("verb = 'decrypt'")),
        # Who has read what is about somebody is told to them.
        Index(
            "ix_audit_entry_group_id_subject_at",
            "group_id",
            text("(details ->> 'subject')"),
            "at",
            postgresql_where=text("verb = 'decrypt'"),
        ),
    )

    unindexed: ClassVar = {
        "outcome": "of three kinds, each is many",
        "code": "of few kinds: looked for among what somebody did, or of a time",
        "purpose": "of few kinds, as above",
        "object_type": "of few kinds, as above",
        "request_id": "looked for among what somebody did, or of a time",
        "policy_version": "says under which rights, and nobody looks for that alone",
    }

    at: Mapped[datetime]
    principal_id: Mapped[UUID]
    token_id: Mapped[UUID | None] = mapped_column(default=None)
    verb: Mapped[Code]
    object_type: Mapped[Code]
    object_id: Mapped[UUID | None] = mapped_column(default=None)
    outcome: Mapped[Outcome]
    code: Mapped[Code | None] = mapped_column(default=None)
    purpose: Mapped[Code | None] = mapped_column(default=None)
    request_id: Mapped[Code | None] = mapped_column(default=None)
    policy_version: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    commitment: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)


class AuditLeaf(GroupEntity, kw_only=True, repr=False):
    """The place of an entry, whose id it has, in the tree of its group: for good, and only one.

    It outlives the entry: when that has been exported and dropped, old proofs still verify. `root`
    is that of the tree which ends here: where a root first differs, somebody has begun to change.
    """

    __tablename__ = "audit_leaf"
    append_only: ClassVar[bool] = True
    holds = SYSTEM
    constraints: ClassVar = (UniqueConstraint("group_id", "leaf_index"),)

    leaf_index: Mapped[int] = mapped_column(BigInteger)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)


class AuditNode(GroupEntity, kw_only=True, repr=False):
    """The hash of a complete subtree over 256 leaves, or over 256 of those, and so on."""

    __tablename__ = "audit_node"
    append_only: ClassVar[bool] = True
    holds = SYSTEM
    constraints: ClassVar = (UniqueConstraint("group_id", "height", "place"),)

    height: Mapped[int]
    place: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(GroupEntity, kw_only=True, repr=False):
    """The tree of a group as it was signed (C2SP: signed note), and the public key."""

    __tablename__ = "audit_checkpoint"
    append_only: ClassVar[bool] = True
    holds = SYSTEM
    constraints: ClassVar = (UniqueConstraint("group_id", "size"),)

    at: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[Prose]
    key: Mapped[Code]


class AuditDirectory(Entity, kw_only=True, repr=False):
    """The groups that have a trail: where the sequencer finds them before it is bound to one."""

    __tablename__ = "audit_directory"
    __table_args__ = ({"info": {"kind": "directory", "append_only": True}},)

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
