"""Roles of a group that lose a right for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.access.models import PolicyLine
from runtime.unit import perform
from tests.people import Group


@asynccontextmanager
async def without(group: Group, role: str, named: str, action: str) -> AsyncIterator[None]:
    """Deny a role one act on one object, by a line of the group's own policy."""
    line = PolicyLine(
        tenant_id=group.id, ptype="p", role=role, tenant_path="/", object=named, action=action,
        condition="-", effect="deny", valid_from=group.clock.now,
    )  # fmt: skip
    async with perform(group.installation, group.founder) as work:
        await work.add(line)
        work.policy_changed()
    try:
        yield
    finally:
        async with perform(group.installation, group.founder) as work:
            await work.remove(await work.get(PolicyLine, line.id))
            work.policy_changed()
