"""What no policy may say: decided as Casbin would, and each bad edit refused by name."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import product
from random import Random
from time import perf_counter

import casbin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authz.conditions import ALWAYS
from authz.invariants import Invariant, Kind, broken, invariants
from authz.lines import ACTIONS, Line
from authz.roles import built_in
from authz.snapshot import Policy
from tests.authz.worlds import MODEL, World, naive_under, random_line, random_world

ROLES = ("role_0", "role_1", "role_2")
PATHS = ("/", "/cn/", "/cn/north/", "/cn/south/")
WHEN = ("-", "-", "self", "subtree")


def edited(policy, *lines, inherits=(), without=()):
    return Policy(
        version=2,
        lines=tuple(line for line in (*policy.lines, *lines) if line not in without),
        inherits=(*policy.inherits, *inherits),
        catalogue=policy.catalogue,
    )


def test_the_built_in_roles_break_nothing(policy):
    assert broken(policy, invariants()) == ()


BAD = {
    "health-opened-by-nobody": [
        Line("overseer", "/head/", "@P4", "decrypt", "own_tenant", "allow"),
        Line("mentor", "/", "*", "*", "own_mentees", "allow"),
    ],
    "values-never-leave-in-bulk": [Line("branch_hr", "/", "@P4", "export", "subtree", "allow")],
    "policy-granted-by-its-admin": [Line("system_admin", "/", "Policy", "grant", "-", "allow")],
}


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, lines in BAD.items() for line in lines]
)
def test_a_line_that_breaks_an_invariant_is_found_under_its_name(policy_of_all, name, line):
    assert name in {one.name for one in broken(edited(policy_of_all, line), invariants())}


@pytest.mark.parametrize(
    ("name", "role", "object", "action"),
    [
        ("vendor-sees-no-sealed-value", "vendor", "@P3", "*"),
        ("vendor-sees-no-sealed-value", "vendor", "@P4", "*"),
        ("auditor-only-reads", "auditor", "*", "write"),
        ("auditor-only-reads", "auditor", "*", "create"),
        ("auditor-opens-nothing", "auditor", "*", "decrypt"),
        ("auditor-sees-nothing-sensitive", "auditor", "@P4", "*"),
    ],
)
def test_a_deny_without_which_something_opens_may_not_end(
    policy_of_all, name, role, object, action
):
    deny = Line(role, "/", object, action, ALWAYS, "deny")
    assert deny in policy_of_all.lines

    found = broken(edited(policy_of_all, without=(deny,)), invariants())
    weaker = replace(deny, condition="own_mentees")
    also = broken(edited(policy_of_all, weaker, without=(deny,)), invariants())

    assert name in {one.name for one in found}
    assert name in {one.name for one in also}


def test_no_role_contains_two_administrators_even_at_one_tenant(policy_of_all):
    links = (("system_admin", "audit_admin", "/head/east/"),)

    [found] = broken(edited(policy_of_all, inherits=links), invariants())

    assert (found.name, found.role) == ("administrators-apart", "system_admin")
    assert "audit_admin" in str(found)


@pytest.fixture(scope="module")
def policy_of_all(catalogue_of_all):
    return built_in().policy(catalogue_of_all)


@pytest.fixture(scope="module")
def catalogue_of_all():
    from api.graphql.schema import catalogue  # noqa: PLC0415 - the only test here that needs it
    from authz.catalogue import Catalogue, DataClass, FieldEntry  # noqa: PLC0415

    made = catalogue()
    entries = [
        entry
        for name in made.types
        for field in made.fields(name)
        if (entry := made.entry(name, field)) is not None
    ]
    # No column holds health data yet; the statement about it is to hold before one does.
    health = FieldEntry("Person", "allergies", "pi.health", DataClass.P4)
    return Catalogue([*entries, health], types=made.types, mutations=made.fields("Mutation"))


def small(seed):
    """A small world of few conditions, so that every truth of them can be tried."""
    random = Random(seed)
    whole = random_world(seed)
    entries = whole.entries
    lines = tuple(
        replace(
            random_line(random, entries),
            role=random.choice(ROLES),
            tenant_path=random.choice(PATHS),
            condition=random.choice(WHEN),
        )
        for _ in range(random.randrange(2, 9))
    )
    links = tuple(
        (ROLES[one], ROLES[one + 1], random.choice(PATHS[:2]))
        for one in range(2)
        if random.random() < 0.5
    )
    policy = Policy(version=1, lines=lines, inherits=links, catalogue=whole.policy.catalogue)
    return World(entries, policy, (), (), random)


def statement(world):
    random = world.random
    line = random.choice(world.policy.lines)
    return Invariant(
        random.choice((Kind.ONLY, Kind.NEVER)),
        "drawn",
        frozenset(random.sample(ROLES, random.randrange(0, 2) + (random.random() < 0.3))),
        (random.choice(ACTIONS) if line.action == "*" else line.action,),
        (random.choice(world.entries).type, line.object),
        frozenset({"self"} if random.random() < 0.4 else ()),
    )


def by_casbin(world, invariant):
    """Whether it is broken, asking Casbin for every set of roles, tenant, field and truth."""
    catalogue = world.policy.catalogue
    fields = [
        name if not field else f"{name}.{field}"
        for name in catalogue.types
        for field in ("", *catalogue.fields(name))
        if any(
            world.naive_objm(name if not field else f"{name}.{field}", pattern)
            for pattern in invariant.objects
        )
    ]
    for held in product((False, True), repeat=len(ROLES)):
        given_roles = [role for role, has in zip(ROLES, held, strict=True) if has]
        enforcer = casbin.Enforcer(MODEL)
        enforcer.add_function("under", naive_under)
        enforcer.add_function("objm", world.naive_objm)
        enforcer.add_function("cond", lambda row, name, _: name == "-" or row[name])
        enforcer.add_named_domain_matching_func("g", naive_under)
        enforcer.add_policies(list({one.row: list(one.row) for one in world.policy.lines}.values()))
        links = [list(link) for link in set(world.policy.inherits)]
        enforcer.add_named_grouping_policies("g", links)
        for role in given_roles:
            enforcer.add_named_grouping_policy("g", "user", role, "/")
        for path in PATHS:
            named = world.policy.closure(given_roles, path) & invariant.roles
            if bool(named) is not (invariant.kind is Kind.NEVER):
                continue
            for own, below in product((False, True), repeat=2):
                if own and "self" in invariant.but:
                    continue
                row = {"self": own, "subtree": below}
                for action in invariant.actions:
                    if any(enforcer.enforce("user", path, one, action, row) for one in fields):
                        return True
    return False


@settings(max_examples=60)
@given(st.integers(min_value=0, max_value=2**32))
def test_the_checker_agrees_with_casbin_asked_for_everything(seed):
    world = small(seed)
    invariant = statement(world)

    assert bool(broken(world.policy, [invariant])) is by_casbin(world, invariant)


@pytest.mark.slow
def test_ten_thousand_lines_are_decided_while_somebody_waits(policy_of_all, capsys):
    """How long it takes is printed, and measured nowhere: machines differ."""
    random = Random(7)
    catalogue = policy_of_all.catalogue
    fields = [f"{name}.{field}" for name in catalogue.types for field in catalogue.fields(name)]
    fields = [one for one in fields if not one.startswith("Mutation.")]
    roles = [f"role_{number}" for number in range(200)]
    paths = ["/", *(f"/head/t{one}/" for one in range(10))]
    paths += [f"/head/t{one}/b{two}/" for one in range(10) for two in range(10)]
    more = [
        Line(
            random.choice(roles),
            random.choice(paths),
            random.choice(fields),
            random.choice(("read", "read", "filter", "sort", "write", "decrypt")),
            random.choice(("self", "own_line", "subtree", "reach", "-")),
            "deny" if random.random() < 0.1 else "allow",
        )
        for _ in range(10_000 - len(policy_of_all.lines))
    ]
    more = [line for line in more if (line.object, line.action) != ("Person.allergies", "decrypt")]
    links = [(one, random.choice(roles[at + 1 :]), "/") for at, one in enumerate(roles[:30])]
    policy = edited(policy_of_all, *more, inherits=links)
    list(map(broken, [policy], [invariants()]))  # the catalogue's bits are laid out once

    began = perf_counter()
    found = broken(policy, invariants())
    took = perf_counter() - began

    with capsys.disabled():
        size = f"{len(policy.lines)} lines, {len(policy.roles)} roles"
        sys.stdout.write(f"\n{size}: {took * 1000:.0f} ms\n")
    assert found == ()
