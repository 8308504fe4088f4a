"""What the source may not say, wherever it says it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for name in ("api", "authz", "domain", "runtime") for path in (ROOT / name).rglob("*.py")
]


@pytest.mark.parametrize(
    "word",
    [
        "enable_enforce",  # switched off, Casbin allows everything
        "enable_log=True",  # it prints who asked for what
        "get_implicit_permissions_for_user",  # it lists denies among what is permitted
        "AsyncEnforcer",  # a reload loses the deny that is added meanwhile
        "set_watcher",
        "casbin.persist",
    ],
)
def test_nothing_uses_what_casbin_does_badly(word):
    assert SOURCES
    assert [str(path) for path in SOURCES if word in path.read_text(encoding="utf-8")] == []


def test_the_matcher_evaluates_no_text_of_a_line():
    assert "eval(" not in (ROOT / "authz" / "model.conf").read_text(encoding="utf-8")


def test_the_frozen_distribution_of_the_same_import_name_is_not_installed():
    installed = {found.metadata["Name"].lower() for found in metadata.distributions()}

    assert "pycasbin" in installed
    assert "casbin" not in installed
