"""Ask that a field of what the group holds about oneself be set right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.kernel.permission import permission

from .request_models import CorrectableField, RequestKind, SubjectRequest
from .requesting import open_request
from .sealed import Sealed

if TYPE_CHECKING:
    from domain.kernel.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrection:
    """Which field, and how it should read."""

    field: CorrectableField
    wish: Sealed


@permission("SubjectRequest", "create")
async def request_correction(work: Work, command: RequestCorrection) -> SubjectRequest:
    """Ask for correction (PIPL article 46): granted, it is done once the field is corrected."""
    return await open_request(work, RequestKind.CORRECTION, wish=command.wish, field=command.field)
