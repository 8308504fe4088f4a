#!/usr/bin/env python3
"""Verify an exported audit trail: alone, without Peiyuan and without its database.

    python3 verify_audit.py trail.jsonl [more.jsonl ...] --key KEY [--checkpoint NOTE ...]

The files are parts of one trail, each beginning where the one before has ended. KEY is the public
key of the log, as its operator told you on a way of their own. A NOTE is a file with a checkpoint
that you have kept from earlier: whatever has been taken away since then shows by it.

It ends with 0 and "OK", or with 1 and the first place at which something is wrong, and what. It
needs Python 3.11 or newer and the package `cryptography`.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORM = "peiyuan-audit-bundle-1"
VERSION = 1
KEY, LINES = 33, 4  # bytes of a key, lines of a checkpoint
HEADER = {"form", "origin", "key", "from", "before"}
EVENT = {"index", "leaf", "root", "event"}
SUBJECT = {"salt", "personal"}
SLACK = 300.0  # seconds between the beginning of an act and its place in the tree


class Bad(Exception):
    """What is wrong, and where."""


def bad(where: str, what: str) -> NoReturn:
    raise Bad(f"{where}: {what}")


class Checkpoint(NamedTuple):
    """A tree as it was signed."""

    size: int
    root: bytes
    at: datetime
    where: str


class Key(NamedTuple):
    """A public key as signed notes write it: name, id, algorithm and key."""

    name: str
    id: bytes
    public: Ed25519PublicKey

    @classmethod
    def read(cls, text: str) -> Key:
        name, known, encoded = [*text.strip().split("+", 2), "", ""][:3]
        raw = decoded(encoded, "key")
        made = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != b"\x01" or len(raw) != KEY or made.hex() != known:
            bad("key", "this is not a key of a log")
        return cls(name, made, Ed25519PublicKey.from_public_bytes(raw[1:]))


class Tree:
    """The hashes of the complete subtrees that a growing tree is made of, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.standing: list[bytes] = []

    def begin(self, size: int, standing: list[bytes]) -> None:
        if len(standing) != size.bit_count():
            bad(f"before event {size}", "the hashes of what stands before it are not whole")
        self.size, self.standing = size, standing

    def add(self, leaf: bytes) -> None:
        found, place = leaf, self.size
        while place & 1:
            found, place = node(self.standing.pop(), found), place >> 1
        self.standing.append(found)
        self.size += 1

    def root(self) -> bytes:
        if not self.standing:
            return hashlib.sha256(b"").digest()
        found = self.standing[-1]
        for left in self.standing[-2::-1]:
            found = node(left, found)
        return found


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def decoded(text: object, where: str) -> bytes:
    try:
        found = base64.b64decode(str(text), validate=True)
    except binascii.Error:
        bad(where, "this is not base64")
    if base64.b64encode(found).decode() != text:
        bad(where, "this is not base64")
    return found


def instant(text: object, where: str) -> datetime:
    try:
        return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        bad(where, f"this is no instant: {text!r}")


