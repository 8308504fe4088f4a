"""Roots that no statement answers: what a domain function finds out, shown as far as it was asked.

What they give holds ids, names of the policy's own and figures, never a value of a row: whoever
wants the row reads it by its id, under their mask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

from api.planner.refusals import BadArgument, Denied, RequestRefused
from authz.actor import DenialMode
from domain.kernel.errors import NotFound, Refusal
from runtime.unit import perform

from .attempts import put_export_on_record
from .reading import Read, granted_by, told

if TYPE_CHECKING:
    from api.planner.picks import Pick
    from authz.actor import Actor
    from authz.masks import Mask
    from domain.kernel.work import Work

    from .asked import Asked

Tree: TypeAlias = Mapping[str, Any]
"""A value as GraphQL shows it, by field name; a union's or an interface's says its `__typename`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A root that is computed: its type and arguments, the right to ask, and who answers.

    `arguments` are written as for any field: name, type, what it says, default (`...` is none).
    """

    name: str
    kind: str
    says: str
    right: tuple[str, str]  # object and action
    declare: Callable[[], None]  # makes the types that it gives
    answer: Callable[[Work, Asked, Mapping[str, Any]], Awaitable[Tree | list[Tree] | None]]
    arguments: tuple[tuple[str, str, str, object], ...] = ()
    own: Callable[[Actor, Mapping[str, Any]], bool] | None = None  # who asks it of themselves
    kept: bool = False  # whether it stands in the trail that it was answered
    most: int = 5  # how often one operation may ask it

    @property
    def type_name(self) -> str:
        """The type of what it gives, without its wrapping."""
        return self.kind.strip("[]!")

    def open_to(self, mask: Mask) -> bool:
        """Whether a mask lets its holder ask at all."""
        named, action = self.right
        return not mask.cell(action, named).never

    def open_for(self, asked: Asked, pick: Pick) -> bool:
        """Whether an actor may ask this: by right, or of themselves where that takes none.

        What hidden callers may not see is not there, and so there is nothing to be told about it.
        """
        actor = asked.actor
        if self.open_to(actor.mask):
            return True
        shown = actor.denials is not DenialMode.HIDDEN
        return shown and self.own is not None and self.own(actor, given(asked, pick))


COMPUTED: Final[dict[str, Computed]] = {}
"""Every computed root by its name, entered by `declare_computed`."""


def computes(root: Computed) -> None:
    """Enter a computed root."""
    COMPUTED[root.name] = root


class NotComputed(RequestRefused):
    """A rule says no to what was asked."""

    def __init__(self, refusal: Refusal, locale: str) -> None:
        super().__init__(refusal.message(locale), reason=refusal.code(), argumentPath=refusal.at)


def closed(asked: Asked, roots: Iterable[Pick]) -> tuple[Denied, ...]:
    """Find the computed roots that the actor may not ask."""
    return tuple(
        Denied(pick.path, "Query", pick.name, COMPUTED[pick.name].right[1], "ROLE")
        for pick in roots
        if not COMPUTED[pick.name].open_for(asked, pick)
    )


async def answers(asked: Asked, roots: Iterable[Pick]) -> Read:
    """Answer computed roots; one that the actor may not ask is null, and listed as withheld."""
    parts: list[bytes] = []
    withheld: list[dict[str, object]] = []
    for pick in roots:
        root = COMPUTED[pick.name]
        value: Any = None
        if root.open_for(asked, pick):
            value = await _answered(asked, pick, root)
        for denied in closed(asked, (pick,)):
            named, action = root.right
            withheld.append(told(denied, 1, await granted_by(asked, action, named)))
        parts.append(orjson.dumps(pick.key) + b":" + orjson.dumps(value, default=str))
    return Read(b"{" + b",".join(parts) + b"}", tuple(withheld))


async def _answered(asked: Asked, pick: Pick, root: Computed) -> Any:
    """Answer one root, in a transaction of its own that makes sure of policy and token."""
    try:
        async with perform(
            asked.installation,
            asked.actor,
            now=asked.now,
            request_id=asked.request.request_id,
            reading=True,
        ) as work:
            found = await root.answer(work, asked, given(asked, pick))
        if root.kept:
            await put_export_on_record(asked, root.name)
        return shown(found, pick, root.type_name)
    except NotFound:
        return None
    except Refusal as refusal:
        raise NotComputed(refusal, asked.request.locale) from None


def given(asked: Asked, pick: Pick) -> Mapping[str, Any]:
    """The arguments of a root."""
    return asked.arguments[pick.call] if pick.call is not None else {}


def planned_only(picks: tuple[Pick, ...]) -> tuple[Pick, ...]:
    """Refuse a computed root where only planned ones are read: beside a mutation."""
    for pick in picks:
        if pick.name in COMPUTED:
            raise BadArgument(
                f"`{pick.name}` is not read beside a mutation. Ask for it in a query of its own.",
                argument=pick.path,
            )
    return picks


def shown(value: Any, pick: Pick, type_name: str) -> Any:
    """Keep of a value what was asked for, in its order and under its keys."""
    match value:
        case list() | tuple():
            return [shown(one, pick, type_name) for one in value]
        case Mapping() if pick.under:
            name = value.get("__typename") or _only(pick, type_name)
            facts = {**value, "__typename": name}
            return {one.key: shown(facts[one.name], one, "") for one in pick.of(name)}
        case Enum():
            return value.value
        case _:
            return value


def _only(pick: Pick, type_name: str) -> str:
    """The one type that a value without a name of its own can be of."""
    return type_name or next(iter(pick.under))
