"""A change that is sent again under its key is not made again."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from domain.kernel.errors import IdempotencyKeyReused, Refusal
from domain.kernel.models import IdempotencyRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring

LONGEST_KEY = 200


class SameKeyAtOnce(Refusal):
    """The same key is at work in another request."""

    en = "A request with this idempotency key is being executed. Wait for its answer."
    zh = "使用该幂等键的请求正在执行,请等待其结果。"
    path = ("idempotencyKey",)


class IdempotencyKeyTooLong(Refusal):
    """The key is empty or longer than can be kept."""

    en = "An idempotency key has 1 to {most} characters. Send a UUID, for instance."
    zh = "幂等键长度应为 1 至 {most} 个字符,例如使用 UUID。"
    path = ("idempotencyKey",)


@dataclass(frozen=True, slots=True)
class Once:
    """One change under one key, with a keyed digest of what it was to do."""

    verb: str
    key: str
    digest: bytes

    async def earlier(self, work: Work) -> IdempotencyRecord | None:
        """Find the change if it was made before; the key with another input is refused."""
        found = await work.row(
            IdempotencyRecord,
            IdempotencyRecord.principal_id == work.actor.principal_id,
            IdempotencyRecord.verb == self.verb,
            IdempotencyRecord.key == self.key,
        )
        if found is not None and not hmac.compare_digest(found.input_digest, self.digest):
            raise IdempotencyKeyReused
        return found

    async def begin(self, work: Work) -> IdempotencyRecord:
        """Take the key before anything is done: whoever comes second waits here for the first."""
        record = IdempotencyRecord(
            tenant_id=work.actor.tenant_id,
            principal_id=work.actor.principal_id,
            verb=self.verb,
            key=self.key,
            input_digest=self.digest,
        )
        await work.add(record, taken=SameKeyAtOnce())
        work.touched.remove(record)
        return record


async def once(work: Work, keyring: Keyring, verb: str, given: Mapping[str, Any]) -> Once | None:
    """Read the key of an input, if it has one."""
    key = given.get("idempotencyKey")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY:
        raise IdempotencyKeyTooLong(most=LONGEST_KEY)
    meant = {name: value for name, value in given.items() if name != "idempotencyKey"}
    secret = await keyring.of_system(work.session, "idempotency")
    text = orjson.dumps(meant, default=str, option=orjson.OPT_SORT_KEYS)
    return Once(verb, key, hmac.digest(secret, text, hashlib.sha256))
