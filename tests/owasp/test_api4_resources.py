"""API4: documents made to be costly are refused, or cost no more than an honest one may.

What is counted are statements, their length and the length of what is answered, and not seconds,
which would be those of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson
import pytest
from sqlalchemy import text

from api.graphql.documents import LONGEST, MOST_KEPT, MOST_TOKENS
from api.graphql.operations import MOST_SHAPES
from api.graphql.views import MOST as MOST_VIEWS
from api.http.bodies import LARGEST
from api.planner.arguments import MOST_OPERANDS
from tests.people import Group

LONGEST_STATEMENT = 1_500_000  # characters; an honest document of three hundred fields has 100,000
LARGEST_ANSWER = 4_000_000  # bytes
REFUSED = {
    "COST_LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT",
}  # fmt: skip


@dataclass
class Cost:
    """What an operation has cost the database."""

    statements: list[str] = field(default_factory=list)


@pytest.fixture
def cost(group, monkeypatch) -> Cost:
    held, known = Cost(), group.installation.reader.fetch_row

    async def noted(group_id, sql, args=()):
        held.statements.append(sql)
        return await known(group_id, sql, args)

    monkeypatch.setattr(group.installation.reader, "fetch_row", noted)
    return held


def deep(n: int) -> str:
    """People of tenants of people."""
    return "{ people { nodes { " + "tenant { parent { " * n + "id" + " } } " * n + "} } }"


def deep_in_lists(n: int) -> str:
    return "{ " + "tenants(first: 100) { nodes { children(first: 100) { nodes { " * n + "id" + (
        " } } } } " * n
    ) + "}"  # fmt: skip


def lists_in_lists(n: int) -> str:
    return (
        "{ tenants(first: 100) { nodes { "
        + "children(first: 100) { nodes { " * n
        + "people(first: 100) { nodes { id } }"
        + " } } " * n
        + "} } }"
    )


def aliases(n: int) -> str:
    return (
        "{ " + " ".join(f"a{i}: people(first: 100) {{ nodes {{ id }} }}" for i in range(n)) + " }"
    )


def aliases_of_a_field(n: int) -> str:
    return "{ people { nodes { " + " ".join(f"a{i}: displayName" for i in range(n)) + " } } }"


def aliased_searches(n: int) -> str:
    asked = (f'a{i}: people(search: "欧阳{i}") {{ totalCount }}' for i in range(n))
    return "{ " + " ".join(asked) + " }"


def fragments(n: int) -> str:
    """Each fragment is spread twice in the next: 2ⁿ fields in a short document."""
    parts = ["fragment f0 on Person { a: displayName b: staffNumber }"]
    parts += [
        f"fragment f{i} on Person {{ tenant {{ x{i}: id }} ...f{i - 1} mentor {{ ...f{i - 1} }} "
        f"supervisor {{ ...f{i - 1} }} }}"
        for i in range(1, n)
    ]
    return "{ people { nodes { ...f" + str(n - 1) + " } } } " + " ".join(parts)


def fragments_in_a_circle(n: int) -> str:
    parts = [f"fragment f{i} on Person {{ mentor {{ ...f{(i + 1) % n} }} }}" for i in range(n)]
    return "{ people { nodes { ...f0 } } } " + " ".join(parts)


def inline_fragments(n: int) -> str:
    return "{ people { nodes { " + "... on Person { " * n + "id" + " }" * n + " } } }"


def directives(n: int) -> str:
    return "{ people { nodes { id " + "@include(if: true) " * n + "} } }"


def filters(n: int) -> str:
    return "{ people(filter: " + "{ not: " * n + "{}" + " }" * n + ") { totalCount } }"


def wide_filters(n: int) -> str:
    one = '{ staffNumber: { eq: "S" } }'
    return "{ people(filter: { or: [" + one * n + "] }) { totalCount } }"


def filters_through_lists(n: int) -> str:
    inner = "{ tenant: { people: { some: " * n + "{}" + " } } }" * n
    return "{ people(filter: " + inner + ") { totalCount } }"


def long_lists_of_values(n: int) -> str:
    values = ",".join(f'"{i}"' for i in range(n))
    return "{ people(filter: { staffNumber: { in: [" + values + "] } }) { totalCount } }"


def many_ids(n: int) -> str:
    ids = ",".join(f'"psn_{i:032x}"' for i in range(n))
    return "{ nodes(ids: [" + ids + "]) { id } }"


def pages(n: int) -> str:
    return "{ people(first: " + str(n) + ") { nodes { id } } }"


def offsets(n: int) -> str:
    return "{ people(offset: " + str(n * 100) + ") { nodes { id } } }"


def orders(n: int) -> str:
    return "{ people(orderBy: [" + "{ displayName: ASC }" * n + "]) { totalCount } }"


def introspection(n: int) -> str:
    inner = "fields { type { " * n + "name" + " } } " * n
    return "{ __schema { types { " + inner + " } } }"


def opened(n: int) -> str:
    asked = " ".join(f"a{i}: phone {{ value(purpose: AUDIT) }}" for i in range(n))
    return "{ people(first: 100) { nodes { " + asked + " } } }"


def brackets(n: int) -> str:
    return "{" * n


def texts(n: int) -> str:
    return '{ people(search: "' + "x" * n * 100 + '") { totalCount } }'


def comments(n: int) -> str:
    return "#" * n * 100 + "\n{ people { totalCount } }"


def previews(n: int) -> str:
    line = '{ role: "mentor", object: "Course", action: "read" }'
    asked = (f"a{i}: previewPolicy(add: [{line}]) {{ version }}" for i in range(n))
    return "{ " + " ".join(asked) + " }"


def explanations(n: int) -> str:
    row = f"psn_{7:032x}"
    asked = (f'a{i}: whoCan(id: "{row}", action: READ) {{ more }}' for i in range(n))
    return "{ " + " ".join(asked) + " }"


HOSTILE = (
    deep, lists_in_lists, aliases, aliases_of_a_field, aliased_searches, fragments,
    fragments_in_a_circle, inline_fragments, directives, filters, wide_filters,
    filters_through_lists, long_lists_of_values, many_ids, pages, offsets, orders, introspection,
    opened, brackets, texts, comments, previews, explanations,
)  # fmt: skip
SIZES = (2, 8, 30, 120, 500, 4_000)


@pytest.mark.parametrize("family", HOSTILE, ids=lambda one: one.__name__)
async def test_a_document_that_is_made_to_be_costly_is_refused_before_it_costs(
    group: Group, cost: Cost, family
):
    refused = False
    for size in SIZES:
        document = family(size)
        if len(document) > LARGEST:
            continue
        cost.statements.clear()
        answer = await group.ask("hugo", document)
        body = orjson.dumps(answer)
        # data, and what is withheld of it; a policy head; never one statement for each alias.
        assert len(cost.statements) <= 2, (family.__name__, size)
        assert all(len(sql) <= LONGEST_STATEMENT for sql in cost.statements), (size, body[:300])
        assert len(body) <= LARGEST_ANSWER
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert codes <= REFUSED, answer
        refused = refused or bool(codes)
    assert refused, f"{family.__name__} is answered at every size"


async def test_whatever_is_refused_for_its_cost_is_so_before_the_database_is_asked(group, cost):
    for document in (deep(500), aliases(400), fragments(30), wide_filters(300), pages(101)):
        await group.actor("hugo")
        cost.statements.clear()
        answer = await group.ask("hugo", document)
        assert "data" not in answer
        assert [sql for sql in cost.statements if "policy_head" not in sql] == []


@pytest.mark.parametrize("asked", [previews, explanations])
async def test_what_is_computed_is_asked_a_few_times_in_an_operation(group, asked):
    """By whoever may ask: each alias of it would be reckoned out anew."""
    few = 1 if asked is previews else 5
    told = await group.ask("sage", asked(few))
    assert "errors" not in told

    for document in (
        asked(few + 1),
        asked(40),
        "query { ...f } fragment f on Query " + asked(few + 1),
    ):
        answer = await group.ask("sage", document)
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["COST_LIMIT_EXCEEDED"]
        assert "data" not in answer


async def test_variables_may_be_deep_and_wide_only_as_far_as_a_document_may(group, cost):
    query = "query($f: PersonFilter) { people(filter: $f) { totalCount } }"
    nested: dict[str, object] = {}
    for _ in range(60):
        nested = {"not": nested}
    wide = {"or": [{"staffNumber": {"in": [str(n) for n in range(MOST_OPERANDS + 1)]}}]}
    for given in (nested, wide, {"or": [{}] * 5000}):
        answer = await group.ask("hugo", query, f=given)
        assert answer["errors"][0]["extensions"]["code"] in REFUSED
        assert "data" not in answer


async def test_a_body_is_not_read_further_than_its_limit(client, group):
    read = 0

    async def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 65_536
            yield b" " * 65_536

    headers = {"authorization": f"Bearer {group.secrets['grace']}"}
    answer = await client.post(
        "/graphql", content=endless(), headers={**headers, "content-type": "application/json"}
    )

    assert answer.status_code == 413
    assert read <= LARGEST + 2 * 65_536


async def test_the_database_ends_what_takes_too_long(group):
    reader = await group.installation.reader.fetch_row(
        group.id, "SELECT current_setting('statement_timeout') AS told"
    )
    async with group.installation.writer.transaction(group.id, ()) as session:
        writer = await session.scalar(text("SELECT current_setting('statement_timeout')"))

    assert (reader["told"], writer) == ("10s", "30s")


async def test_what_is_kept_of_documents_has_an_end(group):
    """Whoever sends a new document each time pushes out the oldest, and fills nothing."""
    for number in range(40):
        await group.ask("hugo", f"{{ people {{ a{number}: totalCount }} }}")

    documents = group.gateway.views.kept["everything"]
    assert len(documents.kept) <= MOST_KEPT == 512
    assert (MOST_VIEWS, MOST_SHAPES, MOST_TOKENS, LONGEST) == (32, 16, 2_000, 16_384)
