"""What is given and taken away again while others read: each kind of right, and how it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.access.assign_role import AssignRole, assign_role
from domain.access.issue_token import IssueToken, issue_token
from domain.access.models import PolicyLine, RoleAssignment
from domain.access.register_principal import RegisterPrincipal, register_principal
from domain.access.revoke_token import RevokeToken, revoke_token
from domain.access.tokens import PEPPER, TokenKind
from domain.kernel.work import Work
from domain.organisation.models import Tenant, TenantKind
from domain.organisation.move_tenant import MoveTenant, move_tenant
from domain.organisation.open_tenant import OpenTenant, open_tenant
from domain.privacy.acknowledge_privacy_notice import (
    AcknowledgePrivacyNotice,
    acknowledge_privacy_notice,
)
from domain.privacy.consent import ConsentTopic
from domain.privacy.give_consent import GiveConsent, give_consent
from domain.privacy.notices import current_notice
from domain.privacy.publish_privacy_notice import PublishPrivacyNotice, publish_privacy_notice
from domain.privacy.withdraw_consent import WithdrawConsent, withdraw_consent
from runtime.unit import perform
from tests.people import Group, PrincipalKind

PEOPLE = "{ viewer { actor { roles } } people { totalCount nodes { staffNumber displayName } } }"
Take = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Given:
    """A right as it stands: the token that has it, how it shows, and how it is taken away."""

    secret: str
    shows: Callable[[dict[str, Any]], bool]
    take: Take


Contest = Callable[[Group], Awaitable[Given]]


async def a_token(group: Group) -> Given:
    """Grace gets another token, which is revoked."""
    secret, token_id = await _token(group, group.principals["grace"], TokenKind.PERSON)

    async def take() -> None:
        await group.do(group.founder, revoke_token, RevokeToken(token_id=token_id))

    return Given(secret, lambda data: data["people"]["totalCount"] > 0, take)


async def a_role(group: Group) -> Given:
    """Ada becomes a supervisor for a while."""
    command = AssignRole(
        principal_id=group.principals["ada"], role="supervisor", tenant_id=group.tenants["east"]
    )
    given = await group.do(group.founder, assign_role, command)
    return Given(
        group.secrets["ada"],
        lambda data: data["people"]["totalCount"] > 1 or "supervisor" in _roles(data),
        lambda: _end(group, RoleAssignment, RoleAssignment.change_id == given.id),
    )


async def a_line(group: Group) -> Given:
    """Learners see everybody around them, until that line is over."""
    line = _line(group, "learner", "Person", "subtree", "allow")
    await _add(group, line)
    return Given(
        group.secrets["ada"],
        lambda data: data["people"]["totalCount"] > 1,
        lambda: _end(group, PolicyLine, PolicyLine.id == line.id),
    )


async def no_deny_yet(group: Group) -> Given:
    """Grace reads names, until a line denies them to every supervisor."""
    await _end_denies(group)

    async def take() -> None:
        await _add(group, _line(group, "supervisor", "Person.displayName", "-", "deny"))

    return Given(group.secrets["grace"], _names, take)


async def a_place_in_the_tree(group: Group) -> Given:
    """Nora oversees a region; its branch is moved below another one."""
    if "nora" not in group.secrets:
        await _enter_nora(group)
    await _move(group, "east", "north")
    return Given(
        group.secrets["nora"],
        lambda data: data["people"]["totalCount"] > 2,
        lambda: _move(group, "east", "south"),
    )


async def a_consent(group: Group) -> Given:
    """Walt lets others see him, among them supervisors elsewhere, and then no longer."""
    async with perform(group.installation, group.founder) as work:
        notice = await current_notice(work)
    if notice is None:
        told = PublishPrivacyNotice(title="告知", body="我们处理……")
        notice = await group.do("cora", publish_privacy_notice, told)
        received = AcknowledgePrivacyNotice(notice_id=notice.id)
        await group.do("walt", acknowledge_privacy_notice, received)
        await _add(group, _line(group, "supervisor", "Person", "consented", "allow"))
    topic = ConsentTopic.THIRD_PARTY
    await group.do("walt", give_consent, GiveConsent(topic=topic, notice_id=notice.id))

    async def take() -> None:
        await group.do("walt", withdraw_consent, WithdrawConsent(topic=topic))

    walt = (await group.person("walt")).staff_number
    return Given(group.secrets["grace"], lambda data: walt in _numbers(data), take)


CONTESTS: tuple[Contest, ...] = (a_token, a_role, a_line, no_deny_yet, a_place_in_the_tree)
IN_THE_ROWS: tuple[Contest, ...] = (a_consent,)
"""Rights that stand beside the rows: each statement reads them anew, whatever a process knows."""


def _roles(data: dict[str, Any]) -> list[str]:
    return data["viewer"]["actor"]["roles"]


def _numbers(data: dict[str, Any]) -> set[str]:
    return {node["staffNumber"] for node in data["people"]["nodes"]}


def _names(data: dict[str, Any]) -> bool:
    return any(node["displayName"] for node in data["people"]["nodes"])


def _line(group: Group, role: str, named: str, when: str, effect: str) -> PolicyLine:
    return PolicyLine(
        tenant_id=group.id, ptype="p", role=role, tenant_path="/", object=named, action="read",
        condition=when, effect=effect, valid_from=group.installation.clock(),
    )  # fmt: skip


async def _token(group: Group, principal: UUID, kind: TokenKind) -> tuple[str, UUID]:
    async with perform(group.installation, group.founder) as work:
        pepper = await group.installation.keyring.of_system(work.session, PEPPER)
        command = IssueToken(principal_id=principal, kind=kind, name="again", days=30)
        token, secret = await issue_token(work, command, pepper=pepper)
    return secret, token.id


async def _add(group: Group, line: PolicyLine) -> None:
    async with perform(group.installation, group.founder) as work:
        await work.add(line)
        work.policy_changed()


async def _end(group: Group, kind: type[PolicyLine | RoleAssignment], *criteria: Any) -> None:
    async with perform(group.installation, group.founder) as work:
        await _over(work, kind, *criteria)


async def _end_denies(group: Group) -> None:
    async with perform(group.installation, group.founder) as work:
        denies = PolicyLine.object == "Person.displayName", PolicyLine.effect == "deny"
        await _over(work, PolicyLine, *denies, PolicyLine.valid_to.is_(None))


async def _over(work: Work, kind: type[PolicyLine | RoleAssignment], *criteria: Any) -> None:
    for row in await work.rows(kind, *criteria):
        row.valid_to = work.now
    await work.flush()
    work.policy_changed()


async def _move(group: Group, name: str, below: str) -> None:
    async with perform(group.installation, group.founder) as work:
        tenant = await work.get(Tenant, group.tenants[name])
        if tenant.parent_id != group.tenants[below]:
            command = MoveTenant(
                tenant_id=tenant.id,
                parent_id=group.tenants[below],
                expected_version=tenant.row_version,
            )
            await move_tenant(work, command)


async def _enter_nora(group: Group) -> None:
    async with perform(group.installation, group.founder) as work:
        command = OpenTenant(
            parent_id=group.tenants["head"], kind=TenantKind.REGION, code="south", name="南区"
        )
        group.tenants["south"] = (await open_tenant(work, command)).id
    async with perform(group.installation, group.founder) as work:
        north = group.tenants["north"]
        registered = RegisterPrincipal(
            kind=PrincipalKind.SERVICE,
            name="nora",
            tenant_id=north,
            owner_id=group.principals["olga"],
        )
        principal = await register_principal(work, registered)
        role = AssignRole(principal_id=principal.id, role="overseer", tenant_id=north)
        await assign_role(work, role)
    group.secrets["nora"], _ = await _token(group, principal.id, TokenKind.SERVICE)
