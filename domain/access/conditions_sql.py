"""A condition becomes SQL here and nowhere else: lists, single rows, cells and writes share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from authz.conditions import (
    ALWAYS,
    CONDITIONS,
    All,
    AnyOf,
    Condition,
    Equals,
    Includes,
    IsNull,
    Lasts,
    Negate,
    Says,
    Within,
)

from .related_sql import related

if TYPE_CHECKING:
    from authz.masks import Cell
    from domain.kernel.entity import GroupEntity

EVERYTHING = "TRUE"


class Bind(Protocol):
    """Gives a variable of the actor its place in a statement.

    `group`, `person`, `tenant` and `cohort` stand for one id; `tenants` and `reach` for what an id
    of theirs equals (`ANY` of an array, or the one that there is), or for nothing at all (`None`)
    when the actor's scope is the whole group; `now` for the instant of the request, and what ends
    in `until` for another.
    """

    def __call__(self, variable: str) -> str | None:
        """Name the placeholder of a variable, or say that it does not restrict."""
        ...


def visible_when(entity: type[GroupEntity], cell: Cell, *, alias: str, bind: Bind) -> str:
    """Say in SQL on which rows of `alias` a cell (or the row itself) is shown.

    An unknown condition is false in an allow, which is what WHERE and CASE make of NULL; it is
    true in a deny, hence the coalesce.
    """
    if cell.never:
        return "FALSE"
    if cell.always:
        return EVERYTHING
    names = sorted(cell.allow)  # the order of a set is chance, and of places with it
    allowed = (
        []
        if any(_unrestricted(name, bind) for name in names)
        else sorted(predicate(entity, CONDITIONS[name], alias=alias, bind=bind) for name in names)
    )
    denied = sorted(
        predicate(entity, CONDITIONS[name], alias=alias, bind=bind, known=False)
        for name in sorted(cell.deny)
    )
    parts = [_either(allowed)] if allowed else []
    parts += [f"NOT coalesce({part}, TRUE)" for part in denied]
    return " AND ".join(parts) or EVERYTHING


def _unrestricted(name: str, bind: Bind) -> bool:
    """Whether a condition holds on every row there is.

    Asked before any is written: a variable that is bound and then not looked at would be a place
    in the statement without a type, which PostgreSQL refuses.
    """
    if name == ALWAYS:
        return True
    condition = CONDITIONS[name]
    return isinstance(condition, Within) and bind(condition.variable) is None


def predicate(
    entity: type[GroupEntity],
    condition: Condition,
    *,
    alias: str,
    bind: Bind,
    known: bool = True,
) -> str:
    """Write one condition over the facts of `alias`; `known` where NULL may pass for false."""
    match condition:
        case Equals(fact="supervisor" | "mentor" as fact, variable=variable) if (
            known and entity.about not in {None, "id"}
        ):
            # An array is found by an index among other conditions too; IN is not, beside an OR.
            return (
                f"{alias}.{entity.about} = ANY (ARRAY(SELECT q.id FROM person q WHERE "
                f"q.group_id = {bind('group')} AND q.{fact}_id = {bind(variable)}))"
            )
        case Equals(fact=fact, variable=variable):
            return f"{fact_sql(entity, fact, alias=alias, bind=bind)} = {bind(variable)}"
        case Within(fact=fact, variable=variable):
            members = bind(variable)
            if members is None:  # nothing else may be bound: it would have no place
                return EVERYTHING
            return f"{fact_sql(entity, fact, alias=alias, bind=bind)} = {members}"
        case Lasts(variable=variable):
            return f"{bind('now')} < {bind(variable)}"
        case Says() | Includes():
            return related(entity, condition, alias=alias, bind=bind, known=known)
        case IsNull(fact=fact):
            return f"{fact_sql(entity, fact, alias=alias, bind=bind)} IS NULL"
        case All(parts=parts):
            return _joined(" AND ", entity, parts, alias=alias, bind=bind, known=known)
        case AnyOf(parts=parts):
            return _joined(" OR ", entity, parts, alias=alias, bind=bind, known=known)
        case Negate(part=part):
            inner = predicate(entity, part, alias=alias, bind=bind, known=False)
            return f"NOT ({inner})"


def fact_sql(entity: type[GroupEntity], fact: str, *, alias: str, bind: Bind) -> str:
    """Write a fact of a row: NULL where the entity has no such thing."""
    match fact:
        case "tenant":
            return f"{alias}.{entity.placed}"
        case _ if entity.about is None:
            return "NULL::uuid"
        case "subject":
            return f"{alias}.{entity.about}"
        case _ if entity.about == "id":
            return f"{alias}.{fact}_id"
        case _:
            return (
                f"(SELECT q.{fact}_id FROM person q WHERE q.group_id = {bind('group')} "
                f"AND q.id = {alias}.{entity.about})"
            )


def _joined(
    word: str,
    entity: type[GroupEntity],
    parts: tuple[Condition, ...],
    *,
    alias: str,
    bind: Bind,
    known: bool,
) -> str:
    written = [predicate(entity, part, alias=alias, bind=bind, known=known) for part in parts]
    empty = "TRUE" if word == " AND " else "FALSE"
    return f"({word.join(written)})" if written else empty


def _either(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else "(" + " OR ".join(parts) + ")"
