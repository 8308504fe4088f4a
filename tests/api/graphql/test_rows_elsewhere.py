"""Rows that a field leads to are asked for themselves, wherever they may lie elsewhere.

A row that belongs to another lies in its tenant and is about its person, so that what is visible of
the one is known of the other. Tenants below a tenant are tenants of their own, a course may build
competencies of anyone's model, and a model may ask something of anyone's job.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import text

from api.graphql.schema import schema
from api.planner.planning import Planning
from api.planner.shapes import Many, One, Pages
from authz.actor import DenialMode
from authz.masks import OPEN, Mask
from domain.competencies.create_competency_model import (
    CreateCompetencyModel,
    create_competency_model,
)
from domain.competencies.draft_competency_model import DraftCompetencyModel, draft_competency_model
from domain.competencies.drafts import (
    CompetencyDraft,
    IndicatorDraft,
    LevelDraft,
    MeasureDraft,
    RoleTargetDraft,
)
from domain.competencies.models import Comparator, EvidenceKind
from domain.competencies.publish_competency_model import (
    PublishCompetencyModel,
    publish_competency_model,
)
from domain.content.create_course import CreateCourse, create_course
from domain.content.draft_course_version import DraftCourseVersion, draft_course_version
from domain.content.models import CourseFamily
from runtime.bring_up import connected
from tests.api.graphql.under import ask_under
from tests.properties.columns import homes
from tests.properties.policies import line, policy
from tests.properties.stakes import entities

MEASURE = MeasureDraft(
    evidence=EvidenceKind.TEST_SCORE, comparator=Comparator.AT_LEAST, threshold=Decimal(80),
    unit="分",
)  # fmt: skip
COMPLIANCE = CompetencyDraft(
    code="compliance", name="合规意识", definition="知道可以做什么",
    levels=(LevelDraft(name="不合格", cut_point=Decimal(0)),
            LevelDraft(name="合格", cut_point=Decimal(80))),
    indicators=(IndicatorDraft(code="i1", statement="守得住规矩", weight=Decimal(1),
                               measure=MEASURE, source="访谈:某主管"),),
)  # fmt: skip


async def put(group, table: str, tenant: str) -> None:
    """Put every row of a table into a tenant, as if it had been made there."""
    async with group.installation.writer.transaction(group.id, None) as session:
        await session.execute(
            text(f"UPDATE {table} SET tenant_id = :t WHERE group_id = :g"),
            {"t": group.tenants[tenant], "g": group.id},
        )


async def asked_of_collectors(group):
    """A model of the head office that asks something of the job of collectors."""
    head = group.tenants["head"]
    made = CreateCompetencyModel(tenant_id=head, code="m", name="模型")
    series = await group.do("hugo", create_competency_model, made)
    wanted = RoleTargetDraft(job_role_id=group.collector, competency="compliance", level=2)
    return await group.do(
        "hugo",
        draft_competency_model,
        DraftCompetencyModel(
            competency_model_id=series.id, competencies=(COMPLIANCE,), role_targets=(wanted,)
        ),
    )


async def test_the_children_of_a_tenant_above_are_not_all_in_reach(group):
    for who, own, sibling in (("eve", "west", "east"), ("ada", "east", "west")):
        told = await group.read(who, "{ tenants { nodes { code children { code name } } } }")
        codes = {node["code"]: [one["code"] for one in node["children"]]
                 for node in told["tenants"]["nodes"]}  # fmt: skip
        assert codes == {"head": ["north"], "north": [own], own: []}

        for test in ("some", "none"):
            query = "query($f: TenantFilter) { tenants(filter: $f) { nodes { code } } }"
            known, unknown = [
                await group.read(who, query, f={"children": {test: {"code": {"eq": code}}}})
                for code in (sibling, "nowhere")
            ]
            assert known == unknown


async def test_a_course_does_not_show_competencies_of_a_model_out_of_reach(group):
    version = await asked_of_collectors(group)
    publish = PublishCompetencyModel(
        competency_model_version_id=version.id, expected_version=version.row_version
    )
    await group.do("hugo", publish_competency_model, publish)
    [(competency,)] = await group.rows(
        "SELECT id FROM competency WHERE group_id = :g AND version_id = :v", v=version.id
    )
    course = await group.do(
        "hugo",
        create_course,
        CreateCourse(
            tenant_id=group.tenants["head"], code="law", title="合规", family=CourseFamily.CULTURE
        ),
    )
    await group.do(
        "hugo",
        draft_course_version,
        DraftCourseVersion(course_id=course.id, hours=Decimal(1), competency_ids=(competency,)),
    )
    query = "{ courses { nodes { versions { nodes { competencies { code name } } } } } }"

    async def shown(who):
        told = await group.read(who, query)
        [edition] = told["courses"]["nodes"][0]["versions"]["nodes"]
        return [one["code"] for one in edition["competencies"]]

    assert await shown("eve") == ["compliance"]
    await put(group, "competency", "east")
    assert await shown("eve") == []
    assert await shown("ada") == ["compliance"]


def belonging():
    """Every field whose rows may be taken to be where the row above is, with that row's table."""
    planning = Planning(schema().map, Mask(schema().catalogue, {}), DenialMode.PARTIAL, ())
    for shape in schema().map.shapes.values():
        for name, held in shape.fields.items():
            if isinstance(held, One | Many | Pages):
                for target in schema().map.concrete(held.target):
                    if planning.above(held, target, OPEN) is not None:
                        for home in homes(shape):
                            yield f"{shape.name}.{name}", held, home, target.table


