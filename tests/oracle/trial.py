"""Gateway and interpreter are asked the same by whoever a seed makes, and their answers meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from graphql import GraphQLSchema, parse, validate

from api.graphql.gateway import Gateway
from api.graphql.request import Request
from api.planner.cursors import Cursors
from authz.actor import Actor, DenialMode
from runtime.installation import Installation
from tests.oracle.asking import Asking
from tests.oracle.chance import Chance
from tests.oracle.interpreter import Told, answer
from tests.oracle.operations import Drawn
from tests.oracle.rows import Rows
from tests.oracle.values import Values

UNREAD: Final = {"GRAPHQL_VALIDATION_FAILED", "COST_LIMIT_EXCEEDED"}
FURTHER: Final = 2  # how often a list is gone on with
KEPT: Final = 20_000  # cursors that are remembered


@dataclass(frozen=True, slots=True)
class Remembered(Cursors):
    """Cursors as they are, with what each of them holds."""

    places: dict[str, list[str | None]] = field(default_factory=dict)

    def seal(self, values: bytes, *, of: str, actor: Actor) -> str:
        """Seal, and remember."""
        if len(self.places) > KEPT:
            self.places.clear()
        cursor = Cursors.seal(self, values, of=of, actor=actor)
        self.places[cursor] = orjson.loads(values)
        return cursor


@dataclass(frozen=True, slots=True)
class Difference:
    """An operation that two answer differently, with all that it takes to ask it again."""

    case: str
    actor: Actor
    drawn: Drawn
    gateway: bytes
    oracle: bytes
    strict: bool = False

    def __str__(self) -> str:
        who = self.actor
        return (
            f"\n--- case {self.case}: {who.denials.value} at {who.tenant_path} "
            f"({who.scope.value}), person {who.person_id}\n{self.drawn.document}\n"
            f"variables {orjson.dumps(self.drawn.variables).decode()} strict {self.strict}\n"
            f"gateway {self.gateway.decode()}\noracle  {self.oracle.decode()}\n"
            f"apart   {apart(self.gateway, self.oracle)}\nmask\n{rules_of(who)}"
        )


def apart(one: bytes, other: bytes) -> str:
    """Where two answers first differ, for whoever has to find out why."""
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return " <> ".join(
        text[max(at - 60, 0) : at + 60].decode(errors="replace") for text in (one, other)
    )


def rules_of(actor: Actor) -> str:
    """The rules of a mask that reading looks at."""
    told = [
        f"  {act} {name}: {_lanes(rule.allow)} but {_lanes(rule.deny)}"
        for (act, name), rule in sorted(actor.mask.rules.items())
        if act in {"read", "filter", "sort", "aggregate", "decrypt"}
    ]
    return "\n".join(told)


@dataclass(slots=True)
class Trial:
    """A gateway over the small group, beside the rows that it answers from."""

    installation: Installation
    rows: Rows
    gateway: Gateway
    tally: Counter[str] = field(default_factory=Counter)
    shown: set[str] = field(default_factory=set)  # the fields that had a value for somebody

    @property
    def places(self) -> dict[str, list[str | None]]:
        """What is in the cursors that the gateway gave out."""
        assert isinstance(self.gateway.cursors, Remembered)
        return self.gateway.cursors.places

    async def differences(self, case: str, actor: Actor, drawn: Drawn) -> AsyncIterator[Difference]:
        """Ask an operation of both, and where it is a list, go on behind places in it."""
        chance = Chance(case)
        cursors: list[str] = []
        for turn in range(1 + FURTHER * drawn.paged):
            if drawn.paged:
                paging = _between(chance, cursors) if turn else {"first": chance.randint(1, 9)}
                drawn = Drawn(drawn.document, drawn.variables | paging, paged=True)
            strict = chance.likely(0.1)
            request = Request(query=drawn.document, variables=drawn.variables, strict=strict)
            body, found = await self.asked(actor, request)
            expected = self._expected(actor, request) if body is not None else None
            if body != expected:
                answers = body or b"", expected or b""
                yield Difference(f"{case}:{turn}", actor, drawn, *answers, strict)
            if not found:
                return
            cursors += found

    async def asked(self, actor: Actor, request: Request) -> tuple[bytes | None, list[str]]:
        """What the gateway answers, with the cursors in it; nothing where it is no operation."""
        try:
            whole = orjson.loads((await self.gateway.answer(actor, request)).body)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a difference
            return repr(error).encode(), []
        if "errors" in whole:
            return self._refused(actor, request, whole["errors"]), []
        found: list[str] = []
        data = self._without_seals(whole["data"], found)
        denied = [
            {name: one[name] for name in one if name != "grantedBy"}
            for one in whole.get("extensions", {}).get("denied", ())
        ]
        self.tally["answered"] += 1
        self.tally["withheld"] += bool(denied)
        return told(Told(data, tuple(denied))), found

    def _refused(self, actor: Actor, request: Request, errors: list[Any]) -> bytes | None:
        extensions = errors[0]["extensions"]
        if extensions["code"] in UNREAD:
            self.tally["no operation"] += 1
            invalid = validate(self.view(actor), parse(request.query))
            assert invalid or extensions["code"] != "GRAPHQL_VALIDATION_FAILED", request.query
            return None
        self.tally["refused"] += 1
        if extensions["code"] != "FORBIDDEN":
            return orjson.dumps(errors)
        once = {orjson.dumps(one): one for one in extensions["denied"]}
        return told(Told(refused=tuple(once.values())))

    def view(self, actor: Actor) -> GraphQLSchema:
        """The schema as an actor knows it."""
        return self.gateway.views.of(actor).schema

    def _expected(self, actor: Actor, request: Request) -> bytes:
        made = self.gateway.made
        mode = actor.denials
        if request.strict and mode is DenialMode.PARTIAL:
            mode = DenialMode.STRICT
        values = Values(self.rows, made.map, actor, self.installation.clock(), self.places)
        asking = Asking(made.graphql, request.query, dict(request.variables))
        expected = answer(asking, values, mode)
        self.shown |= expected.shown
        return told(expected)

    def _without_seals(self, value: Any, found: list[str]) -> Any:
        """An answer with what is in its cursors in their place."""
        if isinstance(value, dict):
            return {key: self._without_seals(one, found) for key, one in value.items()}
        if isinstance(value, list):
            return [self._without_seals(one, found) for one in value]
        if isinstance(value, str) and value in self.places:
            found.append(value)
            return f"cursor {orjson.dumps(self.places[value]).decode()}"
        return value


def told(answer: Told) -> bytes:
    """An answer as bytes: keys in the order in which they were asked, denials in any."""
    if answer.refused:
        return orjson.dumps({"refused": _sorted(answer.refused)}, option=orjson.OPT_SORT_KEYS)
    denied = orjson.dumps(_sorted(answer.denied), option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(answer.data) + b" denied " + denied


def _sorted(denied: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return sorted(denied, key=orjson.dumps)


def _between(chance: Chance, cursors: list[str]) -> dict[str, Any]:
    """Go on behind one place, ahead of another, or between two."""
    count = chance.randint(0, 4)
    size: dict[str, Any] = chance.choice(
        ({"first": count, "last": None}, {"first": None, "last": count}, {"first": None})
    )
    ends = chance.choice((("after",), ("before",), ("after", "before")))
    return {"after": None, "before": None, **size, **{end: chance.choice(cursors) for end in ends}}


def _lanes(lanes: Any) -> str:
    return " ".join(f"{lane.when}:{lane.fields:x}" for lane in lanes) or "-"
