"""The table: each candidate by question, with its ratio to the floors, and what was promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from .rig import NAMES, OURS, UNGUARDED

if TYPE_CHECKING:
    from .questions import Question
    from .rounds import Measured

HEAD: Final = (
    "| question | candidate | server µs | × text | PostgreSQL µs | both × better floor "
    "| requests/s | p50 ms | p99 ms | RSS MiB |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def table(questions: Sequence[Question], measured: Mapping[tuple[str, str], Measured]) -> str:
    """Write everything that was measured, and how it stands to what was promised."""
    rows = [row for question in questions for row in _rows(question, measured)]
    promises = [line for question in questions for line in _promises(question, measured)]
    return "\n".join([HEAD, *rows, "", *promises])


def _rows(question: Question, measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    floor = _floors(question, measured)
    for name in NAMES:
        one = measured.get((question.name, name))
        if one is None:
            continue
        server, database = one.of("server"), one.of("database")
        ratio = f"{server / floor[0]:.2f}" if floor else "–"
        both = f"{(server + database) / floor[1]:.2f}" if floor else "–"
        yield (
            f"| {question.name} | {name} | {server:.0f} | {ratio} | {database:.0f} | {both} "
            f"| {one.of('per_second'):.0f} | {one.of('p50'):.2f} | {one.of('p99'):.2f} "
            f"| {one.of('resident'):.0f} |"
        )


def _floors(
    question: Question, measured: Mapping[tuple[str, str], Measured]
) -> tuple[float, float] | None:
    """The text floor's server CPU, and the better floor's server and PostgreSQL together."""
    floors = [measured.get((question.name, name)) for name in ("text", "records")]
    known = [one for one in floors if one is not None]
    if floors[0] is None:
        return None
    return floors[0].of("server"), min(one.of("server") + one.of("database") for one in known)


def _promises(question: Question, measured: Mapping[tuple[str, str], Measured]) -> Iterator[str]:
    """Hold what was measured against what was promised."""
    ours, floor = measured[question.name, OURS], _floors(question, measured)
    server = ours.of("server")
    if floor and question.floor:
        yield _kept(question, "server CPU × text floor", server / floor[0], question.floor)
    if floor and question.both:
        both = (server + ours.of("database")) / floor[1]
        yield _kept(question, "server + PostgreSQL × better floor", both, question.both)
    bare = measured.get((question.name, UNGUARDED))
    if bare and question.guards:
        share = 1 - bare.of("server") / server
        yield _kept(question, "share of freshness, masks and wall", share, question.guards)
    usual = measured.get((question.name, "strawberry"))
    if usual and question.usual:
        times = usual.of("server") / server
        kept = "kept" if times >= question.usual else "NOT kept"
        yield (
            f"- {question.name}: strawberry × ours {times:.1f}, "
            f"promised ≥ {question.usual:g}: {kept}"
        )


def _kept(question: Question, what: str, found: float, most: float) -> str:
    kept = "kept" if found <= most else "NOT kept"
    return f"- {question.name}: {what} {found:.2f}, promised ≤ {most:g}: {kept}"
