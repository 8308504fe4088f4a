"""A granted request for correction is done once the field has been corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.kernel.events import hears
from domain.privacy.request_models import (
    CorrectableField,
    RequestKind,
    RequestState,
    SubjectRequest,
)
from domain.privacy.request_states import step

from .events import PersonCorrected

if TYPE_CHECKING:
    from domain.kernel.work import Work


@hears(PersonCorrected)
async def follow_corrections(work: Work, event: PersonCorrected) -> None:
    """Complete what had been granted for these fields; what is still undecided stays so."""
    granted = await work.hold(
        SubjectRequest,
        SubjectRequest.kind == RequestKind.CORRECTION,
        SubjectRequest.state == RequestState.GRANTED,
        person_id=event.person_id,
    )
    for request in granted:
        if request.field is not None and called(request.field) in event.fields:
            step(request, RequestState.DONE)
            request.closed_at = work.now


def called(field: CorrectableField) -> str:
    """What the policy calls a field that can be corrected: `nationalId`."""
    head, *rest = field.value.lower().split("_")
    return head + "".join(part.title() for part in rest)
