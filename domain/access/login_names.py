"""What is kept of a login name, of a provider and of a subject: a keyed digest that finds them."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import TYPE_CHECKING, Final

import orjson
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from domain.kernel.errors import Refusal

from .login_models import LoginDigest, Named

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.kernel.work import Work

LOGIN_NAMES: Final = "login names"  # the name of the key under which digests are made
FORM: Final = re.compile(r"[\w.@+-]{2,64}")


class LoginNameUnfit(Refusal):
    """A name that cannot be typed the same way again is no login name."""

    en = "A login name has 2 to 64 letters, digits or any of . @ + - _"
    zh = "登录名为 2 至 64 个字母、汉字、数字或 . @ + - _"
    path = ("name",)


class LoginNameTaken(Refusal):
    """Somebody else signs in under this name."""

    en = "This name is taken. Choose another."
    zh = "该登录名已被使用,请换一个。"
    path = ("name",)


def normal(name: str) -> str:
    """The form under which a name is the same however it was typed (NFKC, without case)."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def checked_name(name: str) -> str:
    """Take a login name in its normal form, or refuse it."""
    if not FORM.fullmatch(normal(name)):
        raise LoginNameUnfit
    return normal(name)


def login_digest(key: bytes, group: str, name: str) -> bytes:
    """The digest of a login name in the group of a code."""
    return _digest(key, Named.LOGIN, normal(group), normal(name))


def provider_digest(key: bytes, group: str, code: str) -> bytes:
    """The digest of a provider's code in the group of a code."""
    return _digest(key, Named.PROVIDER, normal(group), normal(code))


def subject_digest(key: bytes, group_id: UUID, issuer: str, subject: str) -> bytes:
    """The digest of whom a provider calls so; both texts are theirs, and mean what they say."""
    return _digest(key, Named.SUBJECT, str(group_id), issuer, subject)


async def find(session: AsyncSession, digest: bytes) -> LoginDigest | None:
    """Look a digest up in the directory, before any group is known."""
    return await session.get(LoginDigest, digest)


async def lead(work: Work, digest: bytes, leads_to: Named, row_id: UUID) -> None:
    """Have a digest lead to a row of the group; what led there until now does so no more."""
    group = work.actor.group_id
    await forget(work, leads_to, row_id)
    taken = await work.session.scalar(
        insert(LoginDigest)
        .values(digest=digest, leads_to=leads_to, group_id=group, row_id=row_id)
        .on_conflict_do_nothing()
        .returning(LoginDigest.row_id)
    )
    if taken is None:
        raise LoginNameTaken


async def forget(work: Work, leads_to: Named, row_id: UUID) -> None:
    """Have nothing of a kind lead to a row any more."""
    await work.session.execute(
        delete(LoginDigest)
        .where(LoginDigest.group_id == work.actor.group_id)
        .where(LoginDigest.row_id == row_id, LoginDigest.leads_to == leads_to)
    )


def _digest(key: bytes, leads_to: Named, *parts: str) -> bytes:
    return hmac.digest(key, orjson.dumps([leads_to.value, *parts]), hashlib.sha256)
