"""What roles gain and lose is said in sentences, against what git keeps."""

import subprocess

import pytest

from api.cli import schema as cli
from api.cli.gains import told
from api.cli.history import earlier
from runtime.refused import StartRefused

BEFORE = """
type Query { people(first: Int = 20): [Person!]! cohorts: [Cohort!]! }
type Person { id: ID! displayName: String }
type Cohort implements Node { id: ID! name(short: Boolean): String }
interface Node { id: ID! }
union Activity = Person | Cohort
input PersonFilter { id: ID }
enum Stage { NEW LEFT }
"""
SENTENCES = (
    ("id: ID! displayName", "id: ID! email: String displayName", ["VENDOR gains Person.email"]),
    (" cohorts: [Cohort!]!", "", ["VENDOR loses Query.cohorts"]),
    (
        "first: Int = 20", "first: Int = 20, filter: PersonFilter",
        ["VENDOR gains Query.people(filter:)"],
    ),
    ("name(short: Boolean)", "name", ["VENDOR loses Cohort.name(short:)"]),
    ("name(short: Boolean): String", "", ["VENDOR loses Cohort.name"]),
    ("{ id: ID }", "{ id: ID name: String }", ["VENDOR gains PersonFilter.name"]),
    ("NEW LEFT", "NEW", ["VENDOR loses Stage.LEFT"]),
    ("Person | Cohort", "Cohort", ["VENDOR loses Activity.Person"]),
    (" implements Node", "", ["VENDOR loses Cohort as Node"]),
    (
        "first: Int = 20", "first: Int = 50",
        ["VENDOR now sees Query.people(first:) as Int = 50, before as Int = 20"],
    ),
    ("displayName: String", "displayName: String!",
     ["VENDOR now sees Person.displayName as String!, before as String"]),
    ("enum Stage { NEW LEFT }", "", ["VENDOR loses Stage (LEFT, NEW)"]),
    ("enum Stage", "type Rate { n: Int d(of: ID): Int } enum Stage", ["VENDOR gains Rate (d, n)"]),
    ("enum Stage", "scalar Date enum Stage", ["VENDOR gains Date"]),
    ("type Query", '"Said otherwise." type Query', []),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentences"), SENTENCES)
def test_a_difference_is_said_in_one_sentence(old, new, sentences):
    assert old in BEFORE

    assert told("vendor", BEFORE, BEFORE.replace(old, new)) == sentences


def test_what_is_gained_from_here_to_there_is_lost_on_the_way_back():
    after = BEFORE.replace("displayName: String", "email: String")

    assert told("vendor", BEFORE, after) == [
        "VENDOR gains Person.email",
        "VENDOR loses Person.displayName",
    ]
    assert told("vendor", after, BEFORE) == [
        "VENDOR gains Person.displayName",
        "VENDOR loses Person.email",
    ]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository whose only commit knows the vendor and a role that is gone since."""
    folder = tmp_path / "docs" / "schema"
    folder.mkdir(parents=True)
    for role in ("vendor", "clerk"):
        (folder / f"{role}.graphql").write_text(BEFORE)
    committed(tmp_path, "init", "--initial-branch=main")
    committed(tmp_path, "add", ".")
    committed(tmp_path, "commit", "--message=first")
    after = BEFORE.replace("displayName", "email: String displayName")
    monkeypatch.setattr(cli, "schemas_of_roles", lambda: {"vendor": after, "learner": BEFORE})
    return tmp_path


def committed(root, *arguments):
    names = ("-c", "user.name=ada", "-c", "user.email=ada@staff.example")
    subprocess.run(["git", *names, *arguments], cwd=root, check=True, capture_output=True)


def said(root, revision=None):
    lines = []
    cli.differences(revision, tell=lines.append, root=root)
    return lines


def test_roles_are_held_against_a_commit(repository):
    assert said(repository, "HEAD")[:-1] == [
        "LEARNER is a new role",
        "CLERK is no longer given",
        "VENDOR gains Person.email",
    ]
    assert said(repository, "main")[-1].startswith("3 differences for roles since main")


def test_where_none_is_named_it_is_where_main_was_left_or_else_the_one_before(repository):
    assert earlier(repository) is None
    assert "no earlier commit" in said(repository)[0]
    committed(repository, "commit", "--allow-empty", "--message=second")
    assert len(said(repository)) == 4
    first = earlier(repository)
    committed(repository, "switch", "--create", "branch", "HEAD~1")
    committed(repository, "commit", "--allow-empty", "--message=third")
    assert earlier(repository) == first


def test_a_commit_without_schemas_says_so_and_an_unknown_one_is_refused(repository):
    committed(repository, "rm", "-r", "--quiet", "docs")
    committed(repository, "commit", "--message=none")
    assert said(repository, "HEAD") == [
        "At HEAD there is no docs/schema to compare the roles with."
    ]
    with pytest.raises(StartRefused, match="git knows no commit nowhere"):
        said(repository, "nowhere")
