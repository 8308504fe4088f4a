"""Set a limit for a tenant and everything below it, from an instant on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from domain.kernel.errors import Refusal
from domain.kernel.ids import Ref
from domain.kernel.permission import permission

from .events import ThresholdSet
from .limits import limit_along
from .models import Metric, Tenant, Threshold
from .standing import line_up
from .thresholds import admits, as_strict

if TYPE_CHECKING:
    from domain.kernel.work import Work


class ThresholdOutOfRange(Refusal):
    """The value cannot be meant for this metric."""

    en = "{metric} cannot be that. Marks and rates are 0 to 100, hours and trainees at least 1."
    zh = "{metric} 的数值无效:分数与比率为 0 至 100,时限与带教人数至少为 1。"
    path = ("value",)


class ThresholdBackdated(Refusal):
    """A limit is set from now on: the past is what it was."""

    en = "A threshold takes effect now or later. Leave the instant out to set it from now on."
    zh = "阈值只能从现在或将来生效;不填生效时间即为立即生效。"
    path = ("effectiveFrom",)


class LaxerThanAbove(Refusal):
    """What stands above the tenant allows only stricter limits (capability C03)."""

    en = "A tenant above has set {above}. Give a value that is at least as strict."
    zh = "上级机构已设定为 {above},本机构只能设定同等或更严格的数值。"
    path = ("value",)


class ThresholdAlreadySet(Refusal):
    """The tenant has set this limit for the same instant."""

    en = "This threshold is already set from that instant on. Choose a later one."
    zh = "该时刻的阈值已设定,请选择更晚的生效时间。"
    path = ("effectiveFrom",)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetThreshold:
    """Which limit, where, how high and from when on; from now, unless told."""

    tenant_id: Annotated[UUID, Ref("Tenant")]
    metric: Metric
    value: Decimal
    effective_from: datetime | None = None


@permission("Threshold", "write")
async def set_threshold(work: Work, command: SetThreshold) -> Threshold:
    """Set a limit that is at least as strict as what is in force above.

    Two who set at once cannot undo the rule between them: what is in force is the strictest on the
    way up, so a laxer value would lie there without effect. The refusal spares the surprise.
    """
    tenant = await work.get(Tenant, command.tenant_id, at=("tenantId",))
    threshold = Threshold(
        tenant_id=tenant.id,
        metric=command.metric,
        value=command.value,
        effective_from=command.effective_from or work.now,
        set_by=work.actor.principal_id,
    )
    await work.permit("write Threshold", threshold)
    if not admits(command.metric, command.value):
        raise ThresholdOutOfRange(metric=command.metric.value)
    if threshold.effective_from < work.now:
        raise ThresholdBackdated
    await _refuse_laxer(work, tenant, threshold)

    await work.add(threshold, taken=ThresholdAlreadySet())
    work.record(ThresholdSet(threshold_id=threshold.id, tenant_id=tenant.id))
    return threshold


async def _refuse_laxer(work: Work, tenant: Tenant, threshold: Threshold) -> None:
    above = [one for one in await line_up(work, tenant) if one.id != tenant.id]
    limit = await limit_along(work, threshold.metric, above, at=threshold.effective_from)
    if limit is not None and not as_strict(threshold.metric, threshold.value, than=limit):
        raise LaxerThanAbove(above=limit)
