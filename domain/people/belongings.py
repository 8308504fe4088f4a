"""What follows a person: every row that is about them stands where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Select, Table, select, update

from domain.access.end_logins import end_logins
from domain.access.login_models import Login, LoginSession, Totp
from domain.access.models import Principal, RoleAssignment, Token
from domain.kernel.entity import metadata

from .models import Person

if TYPE_CHECKING:
    from domain.kernel.work import Work


def tables_about_people() -> list[Table]:
    """Name the tables whose rows are about someone, the people themselves apart."""
    return [
        table
        for name, table in sorted(metadata.tables.items())
        if table.info.get("about") and name != Person.__tablename__
    ]


async def carry_along(work: Work, person: Person) -> None:
    """Put all that is about a person where the person now is, in the transaction of the move.

    Plain updates, table by table: it is no change of what the rows say, so their locks stay.
    """
    for table in tables_about_people():
        about = table.c[table.info["about"]]
        await work.session.execute(
            update(table)
            .where(table.c.group_id == person.group_id, about == person.id)
            .where(table.c.tenant_id != person.tenant_id)
            .values(tenant_id=person.tenant_id)
        )
    for entity in (Login, Totp, LoginSession):
        await work.session.execute(
            update(entity)
            .where(entity.group_id == person.group_id)
            .where(entity.principal_id.in_(_principals(person)))
            .values(tenant_id=person.tenant_id)
        )


async def end_access(work: Work, person: Person) -> None:
    """Revoke whatever lets someone act, as of now: tokens, ways of signing in, and roles.

    A token that lies out of the actor's reach makes the whole act fail: nobody is recorded as gone
    who can still come in.
    """
    for token in await work.rows(
        Token, Token.principal_id.in_(_principals(person)), Token.revoked_at.is_(None)
    ):
        token.revoked_at = work.now
    await work.flush()
    await end_logins(work, list(await work.session.scalars(_principals(person))))
    await work.session.execute(
        update(RoleAssignment)
        .where(RoleAssignment.group_id == person.group_id)
        .where(RoleAssignment.principal_id.in_(_principals(person)))
        .where(RoleAssignment.valid_to.is_(None) | (RoleAssignment.valid_to > work.now))
        .values(valid_to=work.now)
    )
    work.policy_changed()


def _principals(person: Person) -> Select[UUID]:
    return select(Principal.id).where(
        Principal.group_id == person.group_id, Principal.person_id == person.id
    )
