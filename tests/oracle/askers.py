"""Random roles and whoever holds them: lines that the real compiler turns into a mask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from authz.actor import Actor, DenialMode, Entrusted, PrincipalKind, Scope
from authz.catalogue import Catalogue
from authz.compiler import compile_mask
from authz.conditions import CONDITIONS
from authz.lines import Line
from authz.masks import Mask
from authz.roles import built_in
from authz.snapshot import Policy
from tests.oracle.chance import Chance
from tests.oracle.rows import Rows
from tests.people import NOW

READING: Final = ("read", "filter", "sort", "aggregate", "decrypt")
CONDITIONAL: Final = tuple(CONDITIONS)
WHEN: Final = ("-", *CONDITIONAL)
TREE: Final = ("-", "subtree", "reach", "own_tenant", "subtree", "reach")


@dataclass(frozen=True, slots=True)
class Roles:
    """What random lines are drawn over."""

    catalogue: Catalogue
    paths: tuple[str, ...]

    def mask(self, chance: Chance, path: str) -> Mask:
        """Compile a random policy for whoever stands at a tenant."""
        kind = chance.choices(range(5), weights=(1, 6, 5, 1, 2))[0]
        match kind:
            case 0:
                return self._compiled([self._line(chance, "*", "*", "-")], path)
            case 1:
                return self._compiled([*self._open(chance), *self._closing(chance)], path)
            case 2:
                return self._compiled([*self._patches(chance), *self._closing(chance)], path)
            case 3:
                names = sorted({line.role for line in built_in().lines})
                roles = chance.sample(names, chance.randint(1, 3))
                return built_in().policy(self.catalogue).mask(roles, path)
            case _:
                one = self._compiled([*self._patches(chance)], path)
                return one & self._compiled([*self._open(chance), *self._closing(chance)], path)

    def open(self) -> Mask:
        """The mask that hides nothing."""
        return compile_mask([Line("all", "/", "*", "*", "-", "allow")], self.catalogue)

    def _compiled(self, lines: list[Line], path: str) -> Mask:
        policy = Policy(version=1, lines=tuple(lines), inherits=(), catalogue=self.catalogue)
        return policy.mask({"drawn"}, path)

    def _open(self, chance: Chance) -> Iterator[Line]:
        """Open everything, on all rows or on some, to all acts of reading or to most."""
        for act in READING:
            if act == "read" or chance.likely(0.92):
                when = "-" if chance.likely(0.75) else chance.choice(TREE)
                yield self._line(chance, "*", act, when)

    def _patches(self, chance: Chance) -> Iterator[Line]:
        """Open types one by one, most on all rows, and their fields on rows of their own."""
        for name in self.catalogue.types:
            if chance.likely(0.9):
                for when in chance.sample(WHEN, chance.choice((1, 1, 2))):
                    yield self._line(chance, name, "read", when if chance.likely(0.6) else "-")
            if self.catalogue.fields(name) and chance.likely(0.7):
                act, when = chance.choice(("*", "*", "read")), chance.choice(WHEN)
                yield self._line(chance, f"{name}.*", act, when)
        for _ in range(chance.randint(3, 25)):
            act = chance.choice(("*", *READING))
            yield self._line(chance, self._object(chance), act, chance.choice(WHEN))
        mark = chance.choice(("@P0", "@P1", "@P2", "@P3", "*"))
        yield self._line(chance, mark, "*", chance.choice(TREE))

    def _closing(self, chance: Chance) -> Iterator[Line]:
        """Close something again, mostly fields on some rows."""
        for _ in range(chance.choice((0, 4, 10, 20, 40))):
            act = chance.choice(("read", "read", *READING))
            when = chance.choice(CONDITIONAL) if chance.likely(0.8) else "-"
            yield self._line(chance, self._object(chance), act, when, effect="deny")

    def _object(self, chance: Chance) -> str:
        name = chance.choice([one for one in self.catalogue.types if one != "Mutation"])
        fields = self.catalogue.fields(name)
        marks = ("@P0", "@P1", "@P2", "@P3", "@pi.learning", "@pi.contact", "@org", "@public")
        kind = chance.random()
        if kind < 0.5 and fields:
            return f"{name}.{chance.choice(fields)}"
        if kind < 0.7:
            return f"{name}.*" if fields else name
        return name if kind < 0.8 else chance.choice(marks)

    def _line(
        self, chance: Chance, object_: str, act: str, when: str, effect: str = "allow"
    ) -> Line:
        path = "/" if chance.likely(0.9) else chance.choice(self.paths)
        return Line("drawn", path, object_, act, when, effect)


def asker(
    chance: Chance, rows: Rows, *, mask: Mask, path: str, version: int, denials: DenialMode
) -> Actor:
    """Somebody, or an account of nobody's, who stands at a tenant."""
    tenants = {row["path"]: row["id"] for row in rows.all("tenant")}
    above = [one for one in tenants if path.startswith(one) and one != path]
    below = [one for one in tenants if one.startswith(path) and one != path]
    whole = not above
    people = [row["id"] for row in rows.all("person")]
    person: UUID | None = chance.some(*people[:4], *people[:4], *people, none=0.15)
    own = [tenants[path], *(tenants[one] for one in sorted(below))]
    scope = Scope.WHOLE if whole else Scope.SUBTREE if below else Scope.ONE
    return Actor(
        principal_id=UUID(int=chance.getrandbits(128)),
        kind=PrincipalKind.PERSON if person else PrincipalKind.SERVICE,
        name="" if person else "account",
        person_id=person,
        group_id=rows.group,
        tenant_id=tenants[path],
        tenant_path=path,
        roles=frozenset({"drawn"}),
        scope=scope,
        tenants=() if whole else tuple(own),
        reach=() if whole else (*(tenants[one] for one in above), *own),
        mask=mask,
        denials=denials,
        token_id=None,
        policy_version=version,
        certified_until=_nearby(chance),
        entrusted=_entrusted(chance, rows),
    )


def _entrusted(chance: Chance, rows: Rows) -> Entrusted | None:
    """A processing contract that covers a cohort, or nobody; or none at all."""
    until = _nearby(chance)
    if until is None:
        return None
    return Entrusted(
        contract_id=UUID(int=chance.getrandbits(128)),
        cohort_id=chance.some(*(one["id"] for one in rows.all("cohort")), none=0.1),
        purposes=frozenset(),
        until=until,
    )


def _nearby(chance: Chance) -> datetime | None:
    """An instant at which something ends: mostly later than now, now and then this very one."""
    return chance.some(NOW + timedelta(days=1), NOW + timedelta(days=1), NOW, none=0.2)
