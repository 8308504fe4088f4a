"""Competency models, as clients see them."""

from __future__ import annotations

from api.graphql.binding import core, inside, many, node, one, pages, shown
from domain.competencies import models

PUBLISHED = "{b}.status = 'PUBLISHED'"


@node(models.CompetencyModel, prefix="cmp", listed=True, order=("code", "id"))
class CompetencyModel:
    """能力模型 What the people of a group must be able to do: a series of editions."""

    code = core("Its short code, unique in the group.")
    name = shown("What it is called.")
    current = one(
        "CompetencyModelVersion", "The edition in force; null before the first is published.",
        by="id", remote="model_id", also=PUBLISHED,
    )  # fmt: skip
    versions = pages("CompetencyModelVersion", "All of its editions.", by="model_id")
    version = one(
        "CompetencyModelVersion", "One edition by its number.",
        by="id", remote="model_id", numbered=True,
    )  # fmt: skip


@node(models.CompetencyModelVersion, prefix="cmv", locked=True)
class CompetencyModelVersion:
    """能力模型版本 One edition of a model; published, it never changes."""

    number = core("The number of the edition, from 1.")
    status = core("How far the edition has come.")
    published_at = core("When it was published.")
    competencies = many("Competency", "Its competencies, in their order.", by="version_id")
    role_targets = many(
        "RoleTarget", "What each job role asks for.",
        by="version_id", order=("job_role_id", "competency_id"),
    )  # fmt: skip


@node(models.Competency, prefix="cpy")
class Competency:
    """能力 Something that a person can be more or less able to do."""

    code = core("Its short code, unique in the edition.")
    name = shown("What it is called.")
    definition = shown("What it means, in a sentence or two.")
    scale = inside("Scale", "The levels that it is rated on.")
    indicators = many("Indicator", "The behaviour that shows it.", by="competency_id")


@node(models.Competency, inside=True)
class Scale:
    """等级量表 The levels of a competency, each from a cut point upwards."""

    levels = many(
        "ScaleLevel", "The levels, the lowest one first.", by="competency_id", order=("level",)
    )


@node(models.ScaleLevel, part=True, judged_as="Scale")
class ScaleLevel:
    """等级 One level of a scale."""

    level = core("Its number, from 1.")
    name = core("What it is called.")
    cut_point = core("The lowest score of the level, 0 to 100.")


@node(models.Indicator)
class Indicator:
    """行为指标 Behaviour that shows a competency, how it is measured, and who says so."""

    code = core("Its short code, unique in the competency.")
    statement = shown("The behaviour, as an observer would see it.")
    measure = inside("Measure", "What makes it a number.")
    weight = core("Its share of the competency; the weights of a competency sum to 1.")
    source = shown("Where the indicator comes from: a law, a standard, a study or a figure.")


@node(models.Indicator, inside=True)
class Measure:
    """度量 How an indicator is measured and when it is met."""

    evidence = core("What the figure is taken from.")
    comparator = core("How the figure is held against the threshold.")
    threshold = core("The limit that the figure is held against.")
    unit = core("The unit of figure and threshold.")


@node(models.RoleTarget)
class RoleTarget:
    """岗位要求 The level of a competency that a job role asks for."""

    job_role = one("JobRole", "The job role.", by="job_role_id", required=True, elsewhere=True)
    competency = one("Competency", "The competency.", by="competency_id", required=True)
    level = core("The level that is asked for.")
    mandatory = core("Whether nobody may do the job below it.")
