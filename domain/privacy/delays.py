"""That somebody is told later who read their information, while it is being looked into."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from domain.kernel.entity import GroupEntity, refers

from .classification import SYSTEM


class DelayGround(Enum):
    """On which ground somebody is told later (PIPL article 18)."""

    CONFIDENTIAL_BY_LAW = "CONFIDENTIAL_BY_LAW"
    AUTHORITY = "AUTHORITY"
    INTERNAL_INVESTIGATION = "INTERNAL_INVESTIGATION"


class DisclosureDelay(GroupEntity, kw_only=True, repr=False):
    """That what a principal has read of a person is kept from that person until an instant.

    Afterwards it is told like all else: nothing is hidden for good. `ordered_by` is the principal
    who ordered it, which is neither the reader nor the person.
    """

    __tablename__ = "disclosure_delay"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM
    constraints: ClassVar = (
        Index(None, "group_id", "until", "id"),
        Index(None, "group_id", "tenant_id", "until", "id"),
    )
    unindexed: ClassVar = {
        "ground": "one of three words",
        "since": "delays are found by when they end",
        "ordered_by": "few order delays in a group: theirs are found by when they end",
    }

    person_id: Mapped[UUID] = refers("person")
    reader_id: Mapped[UUID] = refers("principal")
    ground: Mapped[DelayGround]
    since: Mapped[datetime]
    until: Mapped[datetime]
    ordered_by: Mapped[UUID]
