"""The editions of a course: which one is taught, what it holds, and where it stands."""

from __future__ import annotations

from uuid import UUID

from domain.kernel.editions import VersionStatus
from domain.kernel.errors import Refusal
from domain.kernel.work import Work

from .models import Block, CourseVersion


class NotADraft(Refusal):
    """The edition is past being written."""

    en = "Only a draft can be changed; this edition is {status}. Draft a new one."
    zh = "只有草稿可以修改,该版本当前状态为 {status},请起草新版本。"


class NotInReview(Refusal):
    """The edition does not wait for a decision."""

    en = "Only an edition in review can be released or returned; this one is {status}."
    zh = "只有审核中的版本可以发布或退回,该版本当前状态为 {status}。"


def require_draft(status: VersionStatus) -> None:
    """Refuse what is no longer, or not again, a draft: a published edition never changes."""
    if status is not VersionStatus.DRAFT:
        raise NotADraft(status=status.value)


def require_review(status: VersionStatus) -> None:
    """Refuse what nobody has submitted."""
    if status is not VersionStatus.IN_REVIEW:
        raise NotInReview(status=status.value)


async def published_edition(work: Work, course_id: UUID) -> CourseVersion | None:
    """Find the edition of a course that is taught now."""
    return await work.row(
        CourseVersion,
        CourseVersion.course_id == course_id,
        CourseVersion.status == VersionStatus.PUBLISHED,
    )


async def blocks_of(work: Work, version_id: UUID) -> list[Block]:
    """Read the blocks of an edition in their order."""
    return await work.rows(Block, Block.version_id == version_id, order_by=(Block.position,))
