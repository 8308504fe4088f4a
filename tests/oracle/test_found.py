"""What the oracle has found, each with the least that shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from api.graphql.request import Request
from authz.actor import DenialMode
from authz.compiler import compile_mask
from authz.lines import Line
from tests.oracle.askers import asker
from tests.oracle.chance import Chance
from tests.oracle.operations import Drawn


@dataclass(frozen=True)
class Found:
    """A role, where it stands, and what is asked under it."""

    name: str
    lines: tuple[str, ...]  # act, object, condition; a deny begins with `!`
    document: str
    at: str = "/head/north/east/"
    mode: DenialMode = DenialMode.PARTIAL


EVERYTHING = ("* * -",)
FOUND = (
    Found(
        "a key that stands twice in an order counts where it stands first",
        EVERYTHING,
        "{ learningPaths(orderBy: [{title: DESC}, {code: DESC}, {title: ASC}]) { nodes { id } } }",
    ),
    Found(
        "rows in the order of ids have one id in their cursors",
        EVERYTHING,
        "{ people(orderBy: [{id: DESC}]) { edges { cursor } } }",
    ),
    Found(
        "at the root the own line is part of the subtree, which is everybody",
        ("read Person own_line", "read Person subtree"),
        "{ people { nodes { staffNumber } } }",
        at="/head/",
    ),
    Found(
        "a block is withheld under the name of its kind and judged as a block",
        ("* * -", "!read Block.title own_tenant"),
        "{ courses { nodes { versions { nodes { blocks { title } } } } } }",
    ),
    Found(
        "a tenant's children are not seen because it is",
        ("read Tenant reach",),
        "{ tenants { nodes { code children { code } } } }",
    ),
    Found(
        "a job role that lies elsewhere is not seen because a target asks for it",
        (
            "read CompetencyModel own_tenant",
            "read CompetencyModelVersion own_tenant",
            "read RoleTarget own_tenant",
            "read JobRole own_tenant",
        ),
        "{ competencyModels { nodes { versions { nodes { roleTargets { jobRole { id } } } } } } }",
    ),
    Found(
        "a competency that lies elsewhere is not seen because a course raises it",
        ("read Course own_tenant", "read CourseVersion own_tenant", "read Competency own_tenant"),
        "{ courses { nodes { versions { nodes { competencies { code } } } } } }",
    ),
    Found(
        "a tenant that a hidden caller never sees is null, and nobody says why",
        ("read Person -", "read Person.tenant -"),
        "{ people { nodes { tenant { code } } } }",
        mode=DenialMode.HIDDEN,
    ),
    Found(
        "a value that a hidden caller never opens is null, and nobody says why",
        ("read Person -", "read Person.* -", "decrypt Person.phone -"),
        "{ people { nodes { nationalId { value(purpose: AUDIT) } } } }",
        mode=DenialMode.HIDDEN,
    ),
)


@pytest.mark.parametrize("found", FOUND, ids=lambda one: one.name)
async def test_what_was_found_is_mended(rounds, found):
    drawn = Drawn(found.document, {})

    apart = rounds.trial.differences(found.name, actor_of(rounds, found), drawn)

    assert not [str(one) async for one in apart]
    assert rounds.trial.tally["answered"] == 1


async def test_a_rate_that_may_not_be_counted_is_not_there_for_hidden_callers(rounds):
    found = Found(
        "hidden",
        ("read Tenant -", "read Tenant.completion -"),
        "{ tenants { nodes { completion { numerator } } } }",
        mode=DenialMode.HIDDEN,
    )
    actor = actor_of(rounds, found)

    body, _ = await rounds.trial.asked(actor, Request(query=found.document))

    assert body is None
    assert "completion" not in rounds.trial.view(actor).type_map["Tenant"].fields


def actor_of(rounds, found):
    lines = []
    for line in found.lines:
        act, name, when = line.removeprefix("!").split()
        effect = "deny" if line.startswith("!") else "allow"
        lines.append(Line("found", "/", name, act, when, effect))
    mask = compile_mask(lines, rounds.trial.gateway.made.catalogue)
    return asker(
        Chance(1), rounds.trial.rows, mask=mask, path=found.at, version=rounds.version,
        denials=found.mode,
    )  # fmt: skip
