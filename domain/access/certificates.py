"""Until when somebody is certified: whoever completes a course that certifies is, for its days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import ARRAY, Uuid, bindparam, text

from domain.kernel.days import beginning, day_of

from .contract_models import PERSONAL_INFORMATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

CERTIFIED: Final = "certified"
"""The row condition that asks for a certificate."""

PASSED = text(
    "SELECT e.person_id, e.completed_at, c.valid_days FROM certification c "
    "JOIN course_version v ON v.group_id = c.group_id AND v.course_id = c.course_id "
    "JOIN enrolment e ON e.group_id = c.group_id AND e.course_version_id = v.id "
    "WHERE c.group_id = :group AND c.code = :code AND e.person_id = ANY(:people) "
    "AND e.state = 'COMPLETED' AND e.completed_at IS NOT NULL"
).bindparams(bindparam("group", type_=Uuid()), bindparam("people", type_=ARRAY(Uuid())))


async def certified_until(
    session: AsyncSession, group_id: UUID, time_zones: Mapping[UUID, str]
) -> Mapping[UUID, datetime]:
    """Say when the last certificate of people ends; those who never had one are left out.

    `time_zones` holds that of each. The day of passing is the first of its days. On the day after
    the last one it has ended, all of that day: as the calendar counts, and not to the minute.
    """
    places = {"group": group_id, "people": list(time_zones), "code": PERSONAL_INFORMATION}
    last: dict[UUID, datetime] = {}
    for person, at, days in (await session.execute(PASSED, places)).all():
        zone = time_zones[person]
        ends = beginning(day_of(at, zone) + timedelta(days=days), zone)
        last[person] = max(ends, last.get(person, ends))
    return last
