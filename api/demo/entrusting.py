"""What the made-up group lets a vendor process, of whom, and who has consented to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from domain.access.open_processing_contract import (
    OpenProcessingContract,
    open_processing_contract,
)
from domain.learning.models import Cohort, CohortMember
from domain.privacy.consent import Consent, ConsentTopic
from domain.privacy.purposes import Purpose

from .peopling import lay

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from domain.kernel.work import Work

BATCH: Final = "haihe-now"
YEARS: Final = 3
FIELDS: Final = ("Person.displayName", "Enrolment.*", "Progress.*")


async def entrust(work: Work, principals: Mapping[str, UUID]) -> None:
    """Open a contract with the vendor who trains the new batch, all of whom have consented."""
    cohort = await work.row(Cohort, Cohort.code == BATCH)
    assert cohort is not None, "the cohorts are opened before"
    await open_processing_contract(
        work,
        OpenProcessingContract(
            principal_id=principals["vendor"],
            code="training-partner",
            counterparty="远山企业培训有限公司",
            purposes=(Purpose.TRAINING_SUPPORT,),
            fields=FIELDS,
            cohort_id=cohort.id,
            starts_on=work.today,
            ends_on=work.today + timedelta(days=365 * YEARS),
        ),
    )
    for member in await work.rows(CohortMember, CohortMember.cohort_id == cohort.id):
        lay(
            work,
            Consent(
                tenant_id=member.tenant_id,
                person_id=member.person_id,
                topic=ConsentTopic.THIRD_PARTY,
                given_at=work.now,
            ),
        )
    await work.flush()
