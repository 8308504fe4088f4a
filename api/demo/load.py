"""Load the made-up group, whole or not at all; who finds it there leaves it as it is."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson
from sqlalchemy import select

from domain.access.founder import founder
from domain.access.models import Principal, RoleAssignment
from domain.organisation.models import Tenant
from runtime.progress import silent
from runtime.sessions import door_keys
from runtime.unit import perform

from .entrusting import entrust
from .founding import found
from .learning import open_cohorts, tell_learning
from .logins import give_logins, passwords_file
from .peopling import settle_people, settle_principals
from .tokens import are_fresh, issue_tokens, tokens_file, write_tokens
from .world import PERSONAS

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from runtime.installation import Installation
    from runtime.progress import Tell

GROUP: Final = UUID("d3300000-0000-7000-8000-000000000001")
SEED: Final = 20260504
DESCRIPTIONS: Final = Path(__file__).parent / "page" / "personas.json"


async def load_demo(installation: Installation, *, tell: Tell = silent) -> dict[str, str]:
    """Make sure that the group is there and its personas have tokens and logins; say who they are.

    One transaction writes all of it, so that a start which is killed leaves nothing half done.
    """
    data_dir = installation.settings.data_dir
    tokens, passwords = tokens_file(data_dir), passwords_file(data_dir)
    actor = founder(GROUP, "/hq/", installation.founding.policy)
    chance = Random(SEED)
    there = await _is_there(installation)
    without_logins = not (there and passwords.exists())
    if without_logins or not are_fresh(tokens):
        keys = await door_keys(installation)
        async with perform(
            installation, actor, entropy=None if there else lambda: chance.randbytes(8)
        ) as work:
            principals = (
                await _principals(work) if there else await _load(work, installation, chance, tell)
            )
            issued = await issue_tokens(work, principals, installation.keyring)
            given = await give_logins(work, principals, keys) if without_logins else {}
        write_tokens(tokens, issued)
        if given:
            write_tokens(passwords, given)
    return {one["persona"]: one["name_en"] for one in orjson.loads(DESCRIPTIONS.read_bytes())}


async def _is_there(installation: Installation) -> bool:
    async with installation.writer.transaction(GROUP, (), read_only=True) as session:
        return await session.get(Tenant, (GROUP, GROUP)) is not None


async def _load(
    work: Work, installation: Installation, chance: Random, tell: Tell
) -> dict[str, UUID]:
    tell("demo 1/4: tenants, competencies, courses and paths")
    group = await found(work, installation.keyring)
    tell("demo 2/4: 240 people")
    settled = await settle_people(work, group, chance)
    principals = await settle_principals(work, group, settled)
    tell("demo 3/4: six months of learning")
    await tell_learning(work, group, settled, chance)
    await open_cohorts(work, group, settled)
    await entrust(work, principals)
    tell("demo 4/4: tokens")
    return principals


async def _principals(work: Work) -> dict[str, UUID]:
    """Find the principals of the personas again, by their roles."""
    rows = await work.session.execute(
        select(Principal.id, RoleAssignment.role, Tenant.code)
        .join(
            RoleAssignment,
            (RoleAssignment.group_id == Principal.group_id)
            & (RoleAssignment.principal_id == Principal.id),
        )
        .join(Tenant, (Tenant.group_id == Principal.group_id) & (Tenant.id == Principal.tenant_id))
        .where(Principal.group_id == GROUP)
        .order_by(Principal.id)
    )
    found_by: dict[tuple[str, bool], UUID] = {}
    for principal, role, code in rows:
        found_by.setdefault((role, code == "yanshan"), principal)
    return {
        persona: found_by[role, persona == "other_supervisor"] for persona, role in PERSONAS.items()
    }