def checkpoint(note: str, key: Key, where: str) -> Checkpoint:
    """Read a checkpoint, if the key has signed it."""
    text, _, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if len(lines) != LINES or not lines[3].startswith("time ") or not lines[1].isdecimal():
        bad(where, "this is not a checkpoint")
    if lines[0] != key.name:
        bad(where, f"this is a checkpoint of another log, {lines[0]}")
    if not signatures.endswith("\n"):
        bad(where, "this is not a signed note")
    for line in signatures[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if (dash, name) == ("\u2014", key.name):
            signed = decoded(encoded, where)
            if signed[:4] == key.id and verified(key, signed[4:], f"{text}\n"):
                return Checkpoint(
                    int(lines[1]), decoded(lines[2], where), instant(lines[3][5:], where), where
                )
    bad(where, "the key has not signed this")


def verified(key: Key, signature: bytes, text: str) -> bool:
    try:
        key.public.verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


class Part:
    """A file of the trail: its first line, its events and its checkpoints."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _, self.header = next(self.lines(), ("", {}))
        if self.header.keys() != HEADER or self.header["form"] != FORM:
            bad(str(path), f"the first line does not say that this is a {FORM}")

    def lines(self) -> Iterator[tuple[str, dict]]:
        with self.path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                where = f"{self.path} line {number}"
                try:
                    value = json.loads(line)
                except ValueError:
                    bad(where, "this is not JSON")
                if not isinstance(value, dict) or not known(value, first=number == 1):
                    bad(where, "this is no line of a trail")
                yield where, value

    def events(self) -> Iterator[tuple[str, dict]]:
        return (one for one in self.lines() if "index" in one[1])

    def notes(self) -> Iterator[tuple[str, str]]:
        return (
            (where, str(one["checkpoint"])) for where, one in self.lines() if "checkpoint" in one
        )


def known(line: dict, *, first: bool) -> bool:
    """Whether a line is one of those that a trail is made of."""
    if first:
        return "form" in line
    return line.keys() in ({"checkpoint"}, EVENT, EVENT | SUBJECT)


class Verifier:
    """Goes through a trail from its first event to its last."""

    def __init__(self, parts: list[Part], key: Key, kept: list[Checkpoint], slack: float) -> None:
        self.parts, self.key, self.slack = parts, key, timedelta(seconds=slack)
        self.tree = Tree()
        own = [
            checkpoint(note, key, f"checkpoint in {where}")
            for part in parts
            for where, note in part.notes()
        ]
        self.signed = sorted([*kept, *own], key=lambda one: (one.size, one.where))
        self.seen: set[str] = set()
        self.next = 0  # the checkpoint up to which events are being read

    def run(self) -> str:
        """Verify everything; say what was."""
        start = int(self.parts[0].header["from"])
        for part in self.parts:
            self.begin(part)
            for _, line in part.events():
                self.event(line)
        self.end(start)
        last = self.signed[-1]
        return (
            f"OK: {self.tree.size - start} events of {self.key.name}, from {start} up to "
            f"{self.tree.size - 1}; {len(self.signed)} checkpoints, the last of "
            f"{last.at.isoformat()} over {last.size} events"
        )

    def begin(self, part: Part) -> None:
        size = int(part.header["from"])
        if part.header["origin"] != self.key.name:
            bad(str(part.path), f"this is the trail of another log, {part.header['origin']}")
        if Key.read(part.header["key"]).id != self.key.id:
            bad(str(part.path), "its key is another one than you have been told")
        before = [decoded(one, str(part.path)) for one in part.header["before"]]
        if part is self.parts[0]:
            self.tree.begin(size, before)
            self.next = sum(one.size <= size for one in self.signed)
            for one in self.signed[: self.next]:
                if one.size == size and one.root != self.tree.root():
                    bad(f"before event {size}", f"the tree is not that of the {one.where}")
        elif (size, before) != (self.tree.size, self.tree.standing):
            bad(f"event {self.tree.size}", f"missing: {part.path} begins elsewhere, at {size}")

    def event(self, line: dict) -> None:
        place = self.tree.size
        where = f"event {place}"
        if line["index"] != place:
            bad(where, f"missing: event {line['index']} stands in its place")
        leaf, text = decoded(line.get("leaf"), where), line.get("event")
        if not isinstance(text, str):
            bad(where, "missing: its leaf is there, and it is not")
        if hashlib.sha256(b"\x00" + text.encode()).digest() != leaf:
            bad(where, "changed: its leaf is not the hash of it")
        self.content(json.loads(text), text, where)
        self.subject(line, json.loads(text), where)
        self.tree.add(leaf)
        if self.tree.root() != decoded(line.get("root"), where):
            bad(where, "changed, moved or put in: from here on the tree is another one")
        self.pass_checkpoints()

    def content(self, event: dict, text: str, where: str) -> None:
        plain = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if plain != text:
            bad(where, "it is not in canonical form")
        if event.get("v") != VERSION:
            bad(
                where, f"its form is of version {event.get('v')}, which this verifier does not know"
            )
        if f"peiyuan.audit/{event.get('group')}" != self.key.name:
            bad(where, "it is an event of another group")
        if event["id"] in self.seen:
            bad(where, "it stands here a second time")
        self.seen.add(event["id"])
        self.dates(instant(event.get("at"), where), where)

    def subject(self, line: dict, event: dict, where: str) -> None:
        """Hold whom an event leads to, where it is told, against what it has committed to."""
        if "salt" not in line:
            return
        salt, personal = decoded(line["salt"], where), str(line["personal"])
        if hashlib.sha256(salt + personal.encode()).hexdigest() != event["subject"]:
            bad(where, "changed: it is not about those of whom it says that it is")

    def dates(self, at: datetime, where: str) -> None:
        """Hold the time of an event against the checkpoints before and behind it."""
        if self.next:
            before = self.signed[self.next - 1]
            if at < before.at - self.slack:
                bad(
                    where,
                    f"back-dated: it says {at.isoformat()}, and was not yet there at "
                    f"{before.at.isoformat()}, when {before.size} events were signed",
                )
        if self.next < len(self.signed):
            behind = self.signed[self.next]
            if at > behind.at + self.slack:
                bad(
                    where,
                    f"dated ahead: it says {at.isoformat()}, and was there at "
                    f"{behind.at.isoformat()} already, when {behind.size} were signed",
                )

    def pass_checkpoints(self) -> None:
        while self.next < len(self.signed) and self.signed[self.next].size == self.tree.size:
            one = self.signed[self.next]
            if one.root != self.tree.root():
                before = self.signed[self.next - 1].size if self.next else 0
                bad(
                    f"event {before}",
                    f"changed: it, or one up to {one.size - 1}, is not what "
                    f"the {one.where} has signed",
                )
            self.next += 1

    def end(self, start: int) -> None:
        if self.next < len(self.signed):
            one = self.signed[self.next]
            bad(f"event {self.tree.size}", f"missing: the {one.where} has signed {one.size} events")
        if not self.signed or self.signed[-1].size < self.tree.size:
            first = self.signed[-1].size if self.signed else start
            bad(f"event {first}", "no checkpoint has signed it")


def main() -> int:
    given = arguments()
    try:
        parts = [Part(path) for path in given.files]
        key = Key.read(given.key or str(parts[0].header.get("key")))
        kept = [
            checkpoint(path.read_text(encoding="utf-8"), key, f"checkpoint in {path}")
            for path in given.checkpoint
        ]
        told = Verifier(parts, key, kept, given.slack).run()
    except Bad as found:
        print(found)
        return 1
    except (KeyError, TypeError, ValueError) as error:
        print(f"this is not a whole trail: {type(error).__name__} {error}")
        return 1
    print(told)
    if given.key is None:
        print(
            "The key was taken from the trail itself: compare it with what its operator told you:"
        )
        print(parts[0].header["key"])
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--key", help="the public key of the log")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, metavar="NOTE")
    parser.add_argument(
        "--slack",
        type=float,
        default=SLACK,
        metavar="SECONDS",
        help="how much clocks and long acts may differ (default: %(default)s)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
