"""The stand-alone verifier against a trail that somebody with all rights has changed."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import orjson
import pytest

from domain.audit.bundle import bundle
from domain.audit.canonical import committed, leaf_of, personal
from domain.audit.forgetting import FORGET
from domain.audit.merkle import root_of
from domain.audit.models import AuditEntry
from domain.audit.notes import Signer
from domain.kernel.ids import uuid7
from runtime.bring_up import connected
from runtime.sequencing import signing_seed

from .trails import noted, sequenced, trail_of

VERIFIER = Path(__file__).resolve().parents[3] / "tools" / "verify_audit.py"
SPEC = spec_from_file_location("verify_audit", VERIFIER)
SPEC.loader.exec_module(VERIFY := module_from_spec(SPEC))
TABLES = ("audit_entry", "audit_leaf", "audit_checkpoint")
OPENS = "{ viewer { person { phone { value(purpose: HR_ADMINISTRATION) } } } }"


@dataclass
class Exported:
    """A trail in a file, and the key and the checkpoints that were kept elsewhere."""

    group: object
    folder: Path
    key: str
    kept: list[Path]

    @property
    def file(self) -> Path:
        return self.folder / "trail.jsonl"

    async def again(self, *, subjects: bool = False) -> None:
        """Export what lies in the database now."""
        await write(self.group, self.file, (0, 10_000), subjects=subjects)

    def verified(self, *arguments, file=None, key=None) -> tuple[int, str]:
        command = [sys.executable, "-I", VERIFIER, file or self.file]
        given = [*arguments, "--key", key or self.key]
        done = subprocess.run([*command, *given], capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout.strip()

    def told(self, file=None) -> str:
        """What the verifier says, asked in this process: a process of its own each takes long."""
        try:
            parts = [VERIFY.Part(file or self.file)]
            return VERIFY.Verifier(parts, VERIFY.Key.read(self.key), [], VERIFY.SLACK).run()
        except (VERIFY.Bad, KeyError, TypeError, ValueError) as found:
            return str(found) or type(found).__name__

    def against_kept(self) -> tuple[int, str]:
        """Hold it against the checkpoints that were kept, too."""
        return self.verified(*(part for one in self.kept for part in ("--checkpoint", one)))


async def write(group, file, span, *, subjects=False) -> None:
    signer = Signer.of(group.id, await signing_seed(group.installation))
    async with group.installation.writer.transaction(group.id, (), read_only=True) as session:
        lines = [
            one
            async for one in bundle(session, group.id, signer.verifier(), span, subjects=subjects)
        ]
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8", newline="\n")


@pytest.fixture
async def exported(group, tmp_path) -> Exported:
    """Twelve events in three trees, an hour after each other; the third is an opening."""
    for part in (("a", "b"), ("c", "d", "e"), ("f", "g", "h", "i")):
        await noted(group, *part)
        group.clock.on(seconds=1)
        if "b" in part:
            await group.read("ada", OPENS)
        await sequenced(group)
        group.clock.on(hours=1)
    found = await trail_of(group)
    assert [one.size for one in found.checkpoints] == [3, 6, 10]
    kept = []
    for one in found.checkpoints:
        kept.append(tmp_path / f"checkpoint-{one.size}.txt")
        kept[-1].write_text(one.note, encoding="utf-8", newline="\n")
    signer = Signer.of(group.id, await signing_seed(group.installation))
    made = Exported(group, tmp_path, signer.verifier(), kept)
    await made.again()
    return made


@pytest.fixture
async def owner(addresses, group):
    """Whoever may do everything in the database."""
    async with connected(addresses.owner) as connection:
        await connection.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
        yield connection


async def at(exported, index):
    """The entry that stands at a place."""
    found = await trail_of(exported.group)
    return found.entries[found.leaves[index].id]


async def test_a_trail_that_nobody_has_touched_is_all_right(exported):
    code, told = exported.against_kept()

    assert (code, told.split(";")[0]) == (
        0,
        f"OK: 10 events of peiyuan.audit/{exported.group.id}, from 0 up to 9",
    )


async def test_the_verifier_imports_nothing_of_ours_and_of_others_only_ed25519():
    lines = VERIFIER.read_text("utf-8").splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines
                if line.startswith(("import ", "from "))}  # fmt: skip

    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


ELSEWHERE = """(
  SELECT id FROM tenant
  WHERE group_id = audit_entry.group_id AND id <> audit_entry.tenant_id LIMIT 1
)"""
FIELDS = {
    "tenant_id": ELSEWHERE,
    "at": "at + interval '1 microsecond'",
    "principal_id": "gen_random_uuid()",
    "token_id": "gen_random_uuid()",
    "verb": "verb || 'x'",
    "object_type": "object_type || 'x'",
    "object_id": "gen_random_uuid()",
    "outcome": "'DENIED'",
    "code": "'X'",
    "purpose": "'AUDIT'",
    "request_id": "'another'",
    "policy_version": "policy_version + 1",
    "details": 'details || \'{"rows": ["x:1"]}\'',
    "commitment": "sha256('x')",
}


@asynccontextmanager
async def undone(owner):
    """Have a block change what it likes, and put everything back."""
    for table in TABLES:
        await owner.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
    yield
    for table in TABLES:
        await owner.execute(f"DELETE FROM {table}")
        await owner.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        await owner.execute(f"DROP TABLE kept_{table}")


@pytest.mark.parametrize("index", [0, 2, 9])
async def test_an_event_of_which_any_field_was_changed_is_named(exported, owner, index):
    entry = await at(exported, index)
    for field, value in FIELDS.items():
        async with undone(owner):
            statement = f"UPDATE audit_entry SET {field} = {value} WHERE id = $1"
            assert await owner.execute(statement, entry.id) == "UPDATE 1"
            await exported.again()
            told = exported.told()
            assert told == f"event {index}: changed: its leaf is not the hash of it", field
            assert field != "verb" or exported.verified() == (1, told)
    await exported.again()
    assert exported.verified()[0] == 0


def test_the_fields_above_are_all_that_an_event_is_made_of(group):
    outside = {"group_id", "id", "salt", "leaf", "row_version", "created_at"}
    assert set(FIELDS) == {one.name for one in AuditEntry.__table__.columns} - outside


async def test_an_event_that_was_taken_away_is_named(exported, owner):
    for index in range(10):
        entry = await at(exported, index)
        async with undone(owner):
            await owner.execute("DELETE FROM audit_entry WHERE id = $1", entry.id)
            await exported.again()
            told = f"event {index}: missing: its leaf is there, and it is not"
            assert exported.told() == told
    assert exported.verified() == (1, told)


async def test_a_place_that_was_taken_away_is_named(exported, owner):
    for index in range(9):
        async with undone(owner):
            await owner.execute("DELETE FROM audit_leaf WHERE leaf_index = $1", index)
            await exported.again()
            told = f"event {index}: missing: event {index + 1} stands in its place"
            assert exported.told() == told
    assert exported.verified() == (1, told)


async def test_a_hash_that_was_changed_is_named(exported, owner):
    for index in range(10):
        for column in ("leaf", "root"):
            async with undone(owner):
                statement = f"UPDATE audit_leaf SET {column} = sha256({column})"
                await owner.execute(f"{statement} WHERE leaf_index = $1", index)
                await exported.again()
                assert exported.told().startswith(f"event {index}: changed")
    assert exported.verified()[0] == 1


async def test_the_first_of_those_that_moved_up_into_a_gap_is_named(exported, owner):
    for index in range(9):
        entry = await at(exported, index)
        async with undone(owner):
            await owner.execute("DELETE FROM audit_leaf WHERE leaf_index = $1", index)
            await owner.execute("DELETE FROM audit_entry WHERE id = $1", entry.id)
            moved = "UPDATE audit_leaf SET leaf_index = -leaf_index"
            await owner.execute(f"{moved} WHERE leaf_index > $1", index)
            await owner.execute(f"{moved} - 1 WHERE leaf_index < 0")
            await exported.again()
            assert exported.told().startswith(f"event {index}: ")
    assert exported.verified()[1].startswith("event 8: changed, moved or put in")


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 4), (3, 9), (8, 9)])
async def test_the_first_of_two_that_changed_places_is_named(exported, owner, one, other):
    for start, end in ((one, -1), (other, one), (-1, other)):
        await owner.execute(
            "UPDATE audit_leaf SET leaf_index = $2 WHERE leaf_index = $1", start, end
        )
    await exported.again()

    code, told = exported.verified()
    assert (code, told.split(":")[0]) == (1, f"event {one}")


async def rewritten(exported, owner):
    """Make all hashes fit what the events say now, as whoever knows how it is done."""
    found = await trail_of(exported.group)
    leaves = []
    for one in found.leaves:
        leaves.append(leaf_of(found.entries[one.id]))
        await owner.execute(
            "UPDATE audit_leaf SET leaf = $2, root = $3 WHERE id = $1",
            one.id, leaves[-1], root_of(leaves),
        )  # fmt: skip


@pytest.mark.parametrize(("index", "first", "last"), [(1, 0, 2), (4, 3, 5), (9, 6, 9)])
async def test_whoever_makes_all_hashes_fit_is_found_by_the_next_checkpoint(
    exported, owner, index, first, last
):
    entry = await at(exported, index)
    await owner.execute("UPDATE audit_entry SET verb = 'other' WHERE id = $1", entry.id)
    await rewritten(exported, owner)
    await exported.again()

    code, told = exported.verified()
    assert code == 1
    assert told.startswith(f"event {first}: changed: it, or one up to {last}, is not what the")


async def test_a_trail_that_was_cut_off_is_missing_what_a_kept_checkpoint_has_signed(
    exported, owner
):
    for table, column in (("audit_checkpoint", "size - 1"), ("audit_leaf", "leaf_index")):
        await owner.execute(f"DELETE FROM {table} WHERE {column} >= 6")
    await exported.again()
    assert exported.verified()[0] == 0  # by itself it is whole

    code, told = exported.against_kept()
    assert (code, told.split(",")[0]) == (1, told.split(",")[0])
    assert told.startswith("event 6: missing: the checkpoint in")
    assert told.endswith("has signed 10 events")


async def test_what_no_checkpoint_has_signed_is_named(exported, owner):
    await owner.execute("DELETE FROM audit_checkpoint WHERE size = 10")
    await exported.again()

    assert exported.verified() == (1, "event 6: no checkpoint has signed it")


async def test_an_event_that_was_put_in_later_with_an_earlier_date_is_named(exported, owner):
    await owner.execute(
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'id', $2::uuid, 'leaf', '', 'at', e.at + interval '1 minute'))).* FROM audit_entry e"
        " WHERE id = $1",
        (await at(exported, 0)).id,
        uuid7(exported.group.clock()),
    )
    await sequenced(exported.group)
    await exported.again()

    code, told = exported.verified()
    assert (code, told.split(": it says")[0]) == (1, "event 10: back-dated")
    assert exported.verified("--slack", "1e6")[0] == 0


async def test_a_clock_that_went_back_shows_as_what_it_cannot_be_told_from(exported):
    exported.group.clock.on(hours=-5)
    await noted(exported.group, "late")
    await sequenced(exported.group)
    await exported.again()

    code, told = exported.verified()
    assert (code, told.split(": it says")[0]) == (1, "event 10: back-dated")


async def test_an_event_of_the_future_is_named(exported):
    exported.group.clock.on(hours=5)
    await noted(exported.group, "early")
    exported.group.clock.on(hours=-5)
    await sequenced(exported.group)
    await exported.again()

    code, told = exported.verified()
    assert (code, told.split(": it says")[0]) == (1, "event 10: dated ahead")


@pytest.mark.parametrize("change", ["10\n", "\ntime", "20", "\u2014 "])
async def test_a_checkpoint_that_was_changed_is_named(exported, owner, change):
    other = {"10\n": "9\n", "\ntime": "\nTIME", "20": "21", "\u2014 ": "- "}[change]
    await owner.execute(
        "UPDATE audit_checkpoint SET note = replace(note, $1, $2) WHERE size = 10", change, other
    )
    await exported.again()

    code, told = exported.verified()
    assert code == 1
    assert told.startswith(f"checkpoint in {exported.file} line 14: ")


async def test_a_checkpoint_that_another_key_has_signed_is_worth_nothing(exported, owner):
    forger = Signer.of(exported.group.id, bytes(32))
    [last] = [one for one in (await trail_of(exported.group)).checkpoints if one.size == 10]
    text = last.note.partition("\n\n")[0] + "\n"
    await owner.execute(
        "UPDATE audit_checkpoint SET note = $1 WHERE size = 10", forger.signed(text)
    )
    await exported.again()

    told = f"checkpoint in {exported.file} line 14: the key has not signed this"
    assert exported.verified() == (1, told)
    assert exported.verified(key=forger.verifier())[0] == 1


async def test_any_byte_of_an_exported_trail_that_is_changed_is_found(exported, tmp_path):
    """Every third, in one bit; by the verifier's own functions, for a process each takes long."""
    whole = exported.file.read_bytes()
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(whole)
    assert exported.told(changed).startswith("OK: 10 events")
    for place in range(0, len(whole), 3):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 7
        changed.write_bytes(flipped)
        around = whole[max(0, place - 20) : place + 20]
        assert not exported.told(changed).startswith("OK"), (place, around)


