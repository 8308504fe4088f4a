"""Who asks, as they see themselves: the root that everybody has."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import orjson

from api.graphql.types import enumeration, field, made
from authz.actor import Actor, DenialMode, PrincipalKind
from domain.kernel.ids import external_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.planner.picks import Pick
    from api.planner.plan import Known


class Permitted(enum.Enum):
    """On how many rows something is permitted."""

    ALWAYS = "ALWAYS"
    SOMETIMES = "SOMETIMES"
    NEVER = "NEVER"


ACTS = ("read", "create", "write", "delete", "execute", "export")
ON_FIELDS = ("read", "decrypt", "filter", "write")


def declare_viewer() -> None:
    """Make the types of the viewer."""
    enumeration(DenialMode)
    enumeration(PrincipalKind)
    enumeration(Permitted)
    made(
        "Actor",
        "操作者 Whoever acts, as the policy knows them.",
        [
            ("id", "ID!", "The id of the principal."),
            ("kind", "PrincipalKind!", "What the principal is."),
            ("name", "String", "What a service account or vendor is called; a person has a node."),
            ("roles", "[String!]!", "The roles that are held here, inherited ones included."),
        ],
    )
    made(
        "TypePermission",
        "类型权限 What the caller may do with a type.",
        [
            ("type", "String!", "The type, as policy lines name it."),
            *((act, "Permitted!", f"On how many rows the caller may {act}.") for act in ACTS),
            ("fields", "[FieldPermission!]!", "What may be done with its fields."),
        ],
    )
    made(
        "FieldPermission",
        "字段权限 What the caller may do with a field outside the row core.",
        [
            ("field", "String!", "The field."),
            ("read", "Permitted!", "On how many rows it is shown; a sealed one masked."),
            ("decrypt", "Permitted!", "On how many rows a sealed value may be opened."),
            ("filter", "Permitted!", "On how many rows lists may be searched by it."),
            ("write", "Permitted!", "On how many rows it may be changed."),
        ],
    )
    types = ("types", "[String!]", "Only these types; all where nothing is said.", None)
    made(
        "Viewer",
        "当前用户 Whoever asks.",
        [
            ("actor", "Actor!", "As whom they act."),
            ("person", "Person", "Who they are, if they are a person of the group."),
            ("tenant", "Tenant!", "Where they act; its row core is always shown."),
            field("permissions", "[TypePermission!]!", "What they may do.", arguments=[types]),
            ("denials", "DenialMode!", "What a field looks like that they may not see."),
        ],
    )


def known_cells(cells: Iterable[Known], actor: Actor, arguments: list[dict[str, Any]]) -> list[str]:
    """Give the JSON of every cell that is known without reading."""
    return [_json(cell, actor, arguments) for cell in cells]


def _json(cell: Known, actor: Actor, arguments: list[dict[str, Any]]) -> str:
    match cell.what:
        case "denials":
            value: Any = actor.denials.value
        case "actor":
            value = _picked(cell.picks, _actor(actor), "Actor")
        case _:
            asked = arguments[cell.call].get("types") if cell.call is not None else None
            value = [
                _picked(cell.picks, one, "TypePermission") for one in _permissions(actor, asked)
            ]
    return orjson.dumps(value).decode()


def _actor(actor: Actor) -> dict[str, Any]:
    return {
        "id": external_id("prc", actor.principal_id),
        "kind": actor.kind.value,
        "name": actor.name or None,
        "roles": sorted(actor.roles),
    }


def _permissions(actor: Actor, asked: list[str] | None) -> list[dict[str, Any]]:
    catalogue = actor.mask.catalogue
    names = [one for one in catalogue.types if one != "Mutation"]
    return [
        {
            "type": name,
            **{act: _permitted(actor, act, name) for act in ACTS},
            "fields": [
                {
                    "field": one,
                    **{act: _permitted(actor, act, name, one) for act in ON_FIELDS},
                }
                for one in catalogue.fields(name)
                if _named(actor, name, one)
            ],
        }
        for name in names
        if (asked is None or name in asked) and _seen(actor, name)
    ]


def _seen(actor: Actor, name: str) -> bool:
    """In hidden mode a type is named only where something may be done with it."""
    return actor.denials is not DenialMode.HIDDEN or any(
        _permitted(actor, act, name) != "NEVER" for act in ACTS
    )


def _named(actor: Actor, name: str, one: str) -> bool:
    """In hidden mode a field is named only where something may be done with it, as a type is."""
    return actor.denials is not DenialMode.HIDDEN or any(
        _permitted(actor, act, name, one) != "NEVER" for act in ON_FIELDS
    )


def _permitted(actor: Actor, act: str, name: str, one: str | None = None) -> str:
    cell = actor.mask.cell(act, name) if one is None else actor.mask.cell(act, name, one)
    if cell.never:
        return "NEVER"
    return "ALWAYS" if cell.always else "SOMETIMES"


def _picked(picks: tuple[Pick, ...], value: dict[str, Any], type_name: str) -> dict[str, Any]:
    """Keep what was asked for, in its order and under its keys."""
    chosen: dict[str, Any] = {}
    for pick in picks:
        if pick.name == "__typename":
            chosen[pick.key] = type_name
        elif pick.under:
            inner = pick.of("FieldPermission")
            chosen[pick.key] = [_picked(inner, one, "FieldPermission") for one in value[pick.name]]
        else:
            chosen[pick.key] = value[pick.name]
    return chosen
