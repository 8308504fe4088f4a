"""Entries get their places: dense, for good, by one sequencer, and whatever the clocks say."""

import asyncio
from base64 import b64decode
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from api.http.app import make_app
from domain.audit.merkle import (
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
)
from domain.audit.notes import Signer, origin_of
from domain.audit.sequencing import sequence
from domain.audit.trail import append
from domain.audit.tree import hashes_over, root_at
from domain.kernel.ids import uuid7
from runtime.bring_up import connected
from runtime.sequencing import OF_LATE, Sequencer, signing_seed

from . import reference
from .trails import noted, sequenced, trail_of


async def whole(group):
    """The trail, after asserting that it is all there and all right."""
    found = await trail_of(group)
    assert [one.leaf_index for one in found.leaves] == list(range(len(found.entries)))
    assert {one.id for one in found.leaves} == set(found.entries)
    assert [one.leaf for one in found.leaves] == [leaf_hash(one) for one in found.data]
    roots = [one.root for one in found.leaves]
    for one in found.checkpoints:
        assert one.root == roots[one.size - 1]
        assert one.root == reference.tree(found.data[: one.size])
    if found.checkpoints:
        assert found.checkpoints[-1].size == len(found.leaves)
    return found


async def signer(group):
    return Signer.of(group.id, await signing_seed(group.installation))


async def test_every_entry_gets_one_place_and_the_tree_is_signed(group):
    await noted(group, *(f"verb{at}" for at in range(5)))
    before = await trail_of(group)

    assert await sequenced(group) == len(before.entries)
    assert await sequenced(group) == 0

    found = await whole(group)
    assert [one.size for one in found.checkpoints] == [len(before.entries)]


async def test_a_tree_grows_and_keeps_its_places(group):
    first = await noted(group, "one", "two", "three")
    await sequenced(group)
    kept = await whole(group)
    await noted(group, "four")
    await sequenced(group)

    found = await whole(group)
    assert [one.id for one in found.leaves[: len(kept.leaves)]] == [one.id for one in kept.leaves]
    assert set(first) <= {one.id for one in kept.leaves}
    assert [one.size for one in found.checkpoints] == [len(kept.leaves), len(kept.leaves) + 1]


async def test_a_group_without_entries_is_not_signed(group, other_group):
    await noted(group, "one")
    await sequenced(group)

    assert (await trail_of(other_group)).checkpoints == []


async def test_a_checkpoint_is_a_signed_note_that_names_its_log(group):
    await noted(group, "one")
    await sequenced(group)
    [found] = (await whole(group)).checkpoints

    text, _, signatures = found.note.partition("\n\n")
    origin, size, root, time = text.split("\n")
    assert (origin, size) == (origin_of(group.id), str(found.size))
    assert (b64decode(root), time) == (found.root, "time 2026-05-04T01:00:00.000000Z")
    dash, name, signed = signatures.rstrip("\n").split(" ")
    assert (dash, name) == ("\u2014", origin)
    verifier = (await signer(group)).verifier()
    told_name, told_id, told_key = verifier.split("+", 2)
    key = b64decode(told_key)
    assert (told_name, key[:1], b64decode(signed)[:4].hex()) == (origin, b"\x01", told_id)
    public = Ed25519PublicKey.from_public_bytes(key[1:])
    public.verify(b64decode(signed)[4:], f"{text}\n".encode())


