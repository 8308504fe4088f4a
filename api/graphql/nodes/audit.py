"""The trail as clients see it: who did what and when, and no value."""

from __future__ import annotations

from api.graphql.binding import core, node, one
from domain.audit import models


@node(models.AuditEntry, prefix="aud", listed=True, judged_as="AuditEntry")
class AuditEvent:
    """审计事件 One act of one actor: done, or refused. Its values stand nowhere."""

    at = core("When it was, by the clock of whoever wrote it; its place is in its proof.")
    verb = core("What was done: the name of a mutation, `decrypt`, `read`, `openSession` …")
    outcome = core("How it ended.")
    code = core("Why it was refused; null where it was done.")
    purpose = core("What sealed values were opened for.")
    object_type = core("What it was done to; empty where it was to no row.")
    principal_id = core("The id of who did it; zero is the installation.", id_of="Principal")
    principal = one(
        "Principal",
        "Who did it; null where it was the installation, or somebody the caller does not see.",
        by="principal_id",
    )
    request_id = core("The request that it was part of.")
    policy_version = core("The version of the policy that it was judged by.")
