"""What stands beside a row about somebody, for judging that one row: consent and cohorts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, Uuid, bindparam, column, text

from .related_sql import CONSENTED

if TYPE_CHECKING:
    from uuid import UUID

    from domain.kernel.work import Work

CONSENT = CONSENTED.format(group=":group", subject=":subject")
COHORTS = (
    "SELECT m.cohort_id FROM cohort_member m WHERE m.group_id = :group AND m.person_id = :subject"
)
RELATIONS = (
    text(f"SELECT EXISTS (SELECT 1 {CONSENT}) AS consented, ARRAY({COHORTS}) AS cohorts")
    .bindparams(bindparam("group", type_=Uuid()), bindparam("subject", type_=Uuid()))
    .columns(column("consented"), column("cohorts", ARRAY(Uuid())))
)


async def relate(work: Work, subject: UUID) -> tuple[bool, frozenset[UUID]]:
    """Read both in one statement."""
    found = await work.session.execute(
        RELATIONS, {"group": work.actor.group_id, "subject": subject}
    )
    row = found.one()
    return row.consented, frozenset(row.cohorts)