def test_a_key_is_named_as_the_published_example_of_signed_notes_does():
    """C2SP signed-note and golang.org/x/mod/sumdb/note name keys by name, algorithm and key."""
    seed = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
    made = Signer.of(UUID(int=0), seed)
    named = Signer("PeterNeumann", made.key)

    assert named.verifier() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    assert named.signed(text).endswith(
        "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNI"
        "uGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )


async def test_what_commits_late_is_placed_late_and_is_not_passed_over(group):
    """Its id and its instant are before those of what has a place already."""
    async with group.work_as(group.founder) as work:
        late = (await append(work, verb="late")).id
        group.clock.on(hours=2)
        early = (await noted(group, "early"))[0]
        await sequenced(group)
        assert late < early
        assert late not in {one.id for one in (await trail_of(group)).leaves}
    await sequenced(group)

    found = await whole(group)
    places = [one.id for one in found.leaves]
    assert places.index(late) > places.index(early)


async def test_a_pass_over_what_is_of_late_leaves_the_rest_to_a_whole_one(group):
    await sequenced(group)
    async with group.work_as(group.founder) as work:
        await append(work, verb="late")
    group.clock.on(hours=OF_LATE.total_seconds() // 3600 + 1)

    assert await sequenced(group, whole=False) == 0
    assert await sequenced(group) == 1
    await whole(group)


async def test_a_clock_that_goes_back_takes_neither_places_nor_checkpoints_with_it(group):
    await noted(group, "before")
    await sequenced(group)
    first = (await trail_of(group)).checkpoints[-1]
    group.clock.now -= timedelta(hours=5)
    [after] = await noted(group, "after")
    await sequenced(group, whole=False)

    found = await whole(group)
    assert found.leaves[-1].id == after
    assert found.entries[after].at < first.at
    assert found.checkpoints[-1].at == first.at


async def test_two_sequencers_at_once_place_everything_once(group):
    await noted(group, *(f"verb{at}" for at in range(30)))
    many = [Sequencer(group.installation) for _ in range(4)]

    async def steps(one):
        """In small batches, so that they come between each other."""
        made = await signer(group)
        for _ in range(40):
            async with group.installation.writer.transaction(group.id, None) as session:
                await sequence(session, group.id, made, now=group.clock(), most=3)

    await asyncio.gather(steps(0), steps(1), *(one.catch_up(group.id) for one in many))
    await sequenced(group)

    await whole(group)


async def test_where_another_is_at_it_nothing_is_done_and_it_is_said_that_some_are_left(group):
    await noted(group, "one")
    made = await signer(group)
    async with group.installation.writer.transaction(group.id, None) as first:
        done = await sequence(first, group.id, made, now=group.clock())
        assert done.placed > 0
        async with group.installation.writer.transaction(group.id, None) as second:
            other = await sequence(second, group.id, made, now=group.clock())
        assert (other.placed, other.left) == (0, True)
    await whole(group)


class Killed(BaseException):
    """What a process that dies leaves behind: nothing that it had not committed."""


STEPS = 16
"""More than the statements that a sequencer sends for one batch and its checkpoint."""


@pytest.mark.parametrize("at", range(STEPS))
async def test_a_sequencer_that_is_killed_at_any_step_loses_nothing_and_doubles_nothing(
    group, monkeypatch, at
):
    await noted(group, "one", "two")
    await sequenced(group)
    before = await whole(group)
    await noted(group, *(f"verb{at}" for at in range(4)))
    steps = 0

    def dying(plain):
        async def send(self, *arguments, **options):
            nonlocal steps
            steps += 1
            if steps == at + 1:
                raise Killed
            return await plain(self, *arguments, **options)

        return send

    made = await signer(group)
    with monkeypatch.context() as patch:
        for name in ("execute", "scalar", "scalars"):
            patch.setattr(AsyncSession, name, dying(getattr(AsyncSession, name)))
        try:
            async with group.installation.writer.transaction(group.id, None) as session:
                await sequence(session, group.id, made, now=group.clock())
            died = False
        except Killed:
            died = True
    assert steps >= at + 1 if died else steps <= at
    left = await trail_of(group)
    assert len(left.leaves) == len(before.leaves) + (0 if died else 4)
    assert len(left.checkpoints) == len(before.checkpoints) + (0 if died else 1)

    await sequenced(group)
    await whole(group)


async def test_a_batch_that_is_full_is_not_signed_before_the_rest_has_its_places(group):
    """Its checkpoint would say that what is still waiting was made after it."""
    await noted(group, "one", "two", "three")
    made = await signer(group)
    async with group.installation.writer.transaction(group.id, None) as session:
        done = await sequence(session, group.id, made, now=group.clock(), most=2)

    assert (done.placed, done.left) == (2, True)
    assert (await trail_of(group)).checkpoints == []
    await sequenced(group)
    assert len((await whole(group)).checkpoints) == 1


async def test_a_large_tree_gives_its_proofs_out_of_the_hashes_that_are_kept(group):
    """Of more leaves than one kept hash stands for, in batches that end anywhere."""
    await many(group, 1500)
    made = await signer(group)
    for most in (1, 254, 3, 511, 700, 30):
        async with group.installation.writer.transaction(group.id, None) as session:
            done = await sequence(session, group.id, made, now=group.clock(), most=most)
            assert (done.placed, done.left) == (most, True)
    await sequenced(group)
    found = await whole(group)
    leaves = [one.leaf for one in found.leaves]
    root = root_of(leaves)

    async with group.installation.writer.transaction(group.id, (), read_only=True) as session:
        assert await root_at(session, group.id, len(leaves)) == root
        for at in (0, 255, 256, 257, 1023, len(leaves) - 1):
            proof = await hashes_over(session, group.id, inclusion_path(at, len(leaves)))
            assert is_included(leaves[at], at, len(leaves), proof, root)
        for size in (1, 255, 256, 700, 1280, len(leaves)):
            proof = await hashes_over(session, group.id, consistency_path(size, len(leaves)))
            roots = (root_of(leaves[:size]), root)
            assert is_consistent(size, len(leaves), roots, proof)


async def many(group, number):
    async with group.work_as(group.founder) as work:
        for _ in range(number):
            await append(work, verb="many", details={"rows": []})


async def test_the_application_can_neither_change_nor_take_back_what_stands_in_the_tree(
    group, addresses
):
    await noted(group, "one")
    await sequenced(group)
    async with connected(addresses.app) as app:
        await app.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
        for table in ("audit_entry", "audit_leaf", "audit_node", "audit_checkpoint"):
            for statement in (
                f"UPDATE {table} SET created_at = now()",
                f"DELETE FROM {table}",
                f"TRUNCATE {table}",
            ):
                with pytest.raises(Exception, match="permission denied"):
                    await app.execute(statement)
    await whole(group)


async def test_a_place_is_taken_once(group, addresses):
    """Should the lock ever fail, the table itself does not."""
    await noted(group, "one")
    await sequenced(group)
    async with connected(addresses.app) as app:
        await app.execute(f"SET app.group_id = '{group.id}'; SET app.write_tenants = '*'")
        with pytest.raises(Exception, match="uq_audit_leaf_group_id_leaf_index"):
            await app.execute(
                "INSERT INTO audit_leaf SELECT group_id, tenant_id, $1, leaf_index, leaf, root,"
                " row_version, created_at FROM audit_leaf WHERE leaf_index = 0",
                uuid7(group.clock()),
            )


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_lag_is_counted_from_the_last_pass_that_left_nothing_behind(group, monkeypatch):
    ticks = Ticks()
    sequencer = Sequencer(group.installation, ticks=ticks)
    await noted(group, "one")
    await sequencer.go_through()
    ticks.now += 61
    assert sequencer.lag == 61

    made = await signer(group)
    await noted(group, "two")
    async with group.installation.writer.transaction(group.id, None) as other:
        await sequence(other, group.id, made, now=group.clock())
        await sequencer.go_through()
        assert sequencer.lag == 61
    await sequencer.go_through()
    assert sequencer.lag == 0


async def test_a_pass_goes_through_every_group(group, other_group):
    for one in (group, other_group):
        await noted(one, "one")

    await Sequencer(group.installation).go_through()

    for one in (group, other_group):
        assert len((await whole(one)).checkpoints) == 1


async def test_a_trail_that_waits_for_more_than_a_minute_degrades_readiness(group):
    ticks = Ticks()
    group.installation.sequencer = Sequencer(group.installation, ticks=ticks)
    app = make_app(group.installation)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as client:
        ticks.now += 60
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        ticks.now += 1
        late = await client.get("/readyz")
        assert (late.status_code, late.json()) == (200, {"status": "degraded", "auditLag": 61})
        await group.installation.sequencer.go_through()
        assert (await client.get("/readyz")).json() == {"status": "ready"}
