"""Random policies, askers and rows; and Casbin beside them, with nothing of ours but the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import casbin

import authz
from authz.catalogue import Catalogue, DataClass, FieldEntry
from authz.conditions import CONDITIONS, Facts, Variables
from authz.lines import ACTIONS, Line
from authz.snapshot import Policy

MODEL = str(Path(authz.__file__).parent / "model.conf")
TYPES = ("Person", "Course", "Enrolment", "Tenant")
CLASSES = tuple(DataClass)
LABELS = ("public", "org", "pi.contact", "pi.identity", "pi.learning")
PATHS = ("/", "/cn/", "/cn/north/", "/cn/north/bj/", "/cn/north2/", "/cn/south/", "/cn/south/gz/")
ROLES = tuple(f"role_{number}" for number in range(8))
WHEN = ("-", "-", "-", "-", *CONDITIONS)
SIZES = (10, 10, 12, 12, 14, 14, 16, 18, 24, 40)
IDS = tuple(UUID(int=number) for number in range(1, 5))
INSTANTS = tuple(datetime(2026, 5, day, tzinfo=UTC) for day in (3, 4, 5))


class Casbin(casbin.Enforcer):
    """Casbin as it is, except that its matcher, which never changes, is parsed once."""

    _parsed = None

    def _get_expression(self, expr, functions=None):
        self._parsed = self._parsed or casbin.Enforcer._get_expression(expr, functions)
        return self._parsed


def naive_under(path: str, above: str) -> bool:
    parts, prefix = path.strip("/").split("/"), above.strip("/").split("/")
    return above == "/" or parts[: len(prefix)] == prefix


def naive_cond(row: tuple[Facts, Variables], name: str, effect: str) -> bool:
    facts, mine = row
    pairs = {
        "self": (facts.subject, mine.person),
        "own_mentees": (facts.mentor, mine.person),
        "own_line": (facts.supervisor, mine.person),
        "own_tenant": (facts.tenant, mine.tenant),
        "subtree": (facts.tenant, mine.tenants),
        "reach": (facts.tenant, mine.reach),
    }
    if name == "-":
        return True
    if name in {"certified", "consented", "contract_covers"}:
        outcome = naive_related(facts, mine, name)
        return effect == "deny" if outcome is None else outcome
    fact, value = pairs[name]
    if name in {"subtree", "reach"}:
        if value is None or len(value) == 0:
            return value is None
        return effect == "deny" if fact is None else fact in value
    if fact is None or value is None:
        return effect == "deny"
    return fact == value


def naive_related(facts: Facts, mine: Variables, name: str) -> bool | None:
    """What a certificate, a consent and a contract come to; None is unknown."""
    if name == "consented":
        return facts.consented
    until = mine.certified_until if name == "certified" else mine.contracted_until
    lasts = None if facts.at is None or until is None else facts.at < until
    if name == "certified":
        return lasts
    known = facts.cohorts is not None and mine.cohort is not None
    covers = mine.cohort in facts.cohorts if known else None
    if False in {lasts, covers}:
        return False
    return None if None in {lasts, covers} else True


@dataclass(frozen=True)
class World:
    """A policy, one asker's assignments, and requests that meet its lines more often than not."""

    entries: tuple[FieldEntry, ...]
    policy: Policy
    assigned: tuple[tuple[str, str], ...]
    tokens: tuple[tuple[str, ...], ...]
    random: Random

    def naive_objm(self, requested: str, pattern: str) -> bool:
        if pattern in {"*", requested}:
            return True
        asked_type, _, asked_field = requested.partition(".")
        if pattern == f"{asked_type}.*":
            return asked_field != ""
        return any(
            f"{entry.type}.{entry.field}" == requested
            and pattern in {f"@{entry.label}", f"@{entry.data_class.value}"}
            for entry in self.entries
        )

    def enforcer(self, act: str | None = None) -> Any:
        """Load the policy into Casbin through its own interface, or its lines of one action."""
        enforcer = self._empty()
        lines = [one for one in self.policy.lines if act is None or one.action in {act, "*"}]
        enforcer.add_policies(list({line.row: list(line.row) for line in lines}.values()))
        enforcer.add_named_grouping_policies(
            "g", [list(link) for link in set(self.policy.inherits)]
        )
        for role, path in set(self.assigned):
            enforcer.add_named_grouping_policy("g", "user:grace", role, path)
        return enforcer

    def of_token(self, scopes: tuple[str, ...], act: str) -> Any:
        """Load the scopes of a token into a Casbin of their own, as lines of a role of its own."""
        enforcer = self._empty()
        spoken = sorted({scope for scope in scopes if scope.partition(":")[0] in {act, "*"}})
        parts = (scope.partition(":") for scope in spoken)
        enforcer.add_policies(
            [["token", "/", pattern, action, "-", "allow"] for action, _, pattern in parts]
        )
        enforcer.add_named_grouping_policy("g", "user:grace", "token", "/")
        return enforcer

    def _empty(self) -> Any:
        enforcer = Casbin(MODEL)
        enforcer.add_function("under", naive_under)
        enforcer.add_function("objm", self.naive_objm)
        enforcer.add_function("cond", naive_cond)
        enforcer.add_named_domain_matching_func("g", naive_under)
        return enforcer

    def roles_at(self, path: str) -> frozenset[str]:
        return frozenset(role for role, where in self.assigned if naive_under(path, where))

    def requests(self, count: int) -> Iterator[tuple[str, str, str, Facts, Variables]]:
        objects = [*TYPES, *(f"{entry.type}.{entry.field}" for entry in self.entries)]
        acts = sorted({line.action for line in self.policy.lines} - {"*"}) or ["read"]
        for _ in range(count):
            act = self.random.choice(acts if self.random.random() < 0.9 else ACTIONS)
            yield (
                self.random.choice(PATHS), self.random.choice(objects), act,
                random_facts(self.random), random_variables(self.random),
            )  # fmt: skip


