"""What an edit changes, told cell by cell: no more than changes, and nothing of it left out."""

from __future__ import annotations

from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from authz.catalogue import ROW
from authz.conditions import ALWAYS
from authz.exposure import exposes, of_others
from authz.impact import CellDirection, between, impact, widened
from authz.lines import Line, under
from authz.masks import CLOSED, Mask
from authz.snapshot import Policy
from tests.authz.worlds import PATHS, ROLES, random_line, random_links, random_world

SEEDS = st.integers(min_value=0, max_value=2**32)


def edited(world, seed):
    """The same policy with some lines and links ended, and others begun."""
    random = Random(seed)
    lines = [line for line in world.policy.lines if random.random() < 0.8]
    links = [link for link in world.policy.inherits if random.random() < 0.9]
    lines += [random_line(random, world.entries) for _ in range(random.randrange(3))]
    links += random.sample(list(random_links(random)), random.randrange(2))
    return Policy(
        version=2, lines=tuple(lines), inherits=tuple(links), catalogue=world.policy.catalogue
    )


def opens(cell, truth):
    """Whether a cell is open where exactly these conditions are true."""
    true = {ALWAYS, *truth}
    return bool(cell.allow & true) and not cell.deny & true


def truths(*cells):
    names = sorted(set().union(*(cell.allow | cell.deny for cell in cells)) - {ALWAYS})
    for values in product((False, True), repeat=len(names)):
        yield {name for name, value in zip(names, values, strict=True) if value}


def brute(before, after):
    """The directions in which a cell changes, found by trying every truth of its conditions."""
    found = set()
    for truth in truths(before, after):
        was, now = opens(before, truth), opens(after, truth)
        if was != now:
            found.add(CellDirection.WIDENS if now else CellDirection.NARROWS)
    return found


@settings(max_examples=60)
@given(SEEDS, SEEDS)
def test_an_edit_recompiled_gives_exactly_what_was_previewed(seed, edit):
    world = random_world(seed)
    before, after = world.policy, edited(world, edit)
    catalogue = before.catalogue
    told = {}
    for one in impact(before, after).cells(10**6):
        key = one.role, one.object, one.action, one.tenant_path
        told.setdefault(key, []).append(one)

    for role in ROLES:
        for path in ("/", *PATHS):
            was, now = before.mask({role}, path), after.mask({role}, path)
            for act, name in {*was.rules, *now.rules}:
                for number, field in enumerate(("", *catalogue.fields(name))):
                    one, other = was.cell(act, name, number), now.cell(act, name, number)
                    directions = brute(one, other)
                    called = name if number == ROW else f"{name}.{field}"
                    # Told here or, the very same, at a tenant above.
                    near = [
                        cell
                        for above in ("/", *PATHS)
                        if under(path, above)
                        for cell in told.get((role, called, act, above), [])
                        if (cell.before, cell.after) == (one, other)
                    ]
                    assert directions <= {cell.direction for cell in near}
                    here = {cell.direction for cell in told.get((role, called, act, path), [])}
                    assert here <= directions


@settings(max_examples=60)
@given(SEEDS)
def test_an_edit_that_changes_nothing_changes_no_cell(seed):
    policy = random_world(seed).policy
    again = Policy(
        version=2,
        lines=(*policy.lines[::-1], *policy.lines[:1]),
        inherits=policy.inherits,
        catalogue=policy.catalogue,
    )

    assert impact(policy, again).differences == ()


def mask(catalogue, *lines):
    policy = Policy(
        version=1,
        lines=tuple(Line("r", "/", *line) for line in lines),
        inherits=(),
        catalogue=catalogue,
    )
    return policy.mask({"r"}, "/")


def test_the_same_change_is_told_once_for_all_below(catalogue):
    before = Policy(
        version=1,
        lines=(
            Line("r", "/", "Person", "read", "self", "allow"),
            Line("r", "/cn/", "Course", "read", "self", "allow"),
        ),
        inherits=(),
        catalogue=catalogue,
    )
    more = Line("r", "/", "Person.phone", "read", "self", "allow")
    after = Policy(version=2, lines=(*before.lines, more), inherits=(), catalogue=catalogue)

    [cell] = impact(before, after).cells(10)

    assert (cell.role, cell.tenant_path, cell.object, cell.action, cell.direction) == (
        "r", "/", "Person.phone", "read", CellDirection.WIDENS,
    )  # fmt: skip


def test_whoever_contains_a_role_changes_with_it(catalogue):
    inherits = (("boss", "clerk", "/cn/"),)
    line = Line("clerk", "/", "Person", "read", "self", "allow")
    before = Policy(version=1, lines=(line,), inherits=inherits, catalogue=catalogue)
    after = Policy(version=2, lines=(), inherits=inherits, catalogue=catalogue)

    cells = impact(before, after).cells(10)

    assert [(one.role, one.tenant_path, one.direction) for one in cells] == [
        ("boss", "/cn/", CellDirection.NARROWS),
        ("clerk", "/", CellDirection.NARROWS),
    ]


def test_a_row_that_opens_exposes_the_sealed_fields_that_are_open_on_it(catalogue):
    sealed = ("Person.phone", "read", "-", "allow")
    row = ("Person", "read", "-", "allow")
    plain = ("Person.displayName", "read", "-", "allow")

    assert exposes(mask(catalogue, sealed), mask(catalogue, sealed, row))
    assert exposes(mask(catalogue, row), mask(catalogue, row, sealed))
    assert not exposes(mask(catalogue, row), mask(catalogue, row, plain))
    assert not exposes(mask(catalogue, row, sealed), mask(catalogue, row))


def test_a_deny_that_ends_exposes_and_one_that_begins_does_not(catalogue):
    lines = (("Person", "read", "-", "allow"), ("Person.*", "*", "-", "allow"))
    deny = ("@P4", "read", "-", "deny")

    assert exposes(mask(catalogue, *lines, deny), mask(catalogue, *lines))
    assert not exposes(mask(catalogue, *lines), mask(catalogue, *lines, deny))


def test_the_right_to_grant_exposes_and_ones_own_data_exposes_nobody(catalogue):
    nothing = Mask(catalogue, {})
    own = mask(catalogue, ("Person", "read", "self", "allow"), ("@P3", "decrypt", "self", "allow"))

    assert exposes(nothing, mask(catalogue, ("Policy", "grant", "subtree", "allow")))
    assert exposes(nothing, own)
    assert not exposes(nothing, of_others(own))


def test_masks_that_are_equal_differ_nowhere(catalogue):
    one = mask(catalogue, ("Person", "read", "self", "allow"))

    assert between("r", "/", one, one) == ()
    assert widened(CLOSED, one.rule("read", "Person")) == 1 << ROW
    assert widened(one.rule("read", "Person"), CLOSED) == 0
