"""The compiled masks and the judge answer what Casbin answers, on random policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

import pytest

from authz import masks
from authz.actor import Actor, DenialMode, PrincipalKind, Scope
from authz.conditions import Facts, Variables
from authz.judge import Judge
from authz.lines import Line
from authz.masks import Lane, Mask, Rule
from authz.snapshot import Policy
from tests.authz.worlds import World, random_world

POLICIES_A_BATCH, DECISIONS_A_POLICY = 25, 400


@dataclass(frozen=True)
class Asked:
    """A request in a world, and what Casbin answered to it."""

    world: World
    path: str
    requested: str
    act: str
    row: tuple[Facts, Variables]
    allowed: bool

    def agrees(self, mask: Mask) -> bool:
        type_name, number = mask.catalogue.locate(self.requested)
        return mask.cell(self.act, type_name, number).opens(*self.row) == self.allowed


def asked(seeds: range, decisions: int) -> Iterator[Asked]:
    for world in map(random_world, seeds):
        enforcer = world.enforcer()
        for path, requested, act, facts, variables in world.requests(decisions):
            row = (facts, variables)
            allowed = enforcer.enforce("user:grace", path, requested, act, row)
            yield Asked(world, path, requested, act, row, allowed)


def compiled(world: World, path: str) -> Mask:
    return world.policy.mask(world.roles_at(path), path)


@pytest.mark.parametrize("batch", range(10))
def test_compiled_masks_agree_with_casbin_on_ten_thousand_decisions(batch):
    first = batch * POLICIES_A_BATCH
    seeds = range(first, first + POLICIES_A_BATCH)

    outcomes = Counter(
        (one.allowed, one.agrees(compiled(one.world, one.path)))
        for one in asked(seeds, DECISIONS_A_POLICY)
    )

    assert sum(outcomes.values()) == 10_000
    assert outcomes[True, False] == outcomes[False, False] == 0
    assert outcomes[True, True] > 500  # both answers are given often enough to tell
    assert outcomes[False, True] > 500


@pytest.fixture(scope="module")
def sample():
    return tuple(asked(range(20), 200))


def changed(change: Callable[[Line], Line]) -> Callable[[Policy], Policy]:
    return lambda policy: replace(policy, lines=tuple(map(change, policy.lines)))


MUTANTS = {
    "no mutant": lambda policy: policy,
    "denies dropped": lambda policy: replace(
        policy, lines=tuple(line for line in policy.lines if line.allows)
    ),
    "conditions ignored": changed(lambda line: replace(line, condition="-")),
    "inheritance dropped": lambda policy: replace(policy, inherits=()),
    "tenants ignored": changed(lambda line: replace(line, tenant_path="/")),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_compiler_that_forgets_a_rule_is_found_out(mutant, sample):
    mutate = cache(MUTANTS[mutant])

    mismatches = sum(
        not one.agrees(compiled(replace(one.world, policy=mutate(one.world.policy)), one.path))
        for one in sample
    )

    assert (mismatches > 0) == (mutant != "no mutant")


def merged(mask: Mask) -> Mask:
    return Mask(mask.catalogue, {key: merge(rule) for key, rule in mask.rules.items()})


def merge(rule: Rule) -> Rule:
    fields = 0
    for lane in rule.allow:
        fields |= lane.fields
    return Rule(tuple(Lane(lane.when, fields) for lane in rule.allow), rule.deny)


def test_a_compiler_that_merges_lanes_is_found_out(sample):
    assert any(not one.agrees(merged(compiled(one.world, one.path))) for one in sample)


def test_a_deny_that_takes_the_unknown_for_false_is_found_out(sample, monkeypatch):
    known = masks.holds
    monkeypatch.setattr(masks, "holds", lambda *asked, unknown: known(*asked, unknown=False))

    wrong = [one for one in sample if not one.agrees(compiled(one.world, one.path))]

    assert wrong
    assert not any(one.allowed for one in wrong)


def grace(world: World, path: str, variables) -> Actor:
    """Make an actor out of random variables: an unknown set is that of the whole group."""
    whole = variables.tenants is None
    return Actor(
        principal_id=UUID(int=99), kind=PrincipalKind.PERSON, name="Grace",
        person_id=variables.person, group_id=UUID(int=1), tenant_id=variables.tenant,
        tenant_path=path, roles=world.policy.closure(world.roles_at(path), path),
        scope=Scope.WHOLE if whole else Scope.SUBTREE, tenants=tuple(variables.tenants or ()),
        reach=tuple(variables.reach or ()), mask=compiled(world, path),
        denials=DenialMode.PARTIAL, token_id=None, policy_version=world.policy.version,
    )  # fmt: skip


def test_the_judge_decides_as_casbin_does_on_the_whole_policy_and_raises_no_alarm():
    allowed = 0
    for world in map(random_world, range(1000, 1020)):
        enforcer, judge = world.enforcer(), Judge(world.policy, world.policy.catalogue)
        for path, requested, act, facts, variables in world.requests(150):
            actor = grace(world, path, variables)
            decision = judge.decide(actor, requested, act, facts)
            row = (facts, actor.variables)
            assert decision.allowed == enforcer.enforce("user:grace", path, requested, act, row)
            assert not decision.disagreement
            assert decision.line in {None, *world.policy.lines}
            assert not decision.allowed or decision.line.allows
            allowed += decision.allowed

    assert 100 < allowed < 2900


def test_a_cell_simplified_under_its_row_answers_the_same_wherever_the_row_is_shown():
    shown = simplified = 0
    for world in map(random_world, range(2000, 2100)):
        for path, requested, act, facts, variables in world.requests(200):
            type_name, number = world.policy.catalogue.locate(requested)
            mask = compiled(world, path)
            row, cell = mask.cell(act, type_name), mask.cell(act, type_name, number)
            if row.opens(facts, variables):
                shown += 1
                simplified += cell.under(row) != cell
                assert cell.under(row).opens(facts, variables) == cell.opens(facts, variables)

    assert shown > 1000
    assert simplified > 100
