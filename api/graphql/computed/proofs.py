"""The trail proved: that an event is in it, that it only ever grew, and the trail to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.graphql.computing import Computed, computes
from api.graphql.types import made
from api.planner.refusals import BadArgument
from domain.audit.bundle import bundle, encoded
from domain.audit.proofs import READ, consistency_of, proof_of, signed_at
from domain.kernel.ids import external_id, split_external_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.graphql.asked import Asked
    from api.graphql.computing import Tree
    from domain.kernel.work import Work

EVENT: Final = "aud"
MOST: Final = 1000
RIGHT: Final = ("AuditEntry", "read")
SIZE = "The size of a checkpoint, which is the second line of its note"


def declare_proof() -> None:
    """Make the type of a proof that an event is in the tree."""
    made(
        "AuditProof",
        "存在证明 What shows that an event is in the tree of a checkpoint (RFC 6962, 2.1.1).",
        [
            ("eventId", "ID!", "The event."),
            ("index", "Int!", "Its place in the tree, from 0."),
            ("size", "Int!", "The size of the tree."),
            ("leaf", "String!", "Its hash as a leaf, in base64."),
            ("path", "[String!]!", "The hashes that lead from it to the root, in base64."),
            ("checkpoint", "String!", "The signed note that holds the root."),
        ],
    )


def declare_consistency() -> None:
    """Make the type of a proof that the tree grew."""
    made(
        "AuditConsistency",
        "一致性证明 What shows that a tree begins with an earlier one (RFC 6962, 2.1.2).",
        [
            ("path", "[String!]!", "The hashes that lead to both roots, in base64."),
            ("earlier", "String!", "The signed note of the earlier tree."),
            ("later", "String!", "The signed note of the later one."),
        ],
    )


def declare_export() -> None:
    """Make the type of an export."""
    made(
        "AuditExport",
        "审计导出 A part of the trail, as `tools/verify_audit.py` takes it.",
        [
            (
                "lines",
                "[String!]!",
                "Lines of JSON; with a line feed behind each, they are a file.",
            ),
            ("key", "String!", "The public key; compare it with what its operator told you."),
            ("next", "Int", "Where the next part begins; null where this is the last."),
        ],
    )


async def _proof(work: Work, _: Asked, given: Mapping[str, Any]) -> Tree:
    parts = split_external_id(given["eventId"])
    if parts is None or parts[0] != EVENT:
        message = f"This must be an id that begins with `{EVENT}_`."
        raise BadArgument(message, argument="eventId")
    found = await proof_of(work, parts[1], given.get("checkpoint"))
    return {
        "eventId": external_id(EVENT, found.leaf.id),
        "index": found.leaf.leaf_index,
        "size": found.checkpoint.size,
        "leaf": encoded(found.leaf.leaf),
        "path": [encoded(one) for one in found.path],
        "checkpoint": found.checkpoint.note,
    }


async def _consistency(work: Work, _: Asked, given: Mapping[str, Any]) -> Tree:
    found = await consistency_of(work, given["from"], given.get("to"))
    return {
        "path": [encoded(one) for one in found.path],
        "earlier": found.earlier.note,
        "later": found.later.note,
    }


async def _export(work: Work, _: Asked, given: Mapping[str, Any]) -> Tree:
    """Hand out events in the order of the tree; whoever may read all of them, for it is of all."""
    last = await signed_at(work, given.get("to"))
    await work.permit(READ, last)
    start = given["from"]
    if not 0 <= start < last.size:
        message = f"This must be a place below {last.size}, the size of the checkpoint."
        raise BadArgument(message, argument="from")
    end = min(start + MOST, last.size)
    lines = bundle(work.session, work.actor.group_id, last.key, (start, end))
    return {
        "lines": [one async for one in lines],
        "key": last.key,
        "next": end if end < last.size else None,
    }


computes(
    Computed(
        name="auditProof",
        kind="AuditProof",
        says="What shows that an event is in the tree of a checkpoint.",
        right=RIGHT,
        declare=declare_proof,
        answer=_proof,
        arguments=(
            ("eventId", "ID!", "The event.", ...),
            ("checkpoint", "Int", f"{SIZE}; the last, if it is left out.", None),
        ),
    )
)
computes(
    Computed(
        name="auditConsistency",
        kind="AuditConsistency",
        says="What shows that the trail has only grown from one checkpoint to another.",
        right=RIGHT,
        declare=declare_consistency,
        answer=_consistency,
        arguments=(
            ("from", "Int!", f"{SIZE}.", ...),
            ("to", "Int", f"{SIZE}; the last, if it is left out.", None),
        ),
    )
)
computes(
    Computed(
        name="auditExport",
        kind="AuditExport",
        says="The trail from a place on, at most a thousand events at once, to be verified.",
        right=RIGHT,
        declare=declare_export,
        answer=_export,
        kept=True,
        arguments=(
            ("from", "Int", "The place of the first event.", 0),
            ("to", "Int", f"{SIZE}; up to the last, if it is left out.", None),
        ),
    )
)
