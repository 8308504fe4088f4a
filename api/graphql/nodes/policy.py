"""The policy as clients see it: its lines, its changes, and who holds which role."""

from __future__ import annotations

from api.graphql.binding import core, node, one, pages
from domain.access import models


@node(models.PolicyChange, prefix="pch", listed=True)
class PolicyChange:
    """权限变更 One change of the policy: who proposed it, why, and what came of it."""

    kind = core("What it is about.")
    state = core("How far it has come.")
    base_version = core("The version of the policy that it was proposed against.")
    applied_version = core("The version that it made; null where lines did not change.")
    reason = core("Why, in the words of whoever proposed it.")
    proposed_by = one(
        "Principal",
        "Who proposed it; null where the installation itself founded the group.",
        by="proposed_by",
    )
    decided_by = one("Principal", "Who approved, rejected or withdrew it.", by="decided_by")
    decided_at = core("When that was.")
    decision = core("Why it was rejected.")
    widens = core("How many cells open on rows on which they were closed.")
    narrows = core("How many cells close on rows on which they were open.")
    people = core("How many principals it gives other rights.")
    lines = pages("PolicyLine", "The lines that it began.", by="change_id")
    assignments = pages("RoleAssignment", "The roles that it gave.", by="change_id")


@node(models.PolicyLine, prefix="pln", listed=True)
class PolicyLine:
    """权限规则 One line of the policy, from when to when; a line that contains a role names it."""

    role = core("Whose line it is.")
    tenant_path = core("Where it holds, and below; `/` is the whole group.")
    object = core("What it speaks of; empty in a line that contains a role.")
    action = core("What may, or may not, be done.")
    condition = core("The rows on which it holds, by the name of the condition; `-` for every row.")
    effect = core("Whether it may be done: `allow`, or `deny`, which no allow undoes.")
    inherits = core("The role that this one contains.")
    valid_from = core("From when on it holds.")
    valid_to = core("When it ended, or ends; null while nobody has ended it.")
    change = one("PolicyChange", "The change by which it began.", by="change_id")


@node(models.RoleAssignment, prefix="ras", listed=True)
class RoleAssignment:
    """角色分配 That a principal holds a role at a tenant and below, from when to when."""

    principal = one("Principal", "Who holds it.", by="principal_id")
    role = core("The role.")
    tenant = one("Tenant", "Where, and below.", by="tenant_id", elsewhere=True)
    valid_from = core("From when on it holds.")
    valid_to = core("When it ended, or ends; null while nobody has ended it.")
    change = one("PolicyChange", "The change by which it was given.", by="change_id")
