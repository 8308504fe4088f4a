"""Which rows an actor sees, for the writing side: the predicate of the lists, bound to values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import ARRAY, Uuid, bindparam, text

from .conditions_sql import visible_when

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from authz.actor import Actor
    from domain.kernel.entity import GroupEntity


def visible(entity: type[GroupEntity], actor: Actor) -> ColumnElement[bool]:
    """Say which rows of `entity` the actor sees, as a condition for a select."""
    values = {
        "group": actor.group_id,
        "person": actor.person_id,
        "tenant": actor.tenant_id,
        "tenants": actor.variables.tenants,
        "reach": actor.variables.reach,
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
    parameters = [
        bindparam(key, value, type_=ARRAY(Uuid()) if isinstance(value, list) else Uuid())
        for key, value in used.items()
    ]
    return cast("ColumnElement[bool]", text(written).bindparams(*parameters))


def shown_as(entity: type[GroupEntity]) -> str:
    """The name under which the policy knows an entity: that of its class."""
    return entity.__name__
