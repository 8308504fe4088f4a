"""The tree of tenants: opened, moved, and never a cycle."""

import pytest

from domain.kernel.errors import Forbidden, NotFound, StaleVersion
from domain.organisation.models import Tenant, TenantKind
from domain.organisation.move_tenant import (
    MoveTenant,
    RootStays,
    TenantAlreadyThere,
    TenantCycle,
    move_tenant,
)
from domain.organisation.open_tenant import (
    KindOutOfOrder,
    OpenTenant,
    TenantCodeTaken,
    TenantCodeUnfit,
    TenantUnnamed,
    TimeZoneUnknown,
    open_tenant,
)
from tests.people import refused


def region(group, **more):
    given = {
        "parent_id": group.tenants["head"],
        "kind": TenantKind.REGION,
        "code": "south",
        "name": "南区",
        **more,
    }
    return OpenTenant(**given)


def to(group, what, where, version=None):
    return MoveTenant(
        tenant_id=group.tenants[what], parent_id=group.tenants[where], expected_version=version or 1
    )


async def head(group):
    [row] = await group.rows("SELECT version FROM policy_head WHERE group_id = :g")
    return row.version


async def paths(group):
    rows = await group.rows("SELECT code, path FROM tenant WHERE group_id = :g ORDER BY path")
    return {row.code: row.path for row in rows}


async def test_a_tenant_opens_below_its_parent_and_takes_over_what_it_is_not_told(group):
    made = await group.do("hugo", open_tenant, region(group))

    assert (made.path, made.data_region, made.time_zone) == (
        "/head/south/",
        "CN",
        "Asia/Shanghai",
    )


async def test_opening_and_moving_raise_the_policys_head(group):
    before = await head(group)
    made = await group.do("hugo", open_tenant, region(group))
    group.tenants["south"] = made.id
    assert await head(group) == before + 1

    await group.do("hugo", move_tenant, to(group, "east", "south"))
    assert await head(group) == before + 2


async def test_a_subtree_moves_with_all_that_is_below(group):
    south = await group.do("hugo", open_tenant, region(group))
    team = OpenTenant(
        parent_id=group.tenants["east"], kind=TenantKind.TEAM, code="first", name="一组"
    )
    await group.do("hugo", open_tenant, team)
    group.tenants["south"] = south.id

    await group.do("hugo", move_tenant, to(group, "east", "south"))

    assert await paths(group) == {
        "head": "/head/",
        "north": "/head/north/",
        "west": "/head/north/west/",
        "south": "/head/south/",
        "east": "/head/south/east/",
        "first": "/head/south/east/first/",
    }


async def test_no_tenant_comes_to_stand_below_itself(group):
    async with group.unchanged():
        with refused(TenantCycle):
            await group.do("hugo", move_tenant, to(group, "north", "east"))
        with refused(TenantCycle):
            await group.do("hugo", move_tenant, to(group, "north", "north"))
        with refused(RootStays):
            await group.do("hugo", move_tenant, to(group, "head", "north"))
        with refused(TenantAlreadyThere):
            await group.do("hugo", move_tenant, to(group, "east", "north"))
        with refused(KindOutOfOrder):
            await group.do("hugo", move_tenant, to(group, "west", "east"))
        with refused(StaleVersion):
            await group.do("hugo", move_tenant, to(group, "east", "head", version=9))


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"name": " "}, TenantUnnamed),
        ({"code": "South!"}, TenantCodeUnfit),
        ({"code": "north"}, TenantCodeTaken),
        ({"kind": TenantKind.GROUP}, KindOutOfOrder),
        ({"time_zone": "Mars/Olympus"}, TimeZoneUnknown),
    ],
    ids=["no name", "unfit code", "taken code", "a group in a group", "no such time zone"],
)
async def test_what_cannot_be_a_tenant_is_refused(group, more, refusal):
    async with group.unchanged():
        with refused(refusal):
            await group.do("hugo", open_tenant, region(group, **more))


async def test_only_hq_opens_tenants_and_only_below_what_they_see(group, other_group):
    async with group.unchanged():
        with refused(Forbidden):
            await group.do("grace", open_tenant, region(group, parent_id=group.tenants["east"]))
        with refused(NotFound, at=("parentId",)):
            await group.do("eve", open_tenant, region(group, parent_id=group.tenants["east"]))
        with refused(NotFound, at=("parentId",)):
            elsewhere = region(group, parent_id=other_group.tenants["head"])
            await group.do("hugo", open_tenant, elsewhere)


async def test_a_moved_branch_is_found_by_its_name_and_seen_by_its_new_region(group):
    south = await group.do("hugo", open_tenant, region(group))
    group.tenants["south"] = south.id
    await group.do("hugo", move_tenant, to(group, "east", "south"))

    async with group.work_as("hugo") as work:
        east = await work.get(Tenant, group.tenants["east"])
        assert east.tenant_id == south.id
    told = await group.read("grace", "{ tenants { nodes { code } } }")
    assert [node["code"] for node in told["tenants"]["nodes"]] == ["head", "south", "east"]