async def test_a_trail_in_parts_is_one_trail_and_none_of_them_may_be_left_out(exported, tmp_path):
    parts = [tmp_path / f"part-{start}.jsonl" for start in (0, 4, 7)]
    for file, span in zip(parts, ((0, 4), (4, 7), (7, 10)), strict=True):
        await write(exported.group, file, span)

    code, told = exported.verified(parts[1], parts[2], file=parts[0])
    assert (code, told[:14]) == (0, "OK: 10 events ")
    code, told = exported.verified(parts[2], file=parts[1])
    assert (code, told[:13]) == (0, "OK: 6 events ")
    code, told = exported.verified(parts[2], file=parts[0])
    assert (code, told) == (1, f"event 4: missing: {parts[2]} begins elsewhere, at 7")
    assert exported.verified(file=parts[0]) == (1, "event 3: no checkpoint has signed it")


async def test_the_trail_of_another_group_is_not_this_ones(exported, other_group):
    signer = Signer.of(other_group.id, await signing_seed(other_group.installation))

    assert exported.verified(key=signer.verifier())[0] == 1


async def test_whom_an_opening_was_about_is_verified_where_it_is_told(exported, owner):
    entry = await at(exported, 2)
    assert entry.verb == "decrypt"
    ada = str(exported.group.people["ada"])
    assert ada not in exported.file.read_text("utf-8")
    await exported.again(subjects=True)
    assert ada in exported.file.read_text("utf-8")
    assert exported.verified()[0] == 0

    await owner.execute(
        "UPDATE audit_entry SET details = jsonb_set(details, '{subject}', to_jsonb($2::text))"
        " WHERE id = $1",
        entry.id,
        str(exported.group.people["eve"]),
    )
    await exported.again(subjects=True)
    told = "event 2: changed: it is not about those of whom it says that it is"
    assert exported.verified() == (1, told)


async def test_whoever_is_forgotten_is_in_no_line_and_the_trail_is_as_it_was(exported, owner):
    before, entry = exported.file.read_bytes(), await at(exported, 2)
    told = personal(entry.details)
    assert committed(entry.salt, told) == entry.commitment
    assert (
        await owner.execute(FORGET, exported.group.id, exported.group.people["ada"]) == "UPDATE 1"
    )

    forgotten = await at(exported, 2)
    assert (forgotten.salt, personal(forgotten.details)) == (None, {})
    assert forgotten.details["fields"] == ["Person.phone"]
    await exported.again(subjects=True)
    assert exported.file.read_bytes() == before
    assert exported.verified()[0] == 0
    lines = [orjson.loads(one) for one in before.splitlines()]
    assert b64encode(entry.salt).decode() not in {one.get("salt") for one in lines}
