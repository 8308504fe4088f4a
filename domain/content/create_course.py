"""Open a course: a code, a title and a family; its editions follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission
from domain.kernel.work import Work
from domain.organisation.models import Tenant

from .events import CourseCreated
from .models import Course, CourseFamily


class CourseCodeTaken(Refusal):
    """Another course of the group has this code."""

    en = "A course with the code {course_code} exists already. Choose another code."
    zh = "课程编码 {course_code} 已被使用,请更换编码。"
    path = ("code",)


class CourseUnnamed(Refusal):
    """A course without a code or a title cannot be found again."""

    en = "A course needs a code and a title. Fill in what is blank."
    zh = "课程必须有编码和名称,请补充空白内容。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCourse:
    """The course, and the tenant that it belongs to."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    code: str
    title: str
    family: CourseFamily


@permission("Course", "create")
async def create_course(work: Work, command: CreateCourse) -> Course:
    """Open a course in a tenant; everyone at, above and below it can see it."""
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    await work.permit("create Course", tenant)
    code, title = command.code.strip(), command.title.strip()
    if not code or not title:
        raise CourseUnnamed(at=("title",) if code else ("code",))
    course = Course(tenant_id=tenant.id, code=code, title=title, family=command.family)
    await work.add(course, taken=CourseCodeTaken(course_code=code))
    work.record(CourseCreated(course_id=course.id))
    return course
