"""Ten thousand lines that do not concern somebody change nothing about what is planned for them."""

from __future__ import annotations

from itertools import product

from api.graphql.schema import catalogue, schema
from api.planner.compile import compile_plan
from api.planner.planning import plan
from authz.actor import DenialMode, Scope
from authz.lines import Line
from authz.roles import built_in
from authz.snapshot import Policy
from tests.properties.asking import understood

PATH = "/head/north/east/"
MANY = 10_000
DOCUMENTS = (
    "{ people(first: 20) { nodes { displayName phone { masked } mentor { displayName } } } }",
    "{ enrolments(first: 20) { nodes { state person { displayName } courseVersion { number } } } }",
    "{ tenants { nodes { name thresholds { value } } } }",
)


def policy_with(lines: int) -> Policy:
    """The roles with which every group begins, and lines of others: at other tenants, or roles."""
    held = built_in().policy(catalogue())
    objects = ("Person", "Person.*", "Enrolment", "@P2", "@org", "Course", "Tenant.name")
    whom = product(range(lines), objects, ("-", "subtree", "consented", "contract_covers"))
    more = (
        Line(
            f"other_{number % 50}" if number % 2 else "supervisor",
            "/" if number % 2 else f"/head/south/team-{number}/",
            object_,
            "read",
            when,
            "deny" if number % 5 == 0 else "allow",
        )
        for number, object_, when in whom
    )
    chosen = tuple(line for line, _ in zip(more, range(lines), strict=False))
    return Policy(
        version=1, lines=(*held.lines, *chosen), inherits=held.inherits, catalogue=held.catalogue
    )


def statements(policy: Policy):
    """What is written for a supervisor, with the parameters that it is bound to."""
    mask = policy.mask({"supervisor"}, PATH)
    for document in DOCUMENTS:
        filled = understood(document).filled({})
        made = plan(
            filled.selected.planned,
            of=schema().map,
            mask=mask,
            mode=DenialMode.PARTIAL,
            shape_of_calls=filled.shapes,
        )
        yield compile_plan(made, scope=Scope.SUBTREE, shape_of_calls=filled.shapes)


def test_mask_and_statement_are_the_same_with_ten_thousand_lines_more():
    few, many = policy_with(100), policy_with(MANY)

    assert len(many.lines) - len(few.lines) == MANY - 100
    assert few.mask({"supervisor"}, PATH) == many.mask({"supervisor"}, PATH)
    assert [(one.sql, one.parameters) for one in statements(few)] == [
        (one.sql, one.parameters) for one in statements(many)
    ]


def test_lines_that_do_concern_them_are_not_overlooked_among_ten_thousand():
    many = policy_with(MANY)
    closing = Line("supervisor", "/head/north/", "Person.phone", "read", "-", "deny")
    more = Policy(
        version=2, lines=(*many.lines, closing), inherits=many.inherits, catalogue=many.catalogue
    )

    assert more.mask({"supervisor"}, PATH).cell("read", "Person", "phone").never
    assert [one.sql for one in statements(more)] != [one.sql for one in statements(many)]


def test_a_mask_that_is_asked_for_again_is_not_compiled_again():
    many = policy_with(MANY)

    assert many.mask({"supervisor"}, PATH) is many.mask({"supervisor"}, f"{PATH}team/")
