"""One-time codes (TOTP, RFC 6238): six digits of half a minute, taken once and never again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from pyotp import TOTP, random_base32
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import update

from domain.privacy.container import Place, seal, unseal

from .login_models import Totp

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import CursorResult

    from domain.kernel.work import Work
    from domain.privacy.container import Key

ISSUER: Final = "Peiyuan"
LABEL: Final = "TOTP"
DRIFT: Final = 1  # steps that a clock may go wrong by, either way
CODE: Final = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """Make a secret of 160 bits, as authenticator apps read it."""
    return random_base32()


def sealed_secret(key: Key, row: Totp, secret: str) -> bytes:
    """Seal a secret under the key of the group, for this row alone."""
    return seal(key, secret.encode(), place=_place(row), label=LABEL)


def enrolment_uri(secret: str, name: str) -> str:
    """What an authenticator app takes in, usually as a picture."""
    return TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


async def confirmed_factor(work: Work, principal_id: object) -> Totp | None:
    """The second factor of a principal, once it has been shown to work."""
    return await work.row(Totp, Totp.principal_id == principal_id, Totp.confirmed_at.is_not(None))


async def takes(work: Work, key: Key, factor: Totp, code: str | None) -> bool:
    """Take a code, if it is of about now and later than the last that was taken.

    The database decides which of two processes that are shown the same code takes it.
    """
    step = _step(unseal(key, factor.secret, place=_place(factor), label=LABEL), code, work.now)
    if step is None:
        return False
    taken = await work.session.execute(
        update(Totp)
        .where(Totp.group_id == factor.group_id, Totp.id == factor.id, Totp.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[None]", taken).rowcount == 1


def _step(secret: bytes, code: str | None, now: datetime) -> int | None:
    if code is None or not CODE.fullmatch(code):
        return None
    try:
        return TOTP(secret.decode()).verify_and_get_timecode(code, for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None


def _place(row: Totp) -> Place:
    return Place(
        group=row.group_id,
        table=Totp.__tablename__,
        column="secret",
        row=row.id,
        subject=row.principal_id,
    )
