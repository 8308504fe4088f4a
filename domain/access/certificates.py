"""Until when somebody is certified: whoever completes a course that certifies is, for its days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Uuid, bindparam, text

from domain.kernel.days import beginning, day_of

from .contract_models import PERSONAL_INFORMATION

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

PASSED = text(
    "SELECT e.completed_at, c.valid_days FROM certification c "
    "JOIN course_version v ON v.group_id = c.group_id AND v.course_id = c.course_id "
    "JOIN enrolment e ON e.group_id = c.group_id AND e.course_version_id = v.id "
    "WHERE c.group_id = :group AND c.code = :code AND e.person_id = :person "
    "AND e.state = 'COMPLETED' AND e.completed_at IS NOT NULL"
).bindparams(bindparam("group", type_=Uuid()), bindparam("person", type_=Uuid()))


async def certified_until(
    session: AsyncSession, group_id: UUID, person_id: UUID | None, *, time_zone: str
) -> datetime | None:
    """Say when the last certificate of a person ends; nothing where they never had one.

    The day of passing is the first of its days. On the day after the last one it has ended, all of
    that day: as the calendar counts, and not to the minute.
    """
    if person_id is None:
        return None
    places = {"group": group_id, "person": person_id, "code": PERSONAL_INFORMATION}
    rows = (await session.execute(PASSED, places)).all()
    ends = (day_of(at, time_zone) + timedelta(days=days) for at, days in rows)
    return max((beginning(day, time_zone) for day in ends), default=None)
