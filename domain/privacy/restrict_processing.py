"""Ask that what the group holds about oneself be kept, and not processed otherwise."""

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
class RestrictProcessing:
    """What for, or until when."""

    wish: Sealed


@permission("SubjectRequest", "create")
async def restrict_processing(work: Work, command: RestrictProcessing) -> SubjectRequest:
    """Ask for restriction (PIPL article 44); it is in force once it has been granted."""
    return await open_request(work, RequestKind.RESTRICTION, wish=command.wish)
