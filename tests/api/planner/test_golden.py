"""Golden cases: a query, who asks, the plan, the statement and the answer, to be read in review.

`make golden` writes plan, statement and answer anew; their difference is what a change does.
"""

import tomllib
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from api.demo.tokens import tokens_file
from api.graphql.gateway import Gateway
from api.graphql.request import Request
from api.http.authentication import Authentication
from api.planner.compile import compile_plan
from tests.api.planner.told import plan_text, sql_text, without_chance
from tests.people import NOW

CASES = sorted(folder for folder in (Path(__file__).parent / "cases").iterdir() if folder.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_case_is_planned_written_and_answered_as_it_was(demo, case, monkeypatch, request):
    asked = tomllib.loads((case / "actor.toml").read_text("utf-8"))
    made: dict[str, str] = {}

    def noted(plan, **options):
        statement = compile_plan(plan, **options)
        made["plan.txt"] = "".join(plan_text(root) for root in plan.roots)
        made["statement.sql"] = sql_text(statement.sql)
        return statement

    monkeypatch.setattr("api.graphql.plans.compile_plan", noted)
    made["answer.json"] = await answered(demo, asked, (case / "query.graphql").read_text("utf-8"))

    if request.config.getoption("--golden"):
        for name in ("plan.txt", "statement.sql"):
            (case / name).unlink(missing_ok=True)
        for name, content in made.items():
            (case / name).write_text(content, "utf-8")
    for name, content in made.items():
        assert content == (case / name).read_text("utf-8"), f"{case.name}/{name} has changed"
    refused = '"errors"' in made["answer.json"]
    assert refused or {"plan.txt", "statement.sql"} < set(made)


async def answered(demo, asked, query: str) -> str:
    token = orjson.loads(tokens_file(demo.settings.data_dir).read_bytes())[asked["persona"]]
    actor = await Authentication(demo).actor(f"Bearer {token}")
    gateway = Gateway(demo)
    variables = asked.get("variables", {})
    for name, days in asked.get("ago", {}).items():
        variables[name] = (NOW - timedelta(days=days)).isoformat()
    for name, person in asked.get("person", {}).items():
        variables[name] = await psn(demo, person)
    for name, several in asked.get("people", {}).items():
        variables[name] = [await psn(demo, person) for person in several]
    answer = await gateway.answer(
        actor, Request(query=query, variables=variables, request_id="golden")
    )
    whole = orjson.dumps(orjson.loads(answer.body), option=orjson.OPT_INDENT_2).decode() + "\n"
    return without_chance(whole)


async def psn(demo, persona: str) -> str:
    token = orjson.loads(tokens_file(demo.settings.data_dir).read_bytes())[persona]
    actor = await Authentication(demo).actor(f"Bearer {token}")
    return f"psn_{actor.person_id.hex}"
