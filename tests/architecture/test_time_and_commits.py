"""Time comes in from outside, and only the edge commits."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def calls(package):
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield path.relative_to(ROOT).as_posix(), ast.unparse(node.func)


@pytest.mark.parametrize("package", ["domain", "authz"])
def test_nobody_inside_asks_the_clock(package):
    asked = [
        (path, called)
        for path, called in calls(package)
        if called.rpartition(".")[2] in CLOCKS and called.partition(".")[0] != "work"
    ]
    assert asked == []


@pytest.mark.parametrize("package", ["api", "domain", "authz"])
def test_nobody_commits_but_the_runtime(package):
    assert [path for path, called in calls(package) if called.endswith(".commit")] == []
