"""What a group is told does not depend on anybody else's rows: twice the same, byte for byte.

A group is asked everything, and does everything, on a database of its own; then the same group,
ids included, beside a twin that holds equal codes, names, numbers and even row ids; and then with
more people in the branch next door, as those are asked who do not see that branch.

Nothing is left out of the comparison. Cursors, which are sealed anew each time, are told in the
open by the gateway of the tests (`furnished.Told`); ids come from a generator with a seed.
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from graphql import parse

from api.graphql.schema import schema
from domain.content.models import CourseVersion
from domain.kernel import ids
from domain.learning.models import Activity, LearningPathVersion
from domain.people.models import Person, Stage
from domain.privacy.sealed import Sealed
from runtime.settings import Settings
from runtime.unit import perform
from tests.conftest import standing_on
from tests.isolation.conftest import OWN, SEED
from tests.isolation.corpus import Question, answered, reading
from tests.isolation.furnished import ROLES, furnished
from tests.isolation.ids import NOBODYS, Ids, prefix_of
from tests.isolation.inputs import VERBS, filled, ids_in, mutation
from tests.isolation.scenario import STEPS, Scenario
from tests.oracle import learnt
from tests.oracle.chance import Chance
from tests.oracle.peopled import NAMES
from tests.oracle.taught import Taught
from tests.people import NOW, Clock, Group, national_id

pytestmark = pytest.mark.xdist_group("twins")  # what they are compared with is told once
TWIN = UUID(int=0x7_0A7E << 96)
ONE_IN = 60  # of the ways to ask for a list, for each actor
TRIED_BY = 5  # of the roles, in turn, for each mutation; `test_id_swaps` has each try every one
BRANCH = {name for name, part in ROLES.items() if part.at == "east"}
"""Who does not see the branch next door."""

ID = re.compile(rb"[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}")
Answers = dict[tuple[str, int], bytes]


@dataclass
class Record:
    """What a group was told, by question, and which roots it has seen answered."""

    answers: Answers = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)

    async def ask(self, group: Group, asked: Question, when: str = "") -> None:
        self.note(asked, await answered(group, asked), when)

    def note(self, asked: Question, answer: bytes, when: str = "") -> None:
        self.answers[asked.name + when, len(self.answers)] = answer
        if b'"errors"' not in answer:
            self.roots |= roots_of(asked.document)


def roots_of(document: str) -> set[str]:
    """The fields of the root that a document asks for."""
    asked = (one for one in parse(document).definitions if one.kind == "operation_definition")
    return {field.name.value for one in asked for field in one.selection_set.selections}


async def told(group: Group) -> Record:
    """Ask everything, try everything, do everything, and ask again."""
    record = Record()
    async for asked in reading(group, one_in=ONE_IN):
        await record.ask(group, asked)
    for asked in await tries(group):
        await record.ask(group, asked)
    played = Scenario(group)
    await played.play()
    for asked, answer in played.answers:
        record.note(asked, answer)
    async for asked in reading(group, one_in=4 * ONE_IN):
        await record.ask(group, asked, " afterwards")
    return record


async def tries(group: Group) -> list[Question]:
    """Each mutation tried by each role with rows of its own, and with one id that is nobody's."""
    rows, asked = await Ids.of(group), []
    for turn, verb in enumerate(VERBS.values()):
        places = [None, *(place for place, _ in ids_in(verb.command))]
        for number, (who, part) in enumerate(in_turn(turn)):
            other = places[(turn + number) % len(places)]

            def choose(ref, place, *, at=part.at, other=other):
                row = rows.own(ref, at)
                known = row is not None and place != other
                return row.id if known else f"{prefix_of(ref)}_{NOBODYS}"

            given = {**filled(verb.command, choose), "dryRun": True}
            name = f"{verb.name} by {who}"
            asked.append(Question(name, who, mutation(verb), {"input": given}))
    return asked


def in_turn(turn: int) -> list[tuple[str, Any]]:
    """A few of the roles, others for each mutation, so that all of them have their turn."""
    several = [*ROLES.items()]
    return [several[(turn * TRIED_BY + number) % len(several)] for number in range(TRIED_BY)]


