"""What is overdue: still open, although its day is over where its tenant is; or nearly so."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tests.oracle.rows import Rows
from tests.oracle.things import Thing

OPEN: Final = {
    "Enrolment": {"ASSIGNED", "IN_PROGRESS"},
    "LearningPlan": {"ACTIVE"},
    "SubjectRequest": {"OPEN", "IN_REVIEW", "GRANTED"},
}


def told_by_days(rows: Rows, thing: Thing, name: str, *, now: datetime) -> bool:
    """Whether something is open behind its day; or, where it is warned of, from that day on."""
    tenant = rows.tables["tenant"][thing.row["tenant_id"]]
    today = now.astimezone(ZoneInfo(tenant["time_zone"])).date()
    if thing.row["state"] not in OPEN[thing.shape.name]:
        return False
    if name == "warned":
        return bool(thing.row["warn_on"] <= today)
    due = thing.row["due_on"]
    return due is not None and due < today
