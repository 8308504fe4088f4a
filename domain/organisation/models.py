"""The group as a tree of tenants, its job roles and its thresholds."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import GroupEntity, refers
from domain.privacy.types import Amount, Code, Path, Title


class TenantKind(Enum):
    """A place in the tree: the group, a region, a branch or a team."""

    GROUP = "GROUP"
    REGION = "REGION"
    BRANCH = "BRANCH"
    TEAM = "TEAM"


class Tenant(GroupEntity, kw_only=True, repr=False):
    """A node of the tree of a group. The root's id is the group's id.

    `tenant_id` is the parent (the root: itself): whoever may write there may open a tenant below.
    Conditions look at the tenant itself. `path` is made of codes and ends in `/`.
    """

    __tablename__ = "tenant"
    placed: ClassVar[str] = "id"
    named_by: ClassVar[str | None] = "name"
    few: ClassVar[str | None] = "some hundreds; a scope names them one by one"
    constraints: ClassVar = (UniqueConstraint("group_id", "path"),)

    kind: Mapped[TenantKind]
    code: Mapped[Code]
    name: Mapped[Title]
    sort_key: Mapped[Code] = mapped_column(init=False, default="")
    path: Mapped[Path]
    parent_id: Mapped[UUID | None] = refers("tenant", default=None)
    data_region: Mapped[Code] = mapped_column(default="CN")
    time_zone: Mapped[Code] = mapped_column(default="Asia/Shanghai")


class JobRole(GroupEntity, kw_only=True, repr=False):
    """A job that people are trained for."""

    __tablename__ = "job_role"
    few: ClassVar[str | None] = "some dozens"
    constraints: ClassVar = (UniqueConstraint("group_id", "code"),)

    code: Mapped[Code]
    title: Mapped[Title]


class Metric(Enum):
    """What a threshold limits."""

    PASS_MARK = "PASS_MARK"  # noqa: S105 - a mark to pass with
    COURSE_COMPLETION = "COURSE_COMPLETION"
    QUESTION_TYPE_PASS_RATE = "QUESTION_TYPE_PASS_RATE"  # noqa: S105 - a rate of passes
    ANSWER_HOURS = "ANSWER_HOURS"
    MENTOR_LOAD = "MENTOR_LOAD"


class Strictness(Enum):
    """Which way a child may differ from what stands above it."""

    HIGHER_IS_STRICTER = "HIGHER_IS_STRICTER"
    LOWER_IS_STRICTER = "LOWER_IS_STRICTER"


STRICTNESS = {
    Metric.PASS_MARK: Strictness.HIGHER_IS_STRICTER,
    Metric.COURSE_COMPLETION: Strictness.HIGHER_IS_STRICTER,
    Metric.QUESTION_TYPE_PASS_RATE: Strictness.HIGHER_IS_STRICTER,
    Metric.ANSWER_HOURS: Strictness.LOWER_IS_STRICTER,
    Metric.MENTOR_LOAD: Strictness.LOWER_IS_STRICTER,
}


class Threshold(GroupEntity, kw_only=True, repr=False):
    """A limit that a tenant sets for itself and everything below, from an instant on.

    A row is never changed. Of each tenant the latest counts; in force is the strictest of those of
    the tenant itself and of all above it.
    """

    __tablename__ = "threshold"
    append_only: ClassVar[bool] = True
    few: ClassVar[str | None] = "a few for a tenant, changed by hand"
    constraints: ClassVar = (UniqueConstraint("group_id", "tenant_id", "metric", "effective_from"),)

    metric: Mapped[Metric]
    value: Mapped[Amount]
    effective_from: Mapped[datetime]
    set_by: Mapped[UUID]