@asynccontextmanager
async def alone(another_database, tmp_path, monkeypatch, *, twin=False, crowd=False):
    """The group on a database of its own, or beside its twin, or with a fuller branch next door."""
    clock = Clock()
    settings = Settings(
        data_dir=tmp_path / "keys",
        key_file=tmp_path / "root.key",
        decrypts_per_hour=1_000_000,
    )
    async with standing_on(await another_database(), settings, clock) as installation:
        if twin:
            other = await furnished(installation, clock, TWIN, seed=SEED)
            draw_ids(monkeypatch)
            await Scenario(other).play()
            clock.now = NOW
        group = await furnished(installation, clock, OWN, seed=SEED)
        if crowd:
            await fill_the_west(group)
        draw_ids(monkeypatch)
        yield group


def draw_ids(monkeypatch) -> None:
    """Have new rows get the same ids in each run."""
    chance = Chance(7)

    class Drawn:
        token_bytes = staticmethod(chance.randbytes)

    monkeypatch.setattr(ids, "secrets", Drawn)


async def fill_the_west(group: Group) -> None:
    """Put people of the same names into the branch in the west, and have them learn."""
    chance = Chance(99)
    async with perform(
        group.installation, group.founder, entropy=lambda: chance.randbytes(8)
    ) as work:
        taught = Taught(
            await work.rows(CourseVersion),
            await work.rows(Activity),
            await work.rows(LearningPathVersion),
        )
        for number, name in enumerate(NAMES):
            person = Person(
                tenant_id=group.tenants["west"], staff_number=f"W{number:04}", display_name=name,
                stage=Stage.ON_FLOOR_MENTORED, hired_on=chance.day(),
            )  # fmt: skip
            person.phone = Sealed.of(f"1540001{number:04}")
            person.national_id = Sealed.of(national_id(500 + number))
            learnt.lay(work, person)
            for version in taught.versions[:3]:
                learnt._enrol(work, chance, person, version.id)
            learnt._plan(work, chance, person, taught.path_versions[0].id, taught)


def differing(one: Record, other: Record) -> list[str]:
    """The questions that were answered otherwise; the same ones were asked."""
    assert one.answers.keys() == other.answers.keys()
    return sorted({name for (name, at), said in one.answers.items()
                   if said != other.answers[name, at]})  # fmt: skip


def as_the_branch_is_told(record: Record) -> Record:
    """What those of the branch are told; ids, which are random, by the order of their coming.

    Where more people follow a path more rows are made by one act, and the next one draws others.
    """
    known: dict[bytes, int] = {}
    answers = {
        (name, at): ID.sub(lambda id: b"#%d" % known.setdefault(plain(id), len(known)), said)
        for (name, at), said in record.answers.items()
        if asker(name) in BRANCH
    }
    return Record(answers)


def plain(id) -> bytes:
    return id[0].replace(b"-", b"")


def asker(name: str) -> str:
    return name.rsplit(" by ", maxsplit=1)[-1].split(maxsplit=1)[0]


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
async def by_itself(request, cluster, template, worker_id, tmp_path_factory, patch):
    """What the group is told when there is nobody else."""
    from tests.conftest import _copy  # noqa: PLC0415 - the fixture of that name is each test's

    async def database():
        return await _copy(cluster, template, f"peiyuan_{worker_id}_by_itself")

    async with alone(database, tmp_path_factory.mktemp("by_itself"), patch) as group:
        return await told(group)


def test_the_corpus_holds_every_query_and_every_mutation_done_and_refused(by_itself):
    asked = " ".join(name for name, _ in by_itself.answers)

    assert by_itself.roots == {*schema().graphql.query_type.fields, *VERBS}
    assert {name for _, name, *_ in STEPS if name} == set(VERBS)
    assert all(asked.count(f"{name} by ") >= TRIED_BY for name in VERBS)
    assert all(f" by {who}" in asked for who in ROLES)
    assert len(by_itself.answers) > 1000
    assert sum(b'"errors"' not in answer for answer in by_itself.answers.values()) > 500


async def test_a_twin_with_equal_codes_names_and_ids_changes_no_answer(
    by_itself, another_database, tmp_path, monkeypatch
):
    async with alone(another_database, tmp_path, monkeypatch, twin=True) as group:
        beside = await told(group)

    assert differing(by_itself, beside) == []


@pytest.mark.slow
async def test_more_people_in_the_branch_next_door_change_no_answer_of_this_one(
    by_itself, another_database, tmp_path, monkeypatch
):
    async with alone(another_database, tmp_path, monkeypatch, crowd=True) as group:
        beside = await told(group)

    seen = differing(by_itself, beside)
    assert any(name.endswith("by hq_manager") for name in seen)  # who does see it is told
    mine, theirs = map(as_the_branch_is_told, (by_itself, beside))
    assert len(mine.answers) > 300
    assert differing(mine, theirs) == []
