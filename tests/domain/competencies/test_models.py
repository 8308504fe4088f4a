"""What people must be able to do, made measurable: C17 to C19."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.competencies.create_competency_model import (
    CompetencyModelCodeTaken,
    CompetencyModelUnnamed,
    CreateCompetencyModel,
    create_competency_model,
)
from domain.competencies.draft_competency_model import DraftCompetencyModel, draft_competency_model
from domain.competencies.drafts import (
    CompetencyCodeRepeated,
    CompetencyDraft,
    EditionWithoutCompetencies,
    IndicatorDraft,
    IndicatorsMissing,
    IndicatorWithoutMeasure,
    IndicatorWithoutSource,
    LevelDraft,
    MeasureDraft,
    RoleTargetDraft,
    RoleTargetRepeated,
    RoleTargetUnfit,
    ScaleUnfit,
    WeightsNotWhole,
)
from domain.competencies.models import Comparator, EvidenceKind
from domain.competencies.publish_competency_model import (
    CompetencyModelNotADraft,
    PublishCompetencyModel,
    publish_competency_model,
)
from domain.kernel.errors import Forbidden, NotFound
from tests.people import refused

MEASURE = MeasureDraft(
    evidence=EvidenceKind.TEST_SCORE,
    comparator=Comparator.AT_LEAST,
    threshold=Decimal(80),
    unit="分",
)
INDICATOR = IndicatorDraft(
    code="i1", statement="守得住规矩", weight=Decimal(1), measure=MEASURE, source="访谈:某主管"
)
LEVELS = (
    LevelDraft(name="不合格", cut_point=Decimal(0)),
    LevelDraft(name="合格", cut_point=Decimal(80)),
)
COMPLIANCE = CompetencyDraft(
    code="compliance",
    name="合规意识",
    definition="知道可以做什么",
    levels=LEVELS,
    indicators=(INDICATOR,),
)


async def model(group, code="m"):
    return await group.do(
        "hugo",
        create_competency_model,
        CreateCompetencyModel(tenant_id=group.tenants["head"], code=code, name="模型"),
    )


async def draft(group, series, *competencies, targets=()):
    return await group.do(
        "hugo",
        draft_competency_model,
        DraftCompetencyModel(
            competency_model_id=series.id, competencies=competencies, role_targets=targets
        ),
    )


def target(group, **more):
    given = {"job_role_id": group.collector, "competency": "compliance", "level": 2, **more}
    return RoleTargetDraft(**given)


def publish(version):
    return PublishCompetencyModel(
        competency_model_version_id=version.id, expected_version=version.row_version
    )


async def test_c17_the_whole_model_is_read_in_one_query(group):
    version = await draft(group, await model(group), COMPLIANCE, targets=(target(group),))
    await group.do("hugo", publish_competency_model, publish(version))

    told = await group.read(
        "ada",
        """{ competencyModels { nodes { code current { number status
             competencies { code name scale { levels { level name cutPoint } }
               indicators { code statement weight source
                 measure { evidence comparator threshold unit } } }
             roleTargets { level mandatory jobRole { code } competency { code } } } } } }""",
    )

    [found] = told["competencyModels"]["nodes"]
    assert found["current"]["competencies"] == [
        {
            "code": "compliance",
            "name": "合规意识",
            "scale": {
                "levels": [
                    {"level": 1, "name": "不合格", "cutPoint": "0"},
                    {"level": 2, "name": "合格", "cutPoint": "80"},
                ]
            },
            "indicators": [
                {
                    "code": "i1",
                    "statement": "守得住规矩",
                    "weight": "1",
                    "source": "访谈:某主管",
                    "measure": {
                        "evidence": "TEST_SCORE",
                        "comparator": "AT_LEAST",
                        "threshold": "80",
                        "unit": "分",
                    },
                }
            ],
        }
    ]
    assert found["current"]["roleTargets"] == [
        {
            "level": 2,
            "mandatory": False,
            "jobRole": {"code": "collector"},
            "competency": {"code": "compliance"},
        }
    ]


@pytest.mark.parametrize(
    ("competencies", "refusal", "at"),
    [
        ((), EditionWithoutCompetencies, ("competencies",)),
        ((COMPLIANCE, COMPLIANCE), CompetencyCodeRepeated, ("competencies", "1", "code")),
        (
            (replace(COMPLIANCE, levels=LEVELS[:1]),),
            ScaleUnfit,
            ("competencies", "0", "levels"),
        ),
        (
            (replace(COMPLIANCE, levels=LEVELS[::-1]),),
            ScaleUnfit,
            ("competencies", "0", "levels"),
        ),
        (
            (replace(COMPLIANCE, indicators=()),),
            IndicatorsMissing,
            ("competencies", "0", "indicators"),
        ),
        (
            (replace(COMPLIANCE, indicators=(replace(INDICATOR, measure=None),)),),
            IndicatorWithoutMeasure,
            ("competencies", "0", "indicators", "0", "measure"),
        ),
        (
            (replace(COMPLIANCE, indicators=(replace(INDICATOR, source=" "),)),),
            IndicatorWithoutSource,
            ("competencies", "0", "indicators", "0", "source"),
        ),
        (
            (replace(COMPLIANCE, indicators=(replace(INDICATOR, weight=Decimal("0.9")),)),),
            WeightsNotWhole,
            ("competencies", "0", "indicators"),
        ),
    ],
    ids=[
        "nothing",
        "the same twice",
        "one level",
        "falling cut points",
        "no indicator",
        "C19 no measure",
        "C18 no source",
        "weights of less than one",
    ],
)
async def test_an_edition_that_nobody_could_be_measured_by_is_refused(
    group, competencies, refusal, at
):
    series = await model(group)

    async with group.unchanged():
        with refused(refusal, at=at):
            await draft(group, series, *competencies)


async def test_a_job_role_asks_for_levels_that_there_are_and_once(group):
    series = await model(group)

    async with group.unchanged():
        with refused(RoleTargetUnfit, at=("roleTargets", "0")):
            await draft(group, series, COMPLIANCE, targets=(target(group, level=3),))
        with refused(RoleTargetUnfit, at=("roleTargets", "0")):
            await draft(group, series, COMPLIANCE, targets=(target(group, competency="x"),))
        with refused(RoleTargetRepeated, at=("roleTargets", "1")):
            await draft(group, series, COMPLIANCE, targets=(target(group), target(group)))
        with refused(NotFound, at=("roleTargets", "0", "jobRoleId")):
            await draft(group, series, COMPLIANCE, targets=(target(group, job_role_id=group.id),))


async def test_the_next_edition_replaces_the_former_and_none_comes_into_force_twice(group):
    series = await model(group)
    first = await draft(group, series, COMPLIANCE)
    second = await draft(group, series, COMPLIANCE)
    published = await group.do("hugo", publish_competency_model, publish(first))
    await group.do("hugo", publish_competency_model, publish(second))

    async with group.unchanged():
        with refused(CompetencyModelNotADraft):
            again = PublishCompetencyModel(
                competency_model_version_id=first.id, expected_version=published.row_version + 1
            )
            await group.do("hugo", publish_competency_model, again)
    rows = await group.rows(
        "SELECT number, status FROM competency_model_version WHERE group_id = :g ORDER BY number"
    )
    assert [tuple(row) for row in rows] == [(1, "DEPRECATED"), (2, "PUBLISHED")]


async def test_two_who_publish_at_once_leave_one_in_force(group):
    series = await model(group)
    editions = [await draft(group, series, COMPLIANCE) for _ in range(2)]

    await asyncio.gather(
        *(group.do("hugo", publish_competency_model, publish(one)) for one in editions),
        return_exceptions=True,
    )

    [row] = await group.rows(
        "SELECT count(*) AS n FROM competency_model_version "
        "WHERE group_id = :g AND status = 'PUBLISHED'"
    )
    assert row.n == 1


async def test_models_have_their_own_codes_and_only_hq_makes_them(group):
    await model(group)

    async with group.unchanged():
        with refused(CompetencyModelCodeTaken, at=("code",)):
            await model(group)
        with refused(CompetencyModelUnnamed, at=("code",)):
            await model(group, " ")
        for who in ("grace", "eve", "cora", "anna"):
            with refused(Forbidden):
                await group.do(
                    who,
                    create_competency_model,
                    CreateCompetencyModel(tenant_id=group.tenants["head"], code="x", name="模型"),
                )
