"""Which rows an actor sees, for the writing side: the predicate of the lists, bound to values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, text

from .conditions_sql import visible_when

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.types import TypeEngine

    from authz.actor import Actor
    from domain.kernel.entity import GroupEntity


def visible(entity: type[GroupEntity], actor: Actor, *, now: datetime) -> ColumnElement[bool]:
    """Say which rows of `entity` the actor sees at an instant, as a condition for a select."""
    variables = actor.variables
    values = {
        "group": actor.group_id,
        "now": now,
        "person": actor.person_id,
        "tenant": actor.tenant_id,
        "tenants": variables.tenants,
        "reach": variables.reach,
        "cohort": variables.cohort,
        "certified_until": variables.certified_until,
        "contracted_until": variables.contracted_until,
    }
    used: dict[str, object] = {}

    def bind(variable: str) -> str | None:
        value = values[variable]
        if value is None and variable in {"tenants", "reach"}:
            return None
        if isinstance(value, tuple | frozenset):
            used[f"actor_{variable}"] = list(value)
            return f"ANY(:actor_{variable})"
        used[f"actor_{variable}"] = value
        return f":actor_{variable}"

    name = shown_as(entity)
    cell = actor.mask.cell("read", name)
    written = visible_when(entity, cell, alias=entity.__tablename__, bind=bind)
    parameters = [bindparam(key, used[key], type_=_kind(key, used[key])) for key in used]
    return cast("ColumnElement[bool]", text(written).bindparams(*parameters))


def _kind(place: str, value: object) -> TypeEngine[Any]:
    """The type of a place, which one that is filled with NULL needs too."""
    if place.endswith(("now", "until")):
        return DateTime(timezone=True)
    return ARRAY(Uuid()) if isinstance(value, list) else Uuid()


def shown_as(entity: type[GroupEntity]) -> str:
    """The name under which the policy knows an entity: that of its class."""
    return entity.__name__
