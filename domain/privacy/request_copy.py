"""Ask for a copy of what the group holds about oneself, to keep or to hand on."""

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
class RequestCopy:
    """What it is wanted for, or to whom it is to be handed; nothing need be said."""

    wish: Sealed | None = None


@permission("SubjectRequest", "create")
async def request_copy(work: Work, command: RequestCopy) -> SubjectRequest:
    """Ask for a copy that others can read too (PIPL article 45)."""
    return await open_request(work, RequestKind.COPY, wish=command.wish)
