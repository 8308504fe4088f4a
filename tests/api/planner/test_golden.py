"""Golden cases: a query, who asks, the plan, the statement and the answer, to be read in review.

`make golden` writes plan, statement and answer anew; their difference is what a change does.
"""

import orjson
import pytest

from api.planner.compile import compile_plan
from tests.api.planner.golden import CASES, asked
from tests.api.planner.told import plan_text, sql_text, without_chance


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_case_is_planned_written_and_answered_as_it_was(demo, case, monkeypatch, request):
    made: dict[str, str] = {}

    def noted(plan, **options):
        statement = compile_plan(plan, **options)
        made["plan.txt"] = "".join(plan_text(root) for root in plan.roots)
        made["statement.sql"] = sql_text(statement.sql)
        return statement

    monkeypatch.setattr("api.graphql.plans.compile_plan", noted)
    made["answer.json"] = told(await asked(demo, case))

    if request.config.getoption("--golden"):
        for name in ("plan.txt", "statement.sql"):
            (case / name).unlink(missing_ok=True)
        for name, content in made.items():
            (case / name).write_text(content, "utf-8")
    for name, content in made.items():
        assert content == (case / name).read_text("utf-8"), f"{case.name}/{name} has changed"
    refused = '"errors"' in made["answer.json"]
    assert refused or {"plan.txt", "statement.sql"} < set(made)


def told(answer) -> str:
    whole = orjson.dumps(orjson.loads(answer.body), option=orjson.OPT_INDENT_2).decode() + "\n"
    return without_chance(whole)
