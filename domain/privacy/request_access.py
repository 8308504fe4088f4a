"""Ask what the group holds about oneself, and how it is processed."""

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
class RequestAccess:
    """What exactly one wants to know; everything, where nothing is said."""

    wish: Sealed | None = None


@permission("SubjectRequest", "create")
async def request_access(work: Work, command: RequestAccess) -> SubjectRequest:
    """Ask for access (PIPL article 45); most of it `viewer.myData` shows at once."""
    return await open_request(work, RequestKind.ACCESS, wish=command.wish)
