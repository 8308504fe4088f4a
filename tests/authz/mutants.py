"""Compilers that forget one rule each, for the comparison with Casbin to find out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from authz import masks
from authz.catalogue import ROW, Catalogue
from authz.compiler import compile_mask, scope_mask
from authz.lines import Line
from authz.masks import Lane, Mask, Rule, lanes
from tests.authz.worlds import World

Scopes = tuple[str, ...] | None
Compiler = Callable[[World, str, Scopes], Mask]


def honest(world: World, path: str, scopes: Scopes) -> Mask:
    """The mask as it should be: the lines of the roles, met with the scopes of the token."""
    return met(owner(world, path), scopes)


def owner(world: World, path: str) -> Mask:
    return world.policy.mask(world.roles_at(path), path)


@cache
def scoped(scopes: tuple[str, ...], catalogue: Catalogue) -> Mask:
    return scope_mask(scopes, catalogue)


def met(mask: Mask, scopes: Scopes) -> Mask:
    return mask if scopes is None else _meeting(mask.catalogue, mask, scopes)


@lru_cache(4096)
def _meeting(catalogue: Catalogue, mask: Mask, scopes: tuple[str, ...]) -> Mask:
    """Meet a mask with scopes, once: masks of two catalogues may look alike, hence the first."""
    return mask & scoped(scopes, catalogue)


def of_lines(change: Callable[[Line], Line | None]) -> Compiler:
    """Compile as it should be, but from lines that are changed, or dropped."""

    @cache
    def mutated(world: int, policy: Any) -> Any:
        changed = (change(line) for line in policy.lines)
        return replace(policy, lines=tuple(line for line in changed if line))

    def compiler(world: World, path: str, scopes: Scopes) -> Mask:
        policy = mutated(world.policy.version, world.policy)
        return honest(replace(world, policy=policy), path, scopes)

    return compiler


def of_links(change: Callable[[Any], tuple[Any, ...]]) -> Compiler:
    """Compile as it should be, but with other inheritances."""
    mutated = cache(lambda policy: replace(policy, inherits=change(policy.inherits)))

    def compiler(world: World, path: str, scopes: Scopes) -> Mask:
        return honest(replace(world, policy=mutated(world.policy)), path, scopes)

    return compiler


def of_masks(change: Callable[[Mask], Mask]) -> Compiler:
    """Compile as it should be, and change what came of it."""
    return lambda world, path, scopes: met(change(owner(world, path)), scopes)


def of_rules(change: Callable[[Rule], Rule]) -> Compiler:
    return of_masks(
        lambda mask: Mask(mask.catalogue, {key: change(rule) for key, rule in mask.rules.items()})
    )


class Widened(Catalogue):
    """A catalogue whose patterns open more bits than they should."""

    widen: Callable[[Catalogue, str, Mapping[str, int]], dict[str, int]]

    @classmethod
    def of(cls, world: World, widen: Callable[..., dict[str, int]]) -> Widened:
        made = cls(world.entries)
        made.widen = widen
        return made

    def expand(self, pattern: str) -> Mapping[str, int]:
        return self.widen(self, pattern, super().expand(pattern))


def of_patterns(widen: Callable[..., dict[str, int]]) -> Compiler:
    """Compile as it should be, but with objects that open other bits."""
    catalogue = cache(lambda world: Widened.of(world, widen))

    def compiler(world: World, path: str, scopes: Scopes) -> Mask:
        mask = compile_mask(lines_at(world, path), catalogue(world))
        return met(Mask(world.policy.catalogue, mask.rules), scopes)

    return compiler


def lines_at(world: World, path: str) -> list[Line]:
    closed = world.policy.closure(world.roles_at(path), path)
    return [
        line
        for line in world.policy.lines_of(closed)
        if line.tenant_path.endswith("/") and path.startswith(line.tenant_path)
    ]


def _denies_are_not_inherited(world: World, path: str, scopes: Scopes) -> Mask:
    own = world.roles_at(path)
    lines = [one for one in lines_at(world, path) if one.allows or one.role in own]
    return met(compile_mask(lines, world.policy.catalogue), scopes)


def _only_the_first_link_is_followed(world: World, path: str, scopes: Scopes) -> Mask:
    own = world.roles_at(path)
    reached = own | {
        below
        for above, below, where in world.policy.inherits
        if above in own and path.startswith(where)
    }
    lines = [one for one in lines_at(world, path) if one.role in reached]
    return met(compile_mask(lines, world.policy.catalogue), scopes)


def _one_link_too_many_is_followed(world: World, path: str, scopes: Scopes) -> Mask:
    closed = set(world.policy.closure(world.roles_at(path), path))
    closed |= {above for above, below, _ in world.policy.inherits if below in closed}
    mask = compile_mask(
        (one for one in world.policy.lines_of(closed) if path.startswith(one.tenant_path)),
        world.policy.catalogue,
    )
    return met(mask, scopes)


def _tenants_are_prefixes_without_a_slash(world: World, path: str, scopes: Scopes) -> Mask:
    closed = world.policy.closure(world.roles_at(path), path)
    held = world.policy.lines_of(closed)
    lines = [one for one in held if path.startswith(one.tenant_path.rstrip("/"))]
    return met(compile_mask(lines, world.policy.catalogue), scopes)


def _rules_climb(world: World, path: str, scopes: Scopes) -> Mask:
    closed = world.policy.closure(world.roles_at(path), path)
    held = world.policy.lines_of(closed)
    lines = [one for one in held if path.startswith(one.tenant_path) or one.tenant_path in path
             or one.tenant_path.startswith(path)]  # fmt: skip
    return met(compile_mask(lines, world.policy.catalogue), scopes)


def _assigned_anywhere_is_assigned_here(world: World, path: str, scopes: Scopes) -> Mask:
    return met(world.policy.mask({role for role, _ in world.assigned}, path), scopes)


def _merged(rule: Rule) -> Rule:
    fields = 0
    for lane in rule.allow:
        fields |= lane.fields
    return Rule(tuple(Lane(lane.when, fields) for lane in rule.allow), rule.deny)


def _merged_denies(rule: Rule) -> Rule:
    fields = 0
    for lane in rule.deny:
        fields |= lane.fields
    return Rule(rule.allow, tuple(Lane(lane.when, fields) for lane in rule.deny))


def _denies_undone(rule: Rule) -> Rule:
    """A deny counts only against an allow under the same condition."""
    allowed = {lane.when for lane in rule.allow}
    return Rule(rule.allow, tuple(lane for lane in rule.deny if lane.when in allowed))


def _actions_confused(mask: Mask) -> Mask:
    read = {name: rule for (act, name), rule in mask.rules.items() if act == "read"}
    given = {("decrypt", name): rule for name, rule in read.items()}
    return Mask(mask.catalogue, given | dict(mask.rules))


def _class_is_its_types(catalogue: Catalogue, pattern: str, bits: Any) -> dict[str, int]:
    """A class opens every field of each type in which it occurs."""
    if not pattern.startswith("@"):
        return dict(bits)
    return {name: (2 << len(catalogue.fields(name))) - 2 for name in bits}


def _class_is_the_row_too(_: Catalogue, pattern: str, bits: Any) -> dict[str, int]:
    return {
        name: held | (1 << ROW if pattern.startswith("@") else 0) for name, held in bits.items()
    }


def _all_fields_are_the_row_too(_: Catalogue, pattern: str, bits: Any) -> dict[str, int]:
    return {name: held | (1 << ROW if pattern.endswith(".*") else 0) for name, held in bits.items()}


def _row_is_all_fields_too(catalogue: Catalogue, pattern: str, bits: Any) -> dict[str, int]:
    if pattern not in catalogue.types:
        return dict(bits)
    return {name: (2 << len(catalogue.fields(name))) - 1 for name in bits}


def _a_field_is_the_row_too(_: Catalogue, pattern: str, bits: Any) -> dict[str, int]:
    return {name: held | (1 << ROW) for name, held in bits.items()}


def _a_field_is_its_neighbour(catalogue: Catalogue, pattern: str, bits: Any) -> dict[str, int]:
    if "." not in pattern or pattern.endswith("*"):
        return dict(bits)
    return {name: held << 1 & (2 << len(catalogue.fields(name))) - 1 for name, held in bits.items()}


def _token_adds(world: World, path: str, scopes: Scopes) -> Mask:
    mask = owner(world, path)
    return mask if scopes is None else union(mask, scoped(scopes, mask.catalogue))


def union(one: Mask, other: Mask) -> Mask:
    return Mask(
        one.catalogue,
        {
            key: Rule(
                lanes((*one.rule(*key).allow, *other.rule(*key).allow)),
                lanes((*one.rule(*key).deny, *other.rule(*key).deny)),
            )
            for key in one.rules.keys() | other.rules.keys()
        },
    )


def _token_opens_its_rows(world: World, path: str, scopes: Scopes) -> Mask:
    """A scope for a field counts as one for the row."""
    mask = owner(world, path)
    if scopes is None:
        return mask
    held = scoped(scopes, mask.catalogue)
    rows = {
        key: Rule(lanes(Lane(lane.when, lane.fields | 1 << ROW) for lane in rule.allow), rule.deny)
        for key, rule in held.rules.items()
    }
    return mask & Mask(mask.catalogue, rows)


def _token_forgets_denies(world: World, path: str, scopes: Scopes) -> Mask:
    mask = owner(world, path)
    if scopes is None:
        return mask
    open_ones = {key: Rule(rule.allow) for key, rule in mask.rules.items()}
    return Mask(mask.catalogue, open_ones) & scoped(scopes, mask.catalogue)


MUTANTS: dict[str, Compiler] = {
    "denies are dropped": of_lines(lambda line: line if line.allows else None),
    "denies under a condition are dropped": of_lines(
        lambda line: line if line.allows or line.condition == "-" else None
    ),
    "denies are not inherited": _denies_are_not_inherited,
    "denies count only against the same condition": of_rules(_denies_undone),
    "conditions of denies are merged": of_rules(_merged_denies),
    "conditions of allows are ignored": of_lines(
        lambda line: replace(line, condition="-") if line.allows else line
    ),
    "conditions of denies are ignored": of_lines(
        lambda line: line if line.allows else replace(line, condition="-")
    ),
    "conditions of allows are merged": of_rules(_merged),
    "inheritance is dropped": of_links(lambda _: ()),
    "inheritance is not followed far": _only_the_first_link_is_followed,
    "inheritance is followed one link too far": _one_link_too_many_is_followed,
    "inheritance holds everywhere": of_links(
        lambda links: tuple({(above, below, "/") for above, below, _ in links})
    ),
    "tenants are ignored": of_lines(lambda line: replace(line, tenant_path="/")),
    "tenants are prefixes without a slash": _tenants_are_prefixes_without_a_slash,
    "rules climb to the tenant above": _rules_climb,
    "a role assigned anywhere holds here": _assigned_anywhere_is_assigned_here,
    "every action means reading only": of_lines(
        lambda line: replace(line, action="read") if line.action == "*" else line
    ),
    "what is read may be decrypted": of_masks(_actions_confused),
    "a class opens its whole types": of_patterns(_class_is_its_types),
    "a class opens rows": of_patterns(_class_is_the_row_too),
    "all fields of a type are its rows too": of_patterns(_all_fields_are_the_row_too),
    "rows of a type are all its fields too": of_patterns(_row_is_all_fields_too),
    "a field opens its row": of_patterns(_a_field_is_the_row_too),
    "a field opens its neighbour": of_patterns(_a_field_is_its_neighbour),
    "scopes of a token are ignored": lambda world, path, _: owner(world, path),
    "scopes of a token take the place of roles": lambda world, path, scopes: (
        owner(world, path) if scopes is None else scoped(scopes, world.policy.catalogue)
    ),
    "scopes of a token are added to roles": _token_adds,
    "scopes of a token open rows with fields": _token_opens_its_rows,
    "denies do not hold for tokens": _token_forgets_denies,
}


def the_unknown_is_false_in_a_deny(patch) -> None:
    known = masks.holds
    patch.setattr(masks, "holds", lambda *asked, unknown: known(*asked, unknown=False))


def the_unknown_is_true_in_an_allow(patch) -> None:
    known = masks.holds
    patch.setattr(masks, "holds", lambda *asked, unknown: known(*asked, unknown=True))


EVALUATORS = (the_unknown_is_false_in_a_deny, the_unknown_is_true_in_an_allow)
