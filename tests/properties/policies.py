"""Random policies over the real catalogue, and a naive reading of their lines beside the masks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

from api.graphql.schema import catalogue
from authz.compiler import compile_mask
from authz.conditions import CONDITIONS, Facts, Variables
from authz.lines import Line
from authz.masks import Mask
from tests.authz.worlds import naive_cond

SHOWING = ("read", "filter", "sort", "aggregate")
WHEN = ("-", *CONDITIONS)
OFTEN = ("-", "-", "reach", "subtree", *CONDITIONS)


@dataclass(frozen=True)
class Policy:
    """The lines that hold for somebody, and what they say when they are read one by one."""

    lines: tuple[Line, ...]

    @cached_property
    def mask(self) -> Mask:
        return compile_mask(self.lines, catalogue())

    def never(self, act: str, named: str) -> bool:
        """Whether no row can be open: nothing allows it, or something denies it on every row."""
        allow, deny = self.held(act, named)
        return not allow or "-" in deny

    def opens(self, act: str, named: str, facts: Facts, variables: Variables) -> bool:
        """Whether an object is open on one row, told without a mask."""
        allow, deny = self.held(act, named)
        row = (facts, variables)
        return any(naive_cond(row, when, "allow") for when in allow) and not any(
            naive_cond(row, when, "deny") for when in deny
        )

    def held(self, act: str, named: str) -> tuple[frozenset[str], frozenset[str]]:
        """The conditions of the lines that open an object for an act, and that close it."""
        key = (act, named)
        if key not in self._known:
            held = [
                line
                for line in self.lines
                if act in line.actions and catalogue().matches(named, line.object)
            ]
            self._known[key] = (
                frozenset(line.condition for line in held if line.allows),
                frozenset(line.condition for line in held if not line.allows),
            )
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]:
        return {}


Lines = tuple[Line, ...]


def line(named: str, acts: str = "read", when: str = "-", effect: str = "allow") -> Lines:
    """The lines of one object, one for each act."""
    return tuple(Line("role", "/", named, act, when, effect) for act in acts.split())


def policy(*lines: Lines) -> Policy:
    return Policy(tuple(one for several in lines for one in several))


def random_policy(random: Random) -> Policy:
    """Open most rows and some classes of fields, then many things singly, and close a few."""
    known = catalogue()
    common = tuple(random.choice(OFTEN) for _ in range(random.randint(1, 3)))
    types = [name for name in known.types if name != "Mutation"]
    fields = [f"{name}.{one}" for name in types for one in known.fields(name)]
    lines: list[Line] = []
    for name in types:
        if random.random() < 0.9:
            lines += line(name, "read", random.choice(common))
    for mark in ("@P0", "@P1", "@P2", "@P3", "@P4", "@pi.learning", "@pi.contact"):
        if random.random() < 0.5:
            lines += _some_acts(random, mark, random.choice(common))
    for _ in range(random.randint(0, 20)):
        lines += _some_acts(random, random.choice(fields), random.choice((*common, *WHEN)))
    for _ in range(random.randint(0, 6)):
        named = random.choice((*fields, *fields, *types, *(f"{name}.*" for name in types), "@P2"))
        when, act = random.choice(WHEN), random.choice(("read", "filter", "sort", "decrypt", "*"))
        lines += line(named, act, when, "deny")
    return Policy(tuple(lines))


def _some_acts(random: Random, named: str, when: str) -> Lines:
    if random.random() < 0.3:
        return line(named, "*", when)
    acts = ["read", *(one for one in (*SHOWING[1:], "decrypt") if random.random() < 0.6)]
    return line(named, " ".join(acts), when)
