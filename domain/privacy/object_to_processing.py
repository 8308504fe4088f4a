"""Object to some processing of what the group holds about oneself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.kernel.permission import permission

from .request_models import RequestKind, SubjectRequest
from .requesting import open_request
from .sealed import Sealed

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectToProcessing:
    """To which processing, and why."""

    wish: Sealed


@permission("SubjectRequest", "create")
async def object_to_processing(work: Work, command: ObjectToProcessing) -> SubjectRequest:
    """Object (PIPL articles 24 and 44), also to what was decided by automation alone."""
    return await open_request(work, RequestKind.OBJECTION, wish=command.wish)
