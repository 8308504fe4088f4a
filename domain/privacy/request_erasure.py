"""Ask that what the group holds about oneself be erased."""

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
class RequestErasure:
    """What is to be erased, and why it need not be kept."""

    wish: Sealed


@permission("SubjectRequest", "create")
async def request_erasure(work: Work, command: RequestErasure) -> SubjectRequest:
    """Ask for erasure (PIPL article 47); what the law has the group keep is restricted instead."""
    return await open_request(work, RequestKind.ERASURE, wish=command.wish)
