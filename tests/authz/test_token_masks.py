"""A token never opens what its owner may not, whatever the policy says and whatever it becomes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from authz.catalogue import Catalogue
from authz.compiler import is_scope, token_mask
from authz.conditions import Facts, Variables, holds
from authz.lines import ACTIONS, Line
from authz.roles import built_in
from authz.snapshot import Policy
from tests.authz.conftest import ENTRIES, GROUP, entry

CATALOGUE = Catalogue(
    entry(type_name, word)
    for type_name, *words in (line.split() for line in ENTRIES.strip().splitlines())
    for word in words
)
CONDITIONS = ("-", "self", "own_mentees", "own_line", "own_tenant", "subtree", "reach")
OBJECTS = sorted(
    {
        *CATALOGUE.types,
        *(f"{name}.*" for name in CATALOGUE.types),
        *(f"{name}.{one}" for name in CATALOGUE.types for one in CATALOGUE.fields(name)),
        "@P2", "@P3", "@org", "*",
    }
)  # fmt: skip
LINES = st.lists(
    st.builds(
        Line,
        st.just("drawn"),
        st.sampled_from(["/", "/cn/"]),
        st.sampled_from(OBJECTS),
        st.sampled_from([*ACTIONS, "*"]),
        st.sampled_from(CONDITIONS),
        st.sampled_from(["allow", "allow", "deny"]),
    ),
    max_size=12,
)
SCOPES = st.lists(
    st.builds(
        "{}:{}".format,
        st.sampled_from([*ACTIONS, "*"]),
        st.sampled_from([*OBJECTS, "Gone", "Person.gone"]),
    ),
    min_size=1,
    max_size=8,
)
IDS = st.sampled_from([None, GROUP, *(type(GROUP)(int=n) for n in range(1, 4))])
FACTS = st.builds(Facts, IDS, IDS, IDS, IDS)
SETS = st.none() | st.frozensets(IDS.filter(lambda one: one is not None), max_size=3)
VARIABLES = st.builds(Variables, person=IDS, tenant=IDS, tenants=SETS, reach=SETS)


def mask(lines):
    policy = Policy(version=1, lines=tuple(lines), inherits=(), catalogue=CATALOGUE)
    return policy.mask({"drawn"}, "/cn/")


def opened(held, facts, variables):
    """All that is open on one row: the bits of the fields, by action and type."""
    found = {}
    for key, rule in held.rules.items():
        bits = 0
        for lane in rule.allow:
            bits |= lane.fields if holds(lane.when, facts, variables, unknown=False) else 0
        for lane in rule.deny:
            bits &= ~(lane.fields if holds(lane.when, facts, variables, unknown=True) else 0)
        if bits:
            found[key] = bits
    return found


def in_both(one, other):
    return {key: bits for key in one if (bits := one[key] & other.get(key, 0))}


@settings(max_examples=80)
@given(LINES, SCOPES, FACTS, VARIABLES)
def test_a_token_opens_what_owner_and_scopes_both_open_and_nothing_else(
    lines, scopes, facts, variables
):
    owner, scope = mask(lines), token_mask(scopes, CATALOGUE)
    sides = [opened(one, facts, variables) for one in (owner, scope)]

    assert opened(owner & scope, facts, variables) == in_both(*sides)


@settings(max_examples=40)
@given(LINES, LINES, SCOPES, FACTS, VARIABLES)
def test_after_any_edit_of_the_policy_a_token_still_opens_no_more_than_its_owner(
    before, added, scopes, facts, variables
):
    """The mask is met anew under each version: what it opened before lends it nothing."""
    scope = token_mask(scopes, CATALOGUE)
    for lines in (before, [*before, *added], added):
        owner = mask(lines)
        may, does = opened(owner, facts, variables), opened(owner & scope, facts, variables)
        assert in_both(does, may) == does


@settings(max_examples=40)
@given(SCOPES)
def test_a_scope_without_its_object_takes_nothing_from_the_others_and_adds_nothing(scopes):
    known = [scope for scope in scopes if is_scope(scope, CATALOGUE)]

    assert token_mask(scopes, CATALOGUE) == token_mask(known, CATALOGUE)
    assert token_mask(["read:Gone"], CATALOGUE).rules == {}


def test_whatever_the_owner_may_a_scope_of_everything_leaves():
    policy = built_in().policy(CATALOGUE)
    for role in ("learner", "branch_hr", "auditor", "system_admin"):
        owner = policy.mask({role}, "/")
        assert (owner & token_mask(["*:*"], CATALOGUE)) == owner
