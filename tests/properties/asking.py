"""An operation as the gateway would plan and write it, without a database and without an actor."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from api.graphql.operations import Filled, Operation
from api.graphql.schema import schema
from api.planner.arguments import part_of
from api.planner.compile import compile_plan
from api.planner.plan import ReadPlan
from api.planner.planning import plan
from api.planner.refusals import FieldsForbidden
from api.planner.shapes import is_core
from api.planner.statement import Statement
from authz.actor import DenialMode, Scope
from tests.properties.documents import Document, Values
from tests.properties.policies import Policy


@dataclass(frozen=True)
class Planned:
    """A document under a policy: its plan, its statement, and the arguments that fill it in."""

    policy: Policy
    document: str
    filled: Filled
    plan: ReadPlan
    statement: Statement

    def orders_itself(self, call: int) -> bool:
        """Whether a list is left in its own order."""
        return not part_of(self.filled.shapes[call], "orderBy")


def planned(
    policy: Policy,
    document: str,
    *,
    scope: Scope = Scope.SUBTREE,
    mode: DenialMode = DenialMode.PARTIAL,
) -> Planned | None:
    """Plan and write a document; nothing where a filter or an order is refused."""
    known, filled = schema(), understood(document).filled({})
    try:
        made = plan(
            filled.selected.planned,
            of=known.map,
            mask=policy.mask,
            mode=mode,
            shape_of_calls=filled.shapes,
        )
    except FieldsForbidden:
        return None
    statement = compile_plan(made, scope=scope, shape_of_calls=filled.shapes)
    return Planned(policy, document, filled, made, statement)


def understood(document: str) -> Operation:
    """Take the one operation of a document. It is not validated: that it is valid is a test."""
    whole, parts = schema().graphql, parse(document).definitions
    (node,) = (one for one in parts if isinstance(one, OperationDefinitionNode))
    fragments = {one.name.value: one for one in parts if isinstance(one, FragmentDefinitionNode)}
    return Operation(whole, whole, node, fragments, shaping=())


def random_document(
    random: Random, policy: Policy, *, values: Values | None = None, paging: bool = True
) -> str:
    """Write a document whose filters and orders a policy refuses only now and then."""

    def keen(act: str, of: str, name: str) -> bool:
        shape = schema().map.shapes.get(of)
        held = shape.fields.get(name) if shape else None
        if shape is None or held is None or is_core(held):
            return True
        named = f"{shape.policy_name}.{name}"
        closed = policy.never("read", named) or policy.never(act, named)
        return not closed or random.random() < 0.01

    return Document(random, keen, values or {}, paging).text()
