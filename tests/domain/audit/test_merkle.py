"""The tree against the published vectors, and against its definition for every shape."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audit.merkle import (
    EMPTY,
    Subtree,
    complete,
    consistency_path,
    grown,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    root_of,
    spanned,
)

from . import reference

LEAVES = [leaf_hash(one) for one in reference.INPUTS]
DATA = st.lists(st.binary(max_size=4), min_size=1, max_size=70)


def hashes(leaves):
    return {Subtree(0, at): one for at, one in enumerate(leaves)}


def proved(spans, leaves):
    return [spanned(span, hashes(leaves)) for span in spans]


def test_the_tree_without_leaves_is_the_hash_of_nothing():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of([]) == EMPTY == bytes.fromhex(empty)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_reference_tree_has_the_published_roots(size):
    assert root_of(LEAVES[:size]).hex() == reference.ROOTS[size - 1]


@pytest.mark.parametrize(("leaf", "size", "published"), reference.INCLUSIONS)
def test_the_reference_tree_has_the_published_inclusion_proofs(leaf, size, published):
    proof = proved(inclusion_path(leaf - 1, size), LEAVES)

    assert [one.hex() for one in proof] == published
    root = bytes.fromhex(reference.ROOTS[size - 1])
    assert is_included(LEAVES[leaf - 1], leaf - 1, size, proof, root)


@pytest.mark.parametrize(("earlier", "later", "published"), reference.CONSISTENCIES)
def test_the_reference_tree_has_the_published_consistency_proofs(earlier, later, published):
    proof = proved(consistency_path(earlier, later), LEAVES)

    assert [one.hex() for one in proof] == published
    roots = [bytes.fromhex(reference.ROOTS[size - 1]) for size in (earlier, later)]
    assert is_consistent(earlier, later, tuple(roots), proof)


@given(DATA, st.data())
def test_root_and_proofs_are_those_of_the_definition(data, draw):
    leaves = [leaf_hash(one) for one in data]
    index = draw.draw(st.integers(0, len(data) - 1))
    earlier = draw.draw(st.integers(1, len(data)))

    assert root_of(leaves) == reference.tree(data)
    included = proved(inclusion_path(index, len(data)), leaves)
    assert included == reference.path(index, data)
    assert is_included(leaves[index], index, len(data), included, root_of(leaves))
    consistent = proved(consistency_path(earlier, len(data)), leaves)
    assert consistent == reference.proof(earlier, data)
    roots = (root_of(leaves[:earlier]), root_of(leaves))
    assert is_consistent(earlier, len(data), roots, consistent)


@given(DATA, st.data())
def test_a_proof_with_any_bit_changed_or_any_part_missing_shows_nothing(data, draw):
    leaves = [leaf_hash(one) for one in data]
    size, root = len(data), root_of(leaves)
    index = draw.draw(st.integers(0, size - 1))
    earlier = draw.draw(st.integers(1, size))
    included = proved(inclusion_path(index, size), leaves)
    consistent = proved(consistency_path(earlier, size), leaves)
    roots = (root_of(leaves[:earlier]), root)

    def flipped(hashed):
        at = draw.draw(st.integers(0, 255))
        return bytes(one ^ (1 << at % 8 if at // 8 == n else 0) for n, one in enumerate(hashed))

    assert not is_included(flipped(leaves[index]), index, size, included, root)
    assert not is_included(leaves[index], index, size, included, flipped(root))
    assert not is_included(leaves[index], index, size, [*included, root], root)
    assert not is_consistent(earlier, size, (flipped(roots[0]), roots[1]), consistent)
    assert not is_consistent(earlier, size, (roots[0], flipped(roots[1])), consistent)
    assert not is_consistent(earlier, size, roots, [*consistent, root])
    for at in range(len(included)):
        changed = [*included[:at], flipped(included[at]), *included[at + 1 :]]
        assert not is_included(leaves[index], index, size, changed, root)
        assert not is_included(leaves[index], index, size, included[:at], root)
    for at in range(len(consistent)):
        changed = [*consistent[:at], flipped(consistent[at]), *consistent[at + 1 :]]
        assert not is_consistent(earlier, size, roots, changed)
        assert not is_consistent(earlier, size, roots, consistent[:at])


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_a_tree_that_grows_in_any_steps_is_the_tree_that_was_there_at_once(steps):
    leaves = [leaf_hash(bytes([one])) for one in range(sum(steps))]
    kept: dict[Subtree, bytes] = {}
    sizes = [0]
    for step in steps:
        sizes.append(sizes[-1] + step)
    for start, end in pairwise(sizes):
        for size, more in enumerate(grown(start, leaves[start:end], kept), start=start + 1):
            assert more.root == root_of(leaves[:size])
            kept |= dict(more.made)
        frontier = complete((0, end))
        assert set(frontier) <= set(kept)
        assert spanned((0, end), {one: kept[one] for one in frontier}) == root_of(leaves[:end])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_proof(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_path(index, size)
    assert not is_included(LEAVES[0], index, size, [], LEAVES[0])


@pytest.mark.parametrize(("earlier", "later"), [(0, 3), (4, 3)])
def test_a_tree_does_not_grow_out_of_nothing_or_out_of_a_larger_one(earlier, later):
    with pytest.raises(ValueError, match="grow"):
        consistency_path(earlier, later)
    assert not is_consistent(earlier, later, (LEAVES[0], LEAVES[0]), [])
