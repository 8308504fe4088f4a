"""Give someone a mentor, the only one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.organisation.limits import limit_at
from domain.organisation.models import Metric, Tenant
from domain.organisation.standing import hold_structure

from .events import MentorAssigned
from .lines import stands_over
from .models import Person, Stage
from .placements import EMPLOYED, NotEmployed

if TYPE_CHECKING:
    from domain.kernel.work import Work

USUAL_LOAD: Final = Decimal(3)
"""Trainees whom one mentor may have where no tenant says otherwise (capability C53)."""
MAY_MENTOR: Final = EMPLOYED - {Stage.PRE_ONBOARD}


class OwnMentor(Refusal):
    """Nobody mentors themselves."""

    en = "Nobody is their own mentor. Choose someone else."
    zh = "不能指定本人为导师,请另选导师。"
    path = ("mentorId",)


class MentorNotAtWork(Refusal):
    """A mentor is at work: no candidate, nobody who is yet to come or has left."""

    en = "The mentor is not at work here. Choose someone who is."
    zh = "该导师未在岗,请选择在岗人员。"
    path = ("mentorId",)


class MentorElsewhere(Refusal):
    """A mentor works in the same tenant or above it."""

    en = "The mentor works in neither the same tenant nor one above it. Choose another one."
    zh = "导师须在同一机构或其上级机构,请另选导师。"
    path = ("mentorId",)


class MentorAlreadyAssigned(Refusal):
    """This is the mentor as it is."""

    en = "This mentor is already assigned. Choose another one."
    zh = "该导师已指定,请另选导师。"
    path = ("mentorId",)


class MentorOverloaded(Refusal):
    """The mentor has as many trainees as the limit allows (capability C53)."""

    en = "The mentor already has {limit} trainees, which is the limit. Choose another mentor."
    zh = "该导师已带教 {limit} 人,达到上限,请另选导师。"
    path = ("mentorId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignMentor:
    """Who gets whom as mentor."""

    person_id: Annotated[UUID, Ref("Person")]
    mentor_id: Annotated[UUID, Ref("Person")]
    expected_version: int


@permission("Person.mentor", "write")
async def assign_mentor(work: Work, command: AssignMentor) -> Person:
    """Give someone a mentor in place of any former one.

    The trainees of a mentor are counted while the structure is held, so that two who assign at
    once cannot both take the last place.
    """
    await hold_structure(work)
    person = await work.get(
        Person,
        command.person_id,
        to="write Person.mentor",
        expected=command.expected_version,
        at=("personId",),
    )
    mentor = await work.get(Person, command.mentor_id, at=("mentorId",))
    await _refuse_unfit(work, person, mentor)

    person.mentor_id = mentor.id
    await work.flush()
    work.record(MentorAssigned(person_id=person.id, mentor_id=mentor.id))
    return person


async def _refuse_unfit(work: Work, person: Person, mentor: Person) -> None:
    if person.stage not in EMPLOYED:
        raise NotEmployed
    if mentor.id == person.id:
        raise OwnMentor
    if mentor.stage not in MAY_MENTOR:
        raise MentorNotAtWork
    if mentor.id == person.mentor_id:
        raise MentorAlreadyAssigned
    tenant = await work.row(Tenant, Tenant.id == person.tenant_id)
    assert tenant is not None, "a person is always in a tenant of the group"
    if not await stands_over(work, mentor, tenant):
        raise MentorElsewhere
    await _refuse_overload(work, mentor)


async def _refuse_overload(work: Work, mentor: Person) -> None:
    trainees = await work.rows(Person, Person.mentor_id == mentor.id, Person.stage != Stage.LEFT)
    limit = await limit_at(work, Metric.MENTOR_LOAD, mentor.tenant_id)
    if len(trainees) >= (USUAL_LOAD if limit is None else limit):
        raise MentorOverloaded(limit=len(trainees))
