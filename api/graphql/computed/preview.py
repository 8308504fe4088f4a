"""What a change of the policy would do, for whoever proposes it and for whoever approves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.graphql.computing import Computed, computes
from api.graphql.inputs import command_of, declare_input
from api.graphql.types import enumeration, made
from authz.impact import CellDirection
from domain.access.approve_policy_change import ApprovePolicyChange
from domain.access.drafts import InheritanceDraft, PolicyLineDraft
from domain.access.edit_policy import EditPolicy
from domain.access.preview_policy import Preview, preview_policy, preview_policy_change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.graphql.asked import Asked
    from api.graphql.computing import Tree
    from authz.masks import Cell
    from domain.kernel.work import Work

MOST: Final = 200


def declare_preview() -> None:
    """Make the types of a preview, and those of what is previewed."""
    declare_input(PolicyLineDraft, "PolicyLineDraftInput")
    declare_input(InheritanceDraft, "InheritanceDraftInput")
    enumeration(CellDirection)
    made(
        "CellChange",
        "权限单元变化 What a change of the policy opens or closes for a role, somewhere.",
        [
            ("role", "String!", "Whose right it is."),
            ("tenantPath", "String!", "Where, and below as far as nothing else is said there."),
            ("object", "String!", "The type, whose rows are meant, or one field of it."),
            ("action", "String!", "What may be done."),
            ("change", "CellDirection!", "Which way it changes; a cell may do both."),
            ("before", "String!", "The conditions before: `never`, `-` for every row, or names."),
            ("after", "String!", "The conditions after."),
        ],
    )
    made(
        "PolicyPreview",
        "变更预览 What would follow from a change of the policy if it were made now.",
        [
            ("version", "Int!", "The version of the policy now: an edit sends it back."),
            ("begins", "[String!]!", "The lines that would begin."),
            ("ends", "[String!]!", "The lines that would end."),
            ("widens", "Int!", "How many cells would open on rows on which they are closed."),
            ("narrows", "Int!", "How many cells would close on rows on which they are open."),
            ("cells", "[CellChange!]!", f"The first {MOST} of these cells."),
            ("people", "Int!", "How many principals would have other rights."),
            ("needsApproval", "Boolean!", "Whether a second person has to approve it."),
        ],
    )


def _declared() -> None:
    """Nothing: the types are made with the other preview."""


async def _edit(work: Work, _asked: Asked, given: Mapping[str, Any]) -> Tree:
    meant = {name: value for name, value in given.items() if value is not None}
    command = command_of(EditPolicy, {**meant, "expectedVersion": 0, "reason": ""})
    return _shown(await preview_policy(work, command.edit))


async def _change(work: Work, _asked: Asked, given: Mapping[str, Any]) -> Tree:
    command = command_of(ApprovePolicyChange, {**given, "expectedVersion": 0})
    return _shown(await preview_policy_change(work, command.policy_change_id))


def _shown(preview: Preview) -> Tree:
    return {
        "version": preview.version,
        "begins": preview.begins,
        "ends": preview.ends,
        "widens": preview.impact.widens,
        "narrows": preview.impact.narrows,
        "cells": [
            {
                "role": one.role,
                "tenantPath": one.tenant_path,
                "object": one.object,
                "action": one.action,
                "change": one.direction,
                "before": _conditions(one.before),
                "after": _conditions(one.after),
            }
            for one in preview.impact.cells(MOST)
        ],
        "people": preview.people,
        "needsApproval": preview.exposes,
    }


def _conditions(cell: Cell) -> str:
    if cell.never:
        return "never"
    allow, deny = (" or ".join(sorted(names)) for names in (cell.allow, cell.deny))
    return f"{allow}, but not {deny}" if deny else allow


computes(
    Computed(
        name="previewPolicy",
        most=1,
        kind="PolicyPreview",
        says="What an edit of the policy would do; what `editPolicy` would refuse is refused.",
        right=("Policy", "read"),
        declare=declare_preview,
        answer=_edit,
        arguments=(
            ("add", "[PolicyLineDraftInput!]", "Lines that would begin.", None),
            ("inherit", "[InheritanceDraftInput!]", "Roles that would contain others.", None),
            ("end", "[ID!]", "Lines that would end.", None),
        ),
    )
)
computes(
    Computed(
        name="previewPolicyChange",
        most=1,
        kind="PolicyPreview",
        says="What a proposed change would do if it were approved now.",
        right=("Policy", "read"),
        declare=_declared,
        answer=_change,
        arguments=(("policyChangeId", "ID!", "The change.", ...),),
    )
)
