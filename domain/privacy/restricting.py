"""The processing of what is about somebody is restricted: kept, and not processed otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .request_models import RequestState, Restriction
from .request_states import step

if TYPE_CHECKING:
    from uuid import UUID

    from domain.kernel.work import Work

    from .request_models import SubjectRequest


async def restrict(work: Work, request: SubjectRequest) -> None:
    """Carry out a granted request for restriction: it stands from now on, and is done with that."""
    await work.hold(work.person, id=request.person_id)
    if await standing_restriction(work, request.person_id) is None:
        await work.add(
            Restriction(
                tenant_id=request.tenant_id,
                person_id=request.person_id,
                request_id=request.id,
                since=work.now,
            )
        )
    step(request, RequestState.DONE)
    request.closed_at = work.now


async def standing_restriction(work: Work, person_id: UUID) -> Restriction | None:
    """The restriction that stands for somebody, if one does."""
    return await work.row(
        Restriction, Restriction.person_id == person_id, Restriction.until.is_(None)
    )
