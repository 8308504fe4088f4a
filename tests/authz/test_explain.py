"""An explanation says what Casbin decides and the mask opens, and by which lines."""

from dataclasses import replace

from authz.explain import Question, chains, deciding, speaking, verdict, weigh
from authz.lines import Line, under
from tests.authz.worlds import random_world

WORLDS, REQUESTS = range(3000, 3032), 100


def explained(world, policy, path, requested, act, row):
    """Every line that speaks of a request, weighed."""
    roles = policy.closure(world.roles_at(path), path)
    question = Question(requested, act, path)
    return weigh(speaking(policy.lines_of(roles), question, policy.catalogue), *row)


def opens(world, policy, path, requested, act, row):
    type_name, number = policy.catalogue.locate(requested)
    return policy.mask(world.roles_at(path), path).cell(act, type_name, number).opens(*row)


def requests():
    for world in map(random_world, WORLDS):
        for path, requested, act, facts, variables in world.requests(REQUESTS):
            yield world, (path, requested, act, (facts, variables))


def without(policy, lines):
    return replace(policy, lines=tuple(one for one in policy.lines if one not in lines))


def test_the_lines_come_to_what_casbin_decides_and_the_mask_opens():
    told = []
    for world in map(random_world, WORLDS):
        enforcer = world.enforcer()
        for path, requested, act, facts, variables in world.requests(REQUESTS):
            row = (facts, variables)
            allowed = verdict(explained(world, world.policy, path, requested, act, row))
            assert allowed == enforcer.enforce("user:grace", path, requested, act, row)
            assert allowed == opens(world, world.policy, path, requested, act, row)
            told.append(allowed)

    assert 100 < sum(told) < len(told) - 100


def test_without_the_lines_that_decide_it_is_decided_otherwise():
    closed = opened = 0
    for world, asked in requests():
        weighed = explained(world, world.policy, *asked)
        decided = {one.line for one in deciding(weighed)}
        if not decided:
            continue
        fewer = without(world.policy, decided)
        would = any(one.applies and one.line.allows for one in weighed)
        if verdict(weighed):
            assert not opens(world, fewer, *asked)
            closed += 1
        else:
            assert opens(world, fewer, *asked) == would
            opened += would

    assert closed > 100
    assert opened > 10


def test_without_all_the_other_lines_it_is_decided_the_same():
    for world, asked in requests():
        weighed = explained(world, world.policy, *asked)
        others = {one.line for one in weighed} - {one.line for one in deciding(weighed)}

        assert opens(world, without(world.policy, others), *asked) == verdict(weighed)


def test_where_no_line_decides_one_line_more_opens():
    added = 0
    for world, asked in requests():
        path, requested, act, _ = asked
        weighed = explained(world, world.policy, *asked)
        roles = sorted(world.roles_at(path))
        if deciding(weighed) or not roles:
            continue
        line = Line(roles[0], "/", requested, act, "-", "allow")
        more = replace(world.policy, lines=(*world.policy.lines, line))
        assert opens(world, more, *asked)
        assert [one.line for one in deciding(explained(world, more, *asked))] == [line]
        added += 1

    assert added > 100


def test_an_unknown_condition_counts_in_a_deny_and_not_in_an_allow():
    unknown = []
    for world, asked in requests():
        for one in explained(world, world.policy, *asked):
            if one.holds is None:
                assert one.applies is not one.line.allows
                unknown.append(one)

    assert len({one.line.allows for one in unknown}) == 2


def test_a_chain_leads_from_the_role_that_was_given_to_each_that_it_contains():
    longest = 0
    for world in map(random_world, WORLDS):
        for role, path in world.assigned:
            links = {
                (above, below)
                for above, below, where in world.policy.inherits
                if under(path, where)
            }
            found = chains(role, world.policy.inherits, path)
            assert {one.role for one in found} == world.policy.closure({role}, path)
            for one in found:
                assert one.roles[0] == role
                assert set(zip(one.roles, one.roles[1:], strict=False)) <= links
                longest = max(longest, len(one.roles))

    assert longest > 2
