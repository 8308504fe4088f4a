"""A row about which somebody asks who may do what to it, without learning anything it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from authz.catalogue import Catalogue, UnknownObject
from authz.conditions import Facts
from domain.kernel.entity import GroupEntity
from domain.kernel.errors import NotFound, Refusal

if TYPE_CHECKING:
    from domain.kernel.work import Work

    from .models import Principal


class UnknownField(Refusal):
    """There is no such thing that a line of the policy could name."""

    en = (
        "No policy line can name {object}. Name another field, or leave it out: "
        "the fields of the row core are shown wherever the row is."
    )
    zh = "权限规则无法指定 {object}。请填写其他字段,或留空:行核心字段随行一并显示。"
    path = ("field",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """A row by its id, and what is meant of it, as policy lines name both."""

    entity: type[GroupEntity]
    id: UUID
    type: str
    object: str  # the type, or a field of it

    async def facts(self, work: Work, *, about: Principal | None = None) -> Facts:
        """Look up what conditions ask of the row, if whoever asks may know of it.

        About oneself everybody may ask, on rows that they see; about others, and everyone, whoever
        may read the policy there. What one may not know of is not found.
        """
        _check(self.object, work.judge.catalogue)
        row = await work.row(self.entity, self.entity.id == self.id)
        if row is None:
            raise NotFound(at=("id",))
        facts = await work.facts(row)
        oneself = about is not None and about.id == work.actor.principal_id
        known = _may(work, "read", "Policy", facts)
        if not known and not (oneself and _may(work, "read", self.type, facts)):
            raise NotFound(at=("id",))
        if about is not None and not oneself and not overseen(work, about):
            raise NotFound(at=("principalId",))
        return await _with_relations(work, facts)


async def _with_relations(work: Work, facts: Facts) -> Facts:
    """Add what stands beside the row: of whoever else is asked about, it may decide something."""
    if facts.subject is None:
        return facts
    consented, cohorts = await work.relate(work, facts.subject)
    return replace(facts, consented=consented, cohorts=cohorts)


def overseen(work: Work, principal: Principal) -> bool:
    """Whether whoever asks may read the policy where a principal acts."""
    facts = Facts(subject=principal.person_id, tenant=principal.tenant_id)
    return _may(work, "read", "Policy", facts)


def _may(work: Work, action: str, named: str, facts: Facts) -> bool:
    return work.judge.decide(work.actor, named, action, facts).allowed


def _check(named: str, catalogue: Catalogue) -> None:
    try:
        catalogue.locate(named)
    except UnknownObject:
        raise UnknownField(object=named) from None
