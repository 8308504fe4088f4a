"""The Merkle tree of RFC 6962: its hash, and the proofs of what is in it and of how it grew.

Nothing here knows where hashes are kept. What a proof is made of is named as subtrees that are
complete, by height and place; whoever asks brings their hashes along.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LEAF, NODE = b"\x00", b"\x01"
EMPTY: Final = sha256(b"").digest()
"""The hash of a tree without leaves."""


class Subtree(NamedTuple):
    """A complete subtree over 2**height leaves: the one at a place among those of its height."""

    height: int
    place: int


Hashes: TypeAlias = "Mapping[Subtree, bytes]"
Span: TypeAlias = tuple[int, int]
"""Leaves from one up to and without the other."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; it begins otherwise than that of a node, so that none passes for one."""
    return sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return sha256(NODE + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The hash of the tree over hashes of leaves."""
    return spanned((0, len(leaves)), {Subtree(0, at): leaf for at, leaf in enumerate(leaves)})


def split(size: int) -> int:
    """Where a tree of more than one leaf parts: the largest power of two below its size."""
    return 1 << (size - 1).bit_length() - 1


def complete(span: Span) -> list[Subtree]:
    """Name the complete subtrees that a span of a tree is made of, from the left."""
    start, end = span
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        found.append(Subtree(height, start >> height))
        start += 1 << height
    return found


def spanned(span: Span, hashes: Hashes) -> bytes:
    """The hash over a span of a tree, out of those of its complete subtrees or of what is below."""
    parts = [_of(one, hashes) for one in complete(span)]
    return _folded(parts) if parts else EMPTY


def _of(wanted: Subtree, hashes: Hashes) -> bytes:
    known = hashes.get(wanted)
    if known is not None:
        return known
    height, place = wanted
    if not height:
        raise KeyError(wanted)
    below = (Subtree(height - 1, 2 * place + side) for side in (0, 1))
    return node_hash(*(_of(one, hashes) for one in below))


def inclusion_path(index: int, size: int) -> list[Span]:
    """The spans whose hashes show that a leaf is in the tree of a size (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        message = f"a tree of {size} has no leaf {index}"
        raise ValueError(message)
    start, end = 0, size
    found: list[Span] = []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_path(earlier: int, later: int) -> list[Span]:
    """The spans whose hashes show that a tree grew out of an earlier one (RFC 6962, 2.1.2)."""
    if not 0 < earlier <= later:
        message = f"a tree of {later} did not grow out of one of {earlier}"
        raise ValueError(message)
    start, end = 0, later
    found: list[Span] = []
    whole = True  # so far this is the earlier tree itself, whose root is known to whoever asks
    while earlier < end:
        middle = start + split(end - start)
        if earlier <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    return [*([] if whole else [(start, end)]), *found[::-1]]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf is in the tree of a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for one in proof:
        if not last:
            return False
        if at & 1 or at == last:
            found = node_hash(one, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, one)
        at, last = at >> 1, last >> 1
    return not last and found == root


def is_consistent(
    earlier: int, later: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the later tree begins with the earlier (RFC 9162, 2.1.4.2)."""
    if not 0 < earlier <= later:
        return False
    if earlier == later:
        return not proof and roots[0] == roots[1]
    path = list(proof)
    if not earlier & (earlier - 1):
        path.insert(0, roots[0])
    if not path:
        return False
    at, last = earlier - 1, later - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if not last:
            return False
        if at & 1 or at == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, one)
        at, last = at >> 1, last >> 1
    return not last and (old, new) == roots


class Growth(NamedTuple):
    """What one more leaf makes: the root of the tree that ends with it, and complete subtrees."""

    root: bytes
    made: tuple[tuple[Subtree, bytes], ...]


def grown(size: int, leaves: Iterable[bytes], hashes: Hashes) -> Iterator[Growth]:
    """Let a tree of a size grow, leaf by leaf.

    `hashes` has to hold those of the complete subtrees that the tree is made of so far.
    """
    standing = [(one, hashes[one]) for one in complete((0, size))]
    for place, leaf in enumerate(leaves, start=size):
        one = Subtree(0, place), leaf
        made = [one]
        while one[0].place & 1:
            (height, at), right = one
            _, left = standing.pop()
            one = Subtree(height + 1, at >> 1), node_hash(left, right)
            made.append(one)
        standing.append(one)
        yield Growth(_folded([found for _, found in standing]), tuple(made))


def _folded(parts: list[bytes]) -> bytes:
    """The hash over complete subtrees that stand beside each other, the largest first."""
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found