def test_rows_that_belong_to_a_row_say_no_less_of_whom_they_are_about():
    assert len(list(belonging())) > 10
    for at, _, here, there in belonging():
        assert entities()[here].about is None or entities()[there].about is not None, at


async def test_rows_that_belong_to_a_row_lie_in_its_tenant_and_are_about_its_person(
    demo, demo_name, cluster
):
    without = set()
    async with connected(cluster.dsn(demo_name)) as connection:
        for at, held, here, there in belonging():
            above, below = entities()[here], entities()[there]
            link = f"b.id = a.{held.by}" if isinstance(held, One) else f"b.{held.by} = a.id"
            same = f"a.{above.placed} = b.{below.placed}"
            if above.about is not None:
                same += f" AND a.{above.about} = b.{below.about}"
            rows, apart = await connection.fetchrow(
                f"SELECT count(*), count(*) FILTER (WHERE NOT ({same})) FROM {here} a "
                f"JOIN {there} b ON b.group_id = a.group_id AND {link}"
            )
            assert apart == 0, at
            without |= set() if rows else {at}
    assert without == {
        "Tenant.thresholds",  # which hang on the very column that places them
        "Person.noticeReceipts", "Person.subjectRequests", "Person.restrictions",  # asked of nobody
    }  # fmt: skip


async def drafted(group):
    """An edition of a course of the head office."""
    course = CreateCourse(
        tenant_id=group.tenants["head"], code="law", title="合规", family=CourseFamily.CULTURE
    )
    made = await group.do("hugo", create_course, course)
    return await group.do(
        "hugo", draft_course_version, DraftCourseVersion(course_id=made.id, hours=Decimal(1))
    )


async def test_a_row_is_not_shown_without_what_it_is_promised_never_to_be_without(group):
    """graphql-shield #97: no null stands where the schema says that there is none."""
    version = await drafted(group)
    query = """query($id: ID!) {
      node(id: $id) { ... on CourseVersion { number course { code } } }
      courses { nodes { versions { totalCount nodes { number } } } }
    }"""

    async def told(*lines):
        return await ask_under(group, "hugo", policy(*lines), query, id=f"crv_{version.id.hex}")

    both = await told(line("CourseVersion"), line("Course"))
    assert both["data"]["node"] == {"number": 1, "course": {"code": "law"}}
    assert both["data"]["courses"]["nodes"][0]["versions"]["totalCount"] == 1

    alone = await told(line("CourseVersion"))
    assert alone["data"] == {"node": None, "courses": {"nodes": []}}


async def test_a_target_is_not_shown_without_its_job_role(group):
    """The job may lie elsewhere than the model, so it is asked for itself, in filters as well."""
    await asked_of_collectors(group)
    query = """query($f: CompetencyModelFilter) { competencyModels(filter: $f) { nodes {
      code versions { nodes { roleTargets { level jobRole { code } competency { code } } } }
    } } }"""
    some = {"versions": {"some": {"roleTargets": {"some": {"level": {"eq": 2}}}}}}

    async def shown(who, **given):
        told = await group.read(who, query, **given)
        return [
            one["versions"]["nodes"][0]["roleTargets"] for one in told["competencyModels"]["nodes"]
        ]

    target = {"level": 2, "jobRole": {"code": "collector"}, "competency": {"code": "compliance"}}
    assert await shown("eve") == await shown("eve", f=some) == [[target]]
    await put(group, "job_role", "east")
    assert await shown("eve") == [[]]
    assert await shown("eve", f=some) == []
    assert await shown("ada") == await shown("ada", f=some) == [[target]]
