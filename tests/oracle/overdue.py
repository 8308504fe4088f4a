"""What is overdue: still open, although its day is over where its tenant is."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tests.oracle.rows import Rows
from tests.oracle.things import Thing

OPEN: Final = {"Enrolment": {"ASSIGNED", "IN_PROGRESS"}, "LearningPlan": {"ACTIVE"}}


def is_overdue(rows: Rows, thing: Thing, *, now: datetime) -> bool:
    """Whether an enrolment or a plan is open behind its day."""
    tenant = rows.tables["tenant"][thing.row["tenant_id"]]
    today = now.astimezone(ZoneInfo(tenant["time_zone"])).date()
    due = thing.row["due_on"]
    return thing.row["state"] in OPEN[thing.shape.name] and due is not None and due < today
