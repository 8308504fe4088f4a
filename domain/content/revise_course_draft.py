"""Replace the blocks of an edition that is still a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work

from .blocks import BlockDraft, check_blocks
from .editions import blocks_of, require_draft
from .events import CourseDraftRevised
from .models import CourseVersion
from .write_blocks import write_blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseCourseDraft:
    """All blocks as they shall be from now on, in their order."""

    course_version_id: Annotated[UUID, Ref("CourseVersion")]
    expected_version: int
    blocks: tuple[BlockDraft, ...]


@permission("CourseVersion", "write")
async def revise_course_draft(work: Work, command: ReviseCourseDraft) -> CourseVersion:
    """Replace the blocks; the lock on the edition keeps two authors from mixing theirs."""
    version = await work.get(
        CourseVersion,
        command.course_version_id,
        to="write CourseVersion",
        expected=command.expected_version,
        at=("courseVersionId",),
    )
    require_draft(version.status)
    check_blocks(command.blocks)
    # positions must be free before they are taken again
    await work.remove(*await blocks_of(work, version.id))
    await write_blocks(work, version, command.blocks)
    _sign(version, work.actor.principal_id)
    work.record(CourseDraftRevised(course_version_id=version.id))
    return version


def _sign(version: CourseVersion, author: UUID) -> None:
    if author not in (version.drafted_by, *version.revised_by):
        version.revised_by = [*version.revised_by, author]
    # The edition itself may be as it was; its lock still has to turn for the next author.
    flag_modified(version, "revised_by")
