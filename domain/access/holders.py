"""Who holds which roles where, counted: enough to say whom a change of the policy reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from domain.kernel.work import Work

HELD: Final = text("""
SELECT path, roles, count(*) AS people FROM (
  SELECT t.path, array_agg(DISTINCT a.role ORDER BY a.role) AS roles
  FROM principal p
  JOIN tenant t ON t.group_id = :group AND t.id = p.tenant_id
  JOIN role_assignment a ON a.group_id = :group AND a.principal_id = p.id
  JOIN tenant h ON h.group_id = :group AND h.id = a.tenant_id AND starts_with(t.path, h.path)
  WHERE p.group_id = :group AND a.valid_from <= :now AND (a.valid_to IS NULL OR a.valid_to > :now)
  GROUP BY p.id, t.path
) held GROUP BY path, roles
""")


@dataclass(frozen=True, slots=True)
class Holders:
    """How many principals act at a tenant under the same roles."""

    path: str
    roles: frozenset[str]
    people: int


async def holders(work: Work) -> list[Holders]:
    """Count the principals of the group by where they act and under which roles."""
    rows = await work.session.execute(HELD, {"group": work.actor.group_id, "now": work.now})
    return [Holders(row.path, frozenset(row.roles), row.people) for row in rows]
