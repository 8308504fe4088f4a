"""A small group in which everything occurs: every type, kind and state, NULLs, ties and oddities.

The same seed makes the same group, ids included, so that a case is found again by its number.
"""

from __future__ import annotations

from uuid import UUID

from api.demo.peopling import lay
from domain.access.founder import founder
from domain.access.open_group import OpenGroup, open_group
from domain.kernel.work import Work
from domain.organisation.define_job_role import DefineJobRole, define_job_role
from domain.organisation.models import Metric, TenantKind, Threshold
from domain.organisation.open_tenant import OpenTenant, open_tenant
from runtime.installation import Installation
from runtime.unit import perform
from tests.oracle.admitted import furnish_access
from tests.oracle.chance import Chance
from tests.oracle.contracted import furnish_contracts
from tests.oracle.entitled import furnish_rights
from tests.oracle.governed import furnish_policy
from tests.oracle.learnt import furnish_learning
from tests.oracle.peopled import forget, furnish_people
from tests.oracle.taught import furnish_content

GROUP, STRANGERS = UUID(int=0x0AC1E << 96), UUID(int=0x57A46E << 96)
TENANTS = (
    ("north", "head", TenantKind.REGION),
    ("south", "head", TenantKind.REGION),
    ("east", "north", TenantKind.BRANCH),
    ("east2", "north", TenantKind.BRANCH),
    ("west", "north", TenantKind.BRANCH),
    ("team", "east", TenantKind.TEAM),
)
JOB_ROLES = (
    ("head", "collector", "电话催收员"),
    ("east", "senior", "资深催收员"),
    ("west", "trainer", "讲师"),
)


async def found(installation: Installation, group: UUID, *, seed: int) -> None:
    """Found a group under an id, with everything in it, in one transaction."""
    chance = Chance(seed)
    actor = founder(group, "/head/", installation.founding.policy)
    async with perform(installation, actor, entropy=lambda: chance.randbytes(8)) as work:
        opened = OpenGroup(code="head", name="总部")
        root = await open_group(work, opened, keyring=installation.keyring)
        tenants = {"head": root.id}
        for code, above, kind in TENANTS:
            command = OpenTenant(parent_id=tenants[above], kind=kind, code=code, name=f"{code}机构")
            tenants[code] = (await open_tenant(work, command)).id
        roles = [await _job_role(work, tenants[at], code, title) for at, code, title in JOB_ROLES]
        _limit(work, chance, tenants)
        people = await furnish_people(work, chance, tenants, roles)
        taught = await furnish_content(work, chance, tenants, roles)
        await furnish_learning(work, chance, tenants, people, taught)
        principals = await furnish_access(work, chance, tenants)
        await forget(work, people[-1])
        await furnish_policy(work, chance, tenants, principals)
        await furnish_contracts(work, chance, tenants, people)
        await furnish_rights(work, chance, people[:-1], principals)


async def _job_role(work: Work, tenant: UUID, code: str, title: str) -> UUID:
    command = DefineJobRole(tenant_id=tenant, code=code, title=title)
    return (await define_job_role(work, command)).id


def _limit(work: Work, chance: Chance, tenants: dict[str, UUID]) -> None:
    for metric in (Metric.PASS_MARK, Metric.PASS_MARK, Metric.MENTOR_LOAD, Metric.ANSWER_HOURS):
        for at in ("head", "north", "east"):
            limit = Threshold(
                tenant_id=tenants[at],
                metric=metric,
                value=chance.amount(),
                effective_from=chance.instant(),
                set_by=work.actor.principal_id,
            )
            lay(work, limit)
