"""The compiled masks and the judge answer what Casbin answers, on random policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest

from authz.actor import Actor, DenialMode, Entrusted, PrincipalKind, Scope
from authz.conditions import Facts, Variables
from authz.judge import Judge
from authz.masks import Mask
from tests.authz.mutants import EVALUATORS, MUTANTS, Compiler, honest
from tests.authz.worlds import World, random_world

POLICIES_A_BATCH, DECISIONS_A_POLICY = 25, 400
BATCHES, SLOW_BATCHES = range(10), range(10, 110)


@dataclass(frozen=True)
class Asked:
    """A request in a world, with a token or without, and what Casbin answered to it."""

    world: World
    path: str
    scopes: tuple[str, ...] | None
    requested: str
    act: str
    row: tuple[Facts, Variables]
    allowed: bool

    def agrees(self, compiler: Compiler = honest) -> bool:
        mask = compiler(self.world, self.path, self.scopes)
        type_name, number = mask.catalogue.locate(self.requested)
        return mask.cell(self.act, type_name, number).opens(*self.row) == self.allowed


def asked(seeds: range, decisions: int) -> Iterator[Asked]:
    """Ask Casbin: the owner's policy, and the scopes of the token where there is one.

    An enforcer holds the lines of one action, as the first test of the matcher would choose them.
    """
    for world in map(random_world, seeds):
        enforcer, of_token = cache(world.enforcer), cache(world.of_token)
        for path, requested, act, facts, variables in world.requests(decisions):
            request = ("user:grace", path, requested, act, (facts, variables))
            scopes = world.random.choice((None, None, None, *world.tokens))
            allowed = enforcer(act).enforce(*request)
            if allowed and scopes is not None:
                allowed = of_token(scopes, act).enforce(*request)
            yield Asked(world, path, scopes, requested, act, (facts, variables), allowed)


def decided(batch: int) -> Counter[tuple[bool, bool]]:
    """Hold ten thousand decisions against Casbin's: what it answered, and whether we agree."""
    first = batch * POLICIES_A_BATCH
    seeds = range(first, first + POLICIES_A_BATCH)
    return Counter((one.allowed, one.agrees()) for one in asked(seeds, DECISIONS_A_POLICY))


@pytest.mark.parametrize(
    "batch", [*BATCHES, *(pytest.param(one, marks=pytest.mark.slow) for one in SLOW_BATCHES)]
)
def test_compiled_masks_agree_with_casbin_on_ten_thousand_decisions(batch):
    outcomes = decided(batch)

    assert sum(outcomes.values()) == 10_000
    assert outcomes[True, False] == outcomes[False, False] == 0
    assert outcomes[True, True] > 400  # both answers are given often enough to tell
    assert outcomes[False, True] > 400


def test_there_are_a_hundred_thousand_decisions_and_a_million_more():
    a_batch = POLICIES_A_BATCH * DECISIONS_A_POLICY

    assert len(BATCHES) * a_batch == 100_000
    assert len(SLOW_BATCHES) * a_batch == 1_000_000
    assert not set(BATCHES) & set(SLOW_BATCHES)


@pytest.fixture(scope="module")
def sample():
    return tuple(asked(range(5000, 5080), 200))


def test_what_an_enforcer_of_one_action_answers_the_whole_policy_does(sample):
    for one in sample[::40]:
        request = ("user:grace", one.path, one.requested, one.act, one.row)
        whole = one.world.enforcer()
        assert whole.enforce(*request) == one.world.enforcer(one.act).enforce(*request)


def test_nothing_is_found_out_about_the_compiler_as_it_is(sample):
    assert all(one.agrees() for one in sample)
    assert sum(one.scopes is not None and one.allowed for one in sample) > 100


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_compiler_that_forgets_a_rule_is_found_out(mutant, sample):
    assert any(not one.agrees(MUTANTS[mutant]) for one in sample)


@pytest.mark.parametrize("mutant", EVALUATORS, ids=lambda mutant: mutant.__name__)
def test_an_evaluator_that_takes_the_unknown_for_known_is_found_out(mutant, sample, monkeypatch):
    mutant(monkeypatch)

    assert any(not one.agrees() for one in sample)


def compiled(world: World, path: str) -> Mask:
    return honest(world, path, None)


def grace(world: World, path: str, variables) -> Actor:
    """Make an actor out of random variables: an unknown set is that of the whole group."""
    whole, until = variables.tenants is None, variables.contracted_until
    contract = Entrusted(
        contract_id=UUID(int=98), cohort_id=variables.cohort, purposes=frozenset(), until=until
    )
    return Actor(
        principal_id=UUID(int=99), kind=PrincipalKind.PERSON, name="Grace",
        person_id=variables.person, group_id=UUID(int=1), tenant_id=variables.tenant,
        tenant_path=path, roles=world.policy.closure(world.roles_at(path), path),
        scope=Scope.WHOLE if whole else Scope.SUBTREE, tenants=tuple(variables.tenants or ()),
        reach=tuple(variables.reach or ()), mask=compiled(world, path),
        denials=DenialMode.PARTIAL, token_id=None, policy_version=world.policy.version,
        certified_until=variables.certified_until, entrusted=contract if until else None,
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
    for world in map(random_world, range(2000, 2120)):
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
