"""Policy lines become a mask: what Casbin would answer, asked once for all rows and fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from .catalogue import Catalogue
from .conditions import ALWAYS
from .lines import ACTIONS, EVERY, Line
from .masks import Lane, Mask, Rule

Lanes: TypeAlias = defaultdict[tuple[str, str], defaultdict[str, int]]


class UnknownScope(ValueError):
    """A token's scope is `action:object`, with an action and an object that exist."""


def compile_mask(lines: Iterable[Line], catalogue: Catalogue) -> Mask:
    """Compile the lines that hold for an actor, whatever roles and tenants they came from.

    Lines of one condition and one effect share a lane; nothing else is ever put together.
    """
    opened: Lanes = defaultdict(lambda: defaultdict(int))
    closed: Lanes = defaultdict(lambda: defaultdict(int))
    for line in lines:
        side = opened if line.allows else closed
        for type_name, bits in catalogue.expand(line.object).items():
            for act in line.actions:
                side[act, type_name][line.condition] |= bits
    # What nothing opens needs no rule: a deny alone closes what is closed already.
    return Mask(
        catalogue,
        {key: Rule(_lanes(opened[key]), _lanes(closed.get(key, {}))) for key in sorted(opened)},
    )


def scope_mask(scopes: Iterable[str], catalogue: Catalogue) -> Mask:
    """Compile the scopes of a token, `read:Course.*` or `create:Enrolment`, into a mask.

    It opens on every row; the owner's mask, which it is to meet, says which rows those are.
    """
    return compile_mask((_line(scope, catalogue) for scope in scopes), catalogue)


def token_mask(scopes: Iterable[str], catalogue: Catalogue) -> Mask:
    """Compile the scopes of a token in use: one that has lost its object opens nothing."""
    return scope_mask((scope for scope in scopes if is_scope(scope, catalogue)), catalogue)


def is_scope(scope: str, catalogue: Catalogue) -> bool:
    """Say whether a scope names an action and an object that exist."""
    action, _, pattern = scope.partition(":")
    return action in {*ACTIONS, EVERY} and catalogue.knows(pattern)


def _line(scope: str, catalogue: Catalogue) -> Line:
    if not is_scope(scope, catalogue):
        raise UnknownScope(scope)
    action, _, pattern = scope.partition(":")
    return Line("token", "/", pattern, action, ALWAYS, "allow")


def _lanes(fields: dict[str, int]) -> tuple[Lane, ...]:
    return tuple(Lane(when, bits) for when, bits in sorted(fields.items()) if bits)
