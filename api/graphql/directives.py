"""What the schema says of itself to machines: personal data, rights, and nulls that mean denied.

Arguments stand in the order of the alphabet: the printer writes them sorted and as declared, and
prints a directive twice where the two differ.
"""

from __future__ import annotations

import strawberry
from strawberry.schema_directive import Location


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.INPUT_FIELD_DEFINITION],
    name="pii",
    description="The field holds personal information of this label and class (PIPL article 51).",
)
class Pii:
    """Personal information."""

    data_class: str = strawberry.directive_field(name="class")
    label: str = strawberry.directive_field(name="label")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="permission",
    description="The right that is judged: an object of the policy and an action on it.",
)
class Permission:
    """A right."""

    action: str = strawberry.directive_field(name="action")
    object: str = strawberry.directive_field(name="object")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="semanticNonNull",
    description="Null only where the caller may not see the value, or after an error.",
)
class SemanticNonNull:
    """Never null by itself."""
