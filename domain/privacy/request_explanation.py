"""Ask how something was decided about oneself, or by which rules one's data is processed."""

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
class RequestExplanation:
    """What is to be explained."""

    wish: Sealed


@permission("SubjectRequest", "create")
async def request_explanation(work: Work, command: RequestExplanation) -> SubjectRequest:
    """Ask for an explanation (PIPL articles 24 and 48), by a human."""
    return await open_request(work, RequestKind.EXPLANATION, wish=command.wish)
