"""API9: what is offered is written down; what is about to go says since when and until when."""

from __future__ import annotations

import re
from pathlib import Path

from graphql import build_schema, parse

from api.graphql.schema import printed, schema
from api.http.app import make_app

COMMITTED = (Path(__file__).parents[2] / "schema.graphql").read_text("utf-8")
DATED = re.compile(r"\d{4}-\d{2}-\d{2}.*\d{4}-\d{2}-\d{2}")
"""A deprecation names the day it was made and the day on which the field may go."""


def undated(text: str) -> list[str]:
    """Every deprecation of a schema that does not say from when and until when."""
    found = []
    for definition in parse(text).definitions:
        parts = [*(getattr(definition, "fields", None) or ()),
                 *(getattr(definition, "values", None) or ())]  # fmt: skip
        for part in [
            *parts,
            *(one for held in parts for one in getattr(held, "arguments", None) or ()),
        ]:
            for directive in part.directives or ():
                if directive.name.value == "deprecated":
                    said = [one.value.value for one in directive.arguments or ()]
                    if not said or not DATED.search(said[0]):
                        found.append(part.name.value)
    return found


def test_the_schema_that_is_committed_is_the_one_that_is_served():
    assert printed() == COMMITTED
    assert set(build_schema(COMMITTED).type_map) == set(schema().graphql.type_map)


def test_a_deprecation_says_since_when_and_until_when():
    assert undated(COMMITTED) == []


def test_a_deprecation_without_dates_would_be_found():
    silent = 'type Query { a: Int @deprecated(reason: "old") b(c: Int @deprecated): Int }'
    dated = 'type Query { a: Int @deprecated(reason: "since 2026-05-04, gone after 2027-05-04") }'

    assert undated(silent) == ["a", "c"]
    assert undated(dated) == []


def test_there_is_no_address_besides_those_that_are_known(installation):
    app = make_app(installation)

    assert {route.path for route in app.rest.routes} == {
        "/livez", "/readyz",
        "/.well-known/peiyuan/leaked-tokens", "/.well-known/peiyuan/token-format",
    }  # fmt: skip
