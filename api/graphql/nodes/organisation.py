"""Tenants and job roles, as clients see them."""

from __future__ import annotations

from api.graphql.binding import core, figure, many, node, one, pages, shown
from api.graphql.nodes.completion import OF_TENANT
from domain.organisation import models


@node(models.Tenant, prefix="tnt", locked=True, listed=True, order=("path", "id"))
class Tenant:
    """机构 A place in the tree of a group: the group itself, a region, a branch or a team."""

    kind = core("Which kind of place it is.")
    code = core("Its short code, unique among its siblings; paths are made of codes.")
    name = shown("What it is called.")
    path = core("Its place in the tree: the codes from the root, ending in `/`.")
    parent = one("Tenant", "The tenant directly above; null at the root.", by="parent_id")
    children = many(
        "Tenant", "The tenants directly below, in the order of their codes.",
        by="parent_id", order=("path",),
    )  # fmt: skip
    completion = figure(
        "The share of people who have completed what was due. With a family: of the people with "
        "courses of it that are finished or due, those who completed them all. Without: of the "
        "people with a learning plan that is completed or due, those who completed it. Counted "
        "over the tenant and all below it.",
        OF_TENANT, "family", "asOf",
    )  # fmt: skip
    data_region = core("Where the data of the group may lie: a region code such as CN.")
    time_zone = core("The time zone in which its days begin and end, such as Asia/Shanghai.")
    thresholds = many(
        "Threshold", "The limits that it has set, latest first in force.",
        by="tenant_id", order=("metric", "effective_from"),
    )  # fmt: skip
    people = pages("Person", "The people who are in this very tenant.", by="tenant_id")


@node(models.Threshold, prefix="thr")
class Threshold:
    """阈值 A limit that a tenant sets for itself and all below; a child may only be stricter."""

    metric = core("What is limited.")
    value = core("The limit, in the unit of the metric: percent, hours or people.")
    effective_from = core("From when on it holds.")


@node(models.JobRole, prefix="jrl", order=("code", "id"))
class JobRole:
    """岗位 A job that people are trained for."""

    code = core("Its short code.")
    title = shown("What it is called.")
