"""Completion as a statement, definition 1: the rules of `domain.learning.completion`, over rows.

With a family: of the people with enrolments in it that are finished or overdue, those who completed
all of these. Without: the same of learning plans. Who was withdrawn, exempted or transferred is not
counted. The past is told from the log: from entries, and from when a plan was completed or closed.
"""

from __future__ import annotations

from string import Template
from typing import Final

_RATE: Final = Template("""
SELECT count(*) FILTER (WHERE c.done) AS n, count(*) AS d FROM (
  SELECT x.person_id, bool_and(x.done) AS done FROM (
    SELECT e.person_id, s.state = 'COMPLETED' AS done
    FROM enrolment e
    JOIN course_version v ON v.group_id = {group} AND v.id = e.course_version_id
    JOIN course k ON k.group_id = {group} AND k.id = v.course_id
    CROSS JOIN LATERAL (SELECT CASE WHEN $asof IS NULL THEN e.state ELSE coalesce((
      SELECT g.state FROM progress_entry g
      WHERE g.group_id = {group} AND g.enrolment_id = e.id AND g.recorded_at <= $asof
      ORDER BY g.recorded_at DESC, g.id DESC LIMIT 1), 'ASSIGNED') END AS state) s
    WHERE {family} IS NOT NULL AND e.group_id = {group} AND k.family = {family}
      AND e.created_at <= coalesce($asof, {now})
      AND s.state NOT IN ('WITHDRAWN', 'EXEMPTED', 'TRANSFERRED')
      AND (s.state IN ('COMPLETED', 'FAILED') OR e.due_on < $day)
      AND $enrolled
    UNION ALL
    SELECT l.person_id, coalesce(l.completed_at <= coalesce($asof, {now}), FALSE) AS done
    FROM learning_plan l
    WHERE {family} IS NULL AND l.group_id = {group} AND l.state <> 'PROPOSED'
      AND l.created_at <= coalesce($asof, {now})
      AND (l.closed_at IS NULL OR l.closed_at > coalesce($asof, {now}))
      AND (l.completed_at <= coalesce($asof, {now}) OR l.due_on < $day)
      AND $planned
  ) x GROUP BY x.person_id
) c""")

_BELOW: Final = (
    "(SELECT t.id FROM tenant t WHERE t.group_id = {group} "
    "AND t.path >= {a}.path AND t.path < left({a}.path, -1) || '0')"
)
_MEMBERS: Final = (
    "(SELECT m.person_id FROM cohort_member m WHERE m.group_id = {group} AND m.cohort_id = {a}.id)"
)
_ZONE: Final = (
    "(SELECT t.time_zone FROM tenant t WHERE t.group_id = {group} AND t.id = {a}.tenant_id)"
)

OF_TENANT: Final = _RATE.substitute(
    asof="{asOf}",
    day="(coalesce({asOf}, {now}) AT TIME ZONE {a}.time_zone)::date",
    enrolled=f"e.tenant_id IN {_BELOW}",
    planned=f"l.tenant_id IN {_BELOW}",
)
OF_COHORT: Final = _RATE.substitute(
    asof="NULL::timestamptz",
    day=f"({{now}} AT TIME ZONE {_ZONE})::date",
    enrolled=f"e.person_id IN {_MEMBERS}",
    planned=f"l.person_id IN {_MEMBERS}",
)