def random_facts(random: Random) -> Facts:
    return Facts(
        *(random.choice((None, *IDS)) for _ in range(4)),
        consented=random.choice((None, True, False)),
        cohorts=random.choice((None, frozenset(), frozenset(random.sample(IDS, 2)))),
        at=random.choice((None, *INSTANTS)),
    )


def random_variables(random: Random) -> Variables:
    def some() -> frozenset[UUID] | None:
        size = random.randrange(-1, 4)
        return None if size < 0 else frozenset(random.sample(IDS, size))

    return Variables(
        person=random.choice((None, *IDS)),
        tenant=random.choice(IDS),
        tenants=some(),
        reach=some(),
        cohort=random.choice((None, *IDS)),
        certified_until=random.choice((None, *INSTANTS)),
        contracted_until=random.choice((None, *INSTANTS)),
    )


def random_world(seed: int) -> World:
    random = Random(seed)
    entries = tuple(
        FieldEntry(name, f"field{number}", random.choice(LABELS), random.choice(CLASSES))
        for name in TYPES
        for number in range(random.randrange(1, 5))
    )
    catalogue, denies = Catalogue(entries), random.choice((0.1, 0.2, 0.2, 0.4))
    policy = Policy(
        version=seed,
        lines=tuple(random_line(random, entries, denies) for _ in range(random.choice(SIZES))),
        inherits=tuple(random_links(random)),
        catalogue=catalogue,
    )
    assigned = tuple(
        (random.choice(ROLES), random.choice(("/", *PATHS[:3])))
        for _ in range(random.randrange(1, 5))
    )
    return World(entries, policy, assigned, tuple(random_tokens(random, entries)), random)


def random_tokens(random: Random, entries: tuple[FieldEntry, ...]) -> Iterator[tuple[str, ...]]:
    """Some tokens: each with a few scopes, narrow ones and wide ones."""
    for wide in ((), ("*:*",), TYPES, tuple(f"{name}.*" for name in TYPES)):
        narrow = [random_line(random, entries) for _ in range(random.randrange(1, 7))]
        scopes = [
            *(f"{scope.action}:{scope.object}" for scope in narrow),
            *random_wide(random, wide),
        ]
        yield tuple(scopes)


def random_wide(random: Random, objects: tuple[str, ...]) -> Iterator[str]:
    for name in objects:
        yield name if ":" in name else f"{random.choice(('read', 'read', '*'))}:{name}"


def random_line(random: Random, entries: tuple[FieldEntry, ...], denies: float = 0.2) -> Line:
    entry = random.choice(entries)
    patterns = (
        entry.type, f"{entry.type}.{entry.field}", f"{entry.type}.*", f"@{entry.label}",
        f"@{entry.data_class.value}", "*",
    )  # fmt: skip
    return Line(
        role=random.choice(ROLES),
        tenant_path=random.choice(PATHS) if random.random() < 0.4 else "/",
        object=random.choices(patterns, weights=(5, 5, 5, 3, 3, 1))[0],
        action=random.choice(("read", "read", "decrypt", "write", "create", "*")),
        condition=random.choice(WHEN),
        effect="deny" if random.random() < denies else "allow",
    )


def random_links(random: Random) -> Iterator[tuple[str, str, str]]:
    """Link roles to later ones only: a graph without cycles, and never deeper than its roles."""
    for _ in range(random.randrange(4, 12)):
        above, below = sorted(random.sample(range(len(ROLES)), 2))
        yield ROLES[above], ROLES[below], random.choice(PATHS[:3])
