"""The papers of the repository keep their form, lead somewhere, and what they promise holds."""

import ast
import re

import pytest

import dev

DECISIONS = sorted((dev.ROOT / "docs" / "decisions").glob("*.md"))
PAPERS = [*dev.ROOT.glob("*.md"), *(dev.ROOT / "docs").rglob("*.md")]
FORM = ["Context", "Decision", "Consequences", "Alternatives", "Guarded by"]


def named(path):
    return path.name


def calls(*packages):
    """Every call in our packages, as the file it is in and the name that is called."""
    for package in packages:
        for path in (dev.ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    called = ast.unparse(node.func).rpartition(".")[2]
                    yield path.relative_to(dev.ROOT).as_posix(), called


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=named)
def test_decision_has_the_form_of_all_and_fits_on_a_page(path):
    text = path.read_text(encoding="utf-8")

    assert text.startswith(f"# {path.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == FORM
    assert len(text.splitlines()) <= 60


@pytest.mark.parametrize("path", PAPERS, ids=named)
def test_links_and_files_that_a_paper_names_are_there(path):
    text = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    files = re.findall(r"`((?:tests|docs|api|authz|domain|runtime)/[\w/.-]+)`", text)

    missing = {link for link in links if not (path.parent / link).exists()}
    missing |= {file for file in files if not (dev.ROOT / file).exists()}

    assert not missing


def test_nothing_commits_outside_runtime():
    committing = {path for path, called in calls("api", "authz", "domain") if called == "commit"}

    assert not committing
    assert "commit" in {called for _, called in calls("runtime")}


def test_the_domain_declares_no_relationship():
    assert not {path for path, called in calls("domain") if called == "relationship"}
