"""What stands beside a row, as SQL: the consent of its person, and the cohorts that they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authz.conditions import Includes, Says
from domain.privacy.consent import ConsentTopic

if TYPE_CHECKING:
    from domain.kernel.entity import GroupEntity

    from .conditions_sql import Bind

CONSENTED = (
    "FROM consent q WHERE q.group_id = {group} AND q.person_id = {subject} "
    f"AND q.topic = '{ConsentTopic.THIRD_PARTY.value}' AND q.withdrawn_at IS NULL"
)
BELONGING = (
    "FROM cohort_member q WHERE q.group_id = {group} AND q.person_id = {subject} "
    "AND q.cohort_id = {cohort}"
)
COVERED = (
    "SELECT q.person_id FROM cohort_member q WHERE q.group_id = {group} AND q.cohort_id = {cohort}"
)


def related(
    entity: type[GroupEntity],
    condition: Says | Includes,
    *,
    alias: str,
    bind: Bind,
    known: bool,
) -> str:
    """Write a condition about whoever a row is about; `known` where NULL may pass for false.

    EXISTS is never NULL, so where that matters it is not asked about nobody or for nothing.
    """
    if entity.about is None:
        return "NULL::boolean"
    subject, group = f"{alias}.{entity.about}", bind("group")
    if isinstance(condition, Says):
        unsure, found = f"{subject} IS NULL", CONSENTED.format(group=group, subject=subject)
    else:
        cohort = bind(condition.variable)
        if known:  # an array, which an index finds among other conditions too
            return f"{subject} = ANY (ARRAY({COVERED.format(group=group, cohort=cohort)}))"
        unsure = f"{subject} IS NULL OR {cohort} IS NULL"
        found = BELONGING.format(group=group, subject=subject, cohort=cohort)
    exists = f"EXISTS (SELECT 1 {found})"
    return exists if known else f"CASE WHEN {unsure} THEN NULL ELSE {exists} END"
