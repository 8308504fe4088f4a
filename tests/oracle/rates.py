"""Completion as its definition tells it, person by person: who was to be done, and who is.

With a family: of the people with enrolments in it that are finished or overdue, those who completed
all of these. Without: the same of learning plans. Who was withdrawn, exempted or transferred is not
counted. An instant in the past is told from the log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.oracle.rows import Row, Rows
from tests.oracle.things import Thing

Z: Final = Decimal("1.959964")
EXACT: Final = Context(prec=60)
UNCOUNTED: Final = {"WITHDRAWN", "EXEMPTED", "TRANSFERRED"}
FINISHED: Final = {"COMPLETED", "FAILED"}


def completion(
    rows: Rows, thing: Thing, *, now: datetime, family: Any = None, as_of: datetime | None = None
) -> dict[str, Any]:
    """Count the completion of a tenant with all below it, or of a cohort's members."""
    counted = _people_of(rows, thing)
    at = as_of or now
    zone = thing.row.get("time_zone") or rows.tables["tenant"][thing.row["tenant_id"]]["time_zone"]
    day = at.astimezone(ZoneInfo(zone)).date()
    done: dict[UUID, list[bool]] = defaultdict(list)
    told = (
        _plans(rows, at, day)
        if family is None
        else _enrolments(rows, getattr(family, "value", family), at, day, past=as_of is not None)
    )
    for row, is_done in told:
        if counted(row):
            done[row["person_id"]].append(is_done)
    return rate(sum(all(one) for one in done.values()), len(done))


def rate(numerator: int, denominator: int) -> dict[str, Any]:
    """A share with its interval (Wilson 1927); of nothing there is neither."""
    whole = {
        "__typename": "Rate",
        "value": None,
        "numerator": numerator,
        "denominator": denominator,
        "interval": None,
        "definitionVersion": 1,
    }
    if denominator:
        share = EXACT.divide(Decimal(numerator), Decimal(denominator))
        value = share.quantize(Decimal("1e-6"), ROUND_HALF_UP)
        whole["value"] = format(value, "f").rstrip("0").rstrip(".")
        whole["interval"] = [_bound(share, Decimal(denominator), sign) for sign in (-1, 1)]
    return whole


def _bound(share: Decimal, count: Decimal, sign: int) -> str:
    spread = EXACT.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    bound = (share + Z**2 / (2 * count) + sign * Z * spread) / (1 + Z**2 / count)
    return format(min(max(bound, Decimal(0)), Decimal(1)).quantize(Decimal("1e-4"), ROUND_HALF_UP))


def _people_of(rows: Rows, thing: Thing) -> Callable[[Row], bool]:
    if thing.shape.name == "Tenant":
        path = thing.row["path"]
        below = {one["id"] for one in rows.all("tenant") if one["path"].startswith(path)}
        return lambda row: row["tenant_id"] in below
    members = {
        one["person_id"] for one in rows.where("cohort_member", "cohort_id", thing.row["id"])
    }
    return lambda row: row["person_id"] in members


def _enrolments(
    rows: Rows, family: str, at: datetime, day: Any, *, past: bool
) -> Iterator[tuple[Row, bool]]:
    for row in rows.all("enrolment"):
        version = rows.tables["course_version"][row["course_version_id"]]
        if (
            rows.tables["course"][version["course_id"]]["family"] != family
            or row["created_at"] > at
        ):
            continue
        state = _state_at(rows, row, at) if past else row["state"]
        overdue = row["due_on"] is not None and row["due_on"] < day
        if state not in UNCOUNTED and (state in FINISHED or overdue):
            yield row, state == "COMPLETED"


def _state_at(rows: Rows, enrolment: Row, at: datetime) -> str:
    log = rows.where("progress_entry", "enrolment_id", enrolment["id"])
    before = [one for one in log if one["recorded_at"] <= at]
    last = max(before, key=lambda one: (one["recorded_at"], one["id"]), default=None)
    return last["state"] if last else "ASSIGNED"


def _plans(rows: Rows, at: datetime, day: Any) -> Iterator[tuple[Row, bool]]:
    for row in rows.all("learning_plan"):
        stood = row["created_at"] <= at and (row["closed_at"] is None or row["closed_at"] > at)
        completed = row["completed_at"] is not None and row["completed_at"] <= at
        if stood and row["state"] != "PROPOSED" and (completed or row["due_on"] < day):
            yield row, completed
