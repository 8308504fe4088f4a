"""Who asks, as they are shown to themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from authz.actor import Actor, DenialMode
from authz.masks import Cell
from tests.oracle.things import Thing

if TYPE_CHECKING:
    from tests.oracle.values import Values

ON_TYPES = ("read", "create", "write", "delete", "execute", "export")
ON_FIELDS = ("read", "decrypt", "filter", "write")


def viewer(values: Values) -> dict[str, Any]:
    """The viewer: their own tenant is shown whatever the mask says, their person is not."""
    actor, known = values.actor, values.known
    tenant = values.rows.tables["tenant"][actor.tenant_id]
    person = actor.person_id and values.by_id(f"psn_{actor.person_id.hex}")
    shape = known.shapes["Tenant"]
    assert shape.entity is not None
    return {
        "__typename": "Viewer",
        "actor": {
            "__typename": "Actor",
            "id": f"prc_{actor.principal_id.hex}",
            "kind": actor.kind.value,
            "name": actor.name or None,
            "roles": sorted(actor.roles),
        },
        "person": person,
        "tenant": Thing(shape, tenant, shape.entity),
        "permissions": lambda types=None: list(_permissions(actor, types)),
        "denials": actor.denials.value,
    }


def _permissions(actor: Actor, types: list[str] | None) -> Iterator[dict[str, Any]]:
    catalogue = actor.mask.catalogue
    for name in catalogue.types:
        if name == "Mutation" or (types is not None and name not in types):
            continue
        may = {act: _permitted(actor.mask.cell(act, name)) for act in ON_TYPES}
        if actor.denials is DenialMode.HIDDEN and set(may.values()) == {"NEVER"}:
            continue
        yield {
            "__typename": "TypePermission",
            "type": name,
            **may,
            "fields": [*_fields(actor, name)],
        }


def _fields(actor: Actor, name: str) -> Iterator[dict[str, Any]]:
    for field in actor.mask.catalogue.fields(name):
        may = {act: _permitted(actor.mask.cell(act, name, field)) for act in ON_FIELDS}
        if actor.denials is not DenialMode.HIDDEN or set(may.values()) != {"NEVER"}:
            yield {"__typename": "FieldPermission", "field": field, **may}


def _permitted(cell: Cell) -> str:
    if cell.never:
        return "NEVER"
    return "ALWAYS" if cell.always else "SOMETIMES"
