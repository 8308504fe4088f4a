"""Set right what is known of someone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.privacy.sealed import Sealed

from .events import PersonCorrected
from .models import Person
from .personal import checked, fields_given
from .register_candidate import PersonUnnamed
from .rights import permit_fields

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectPerson:
    """Whose data is corrected, and to what; what is left out stays as it is."""

    person_id: Annotated[UUID, Ref("Person")]
    expected_version: int
    display_name: str | None = None
    phone: Sealed | None = None
    national_id: Sealed | None = None
    email: Sealed | None = None
    address: Sealed | None = None
    bank_account: Sealed | None = None
    born_on: Sealed | None = None


@permission("Person", "write")
async def correct_person(work: Work, command: CorrectPerson) -> Person:
    """Correct personal data, as anyone may ask for their own (PIPL, article 46)."""
    person = await work.get(
        Person,
        command.person_id,
        to="write Person",
        expected=command.expected_version,
        at=("personId",),
    )
    fields = fields_given(command)
    if command.display_name is not None:
        fields = ("displayName", *fields)
    await permit_fields(work, "write", person, fields)
    if command.display_name is not None:
        person.display_name = " ".join(command.display_name.split())
        if not person.display_name:
            raise PersonUnnamed
    for column, value in checked(command, today=work.today).items():
        setattr(person, column, value)

    await work.flush()
    work.record(PersonCorrected(person_id=person.id, fields=fields))
    return person
