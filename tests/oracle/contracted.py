"""What vendors may process in the small group, and who lets third parties see what is theirs."""

from __future__ import annotations

from uuid import UUID

from api.demo.peopling import lay
from authz.actor import PrincipalKind
from domain.access.contract_models import ProcessingContract
from domain.access.models import Principal, Token
from domain.access.tokens import TokenKind
from domain.kernel.work import Work
from domain.learning.models import Cohort
from domain.people.models import Person
from domain.privacy.consent import Consent, ConsentTopic
from domain.privacy.purposes import Purpose
from tests.oracle.chance import Chance

OBJECTS = ("Person", "Person.phone", "Enrolment.*", "@pi.contact")


async def furnish_contracts(
    work: Work, chance: Chance, tenants: dict[str, UUID], people: list[Person]
) -> None:
    """Have contracts of every kind, and consents that were given, withdrawn, and given again."""
    cohorts = await work.rows(Cohort)
    for number, tenant in enumerate(sorted(tenants.values())):
        vendor = Principal(tenant_id=tenant, kind=PrincipalKind.VENDOR, name=f"vendor {number}")
        lay(work, vendor)
        await work.flush()
        cohort = chance.some(*(one.id for one in cohorts), none=0.3)
        lay(work, _contract(chance, vendor, number, cohort))
    await _bind_tokens(work, chance)
    for person in people:
        for withdrawn in chance.choice(((), (False,), (True,), (True, True, False))):
            lay(work, _consent(chance, person, withdrawn=withdrawn))
    await work.flush()


async def _bind_tokens(work: Work, chance: Chance) -> None:
    """Bind some tokens of vendors to a contract."""
    await work.flush()
    contracts = [one.id for one in await work.rows(ProcessingContract)]
    for token in await work.rows(Token, Token.kind == TokenKind.VENDOR):
        token.contract_id = chance.some(*contracts, none=0.3)


def _contract(
    chance: Chance, vendor: Principal, number: int, cohort: UUID | None
) -> ProcessingContract:
    days = sorted([chance.day(), chance.day()])
    return ProcessingContract(
        tenant_id=vendor.tenant_id,
        code=f"C{number}",
        counterparty=chance.words() or "",
        principal_id=vendor.id,
        purposes=sorted(one.value for one in chance.sample(list(Purpose), chance.randint(1, 3))),
        fields=sorted(chance.sample(OBJECTS, chance.randint(1, 3))),
        cohort_id=cohort,
        starts_on=days[0],
        ends_on=days[1],
        ended_at=chance.instant(none=0.5),
        return_confirmed_at=chance.instant(none=0.5),
    )


def _consent(chance: Chance, person: Person, *, withdrawn: bool) -> Consent:
    return Consent(
        tenant_id=person.tenant_id,
        person_id=person.id,
        topic=ConsentTopic.THIRD_PARTY,
        given_at=chance.instant(),
        withdrawn_at=chance.instant() if withdrawn else None,
    )
