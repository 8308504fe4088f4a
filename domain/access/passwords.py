"""Passwords: which are good enough, and what is kept of one.

A password is peppered (HMAC-SHA-256 under a key of the installation) and then hashed by Argon2id
with the least that OWASP asks for: 19 MiB, two passes, one lane. Whoever steals the table has
nothing to guess against without the key, and each guess costs that memory with it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from domain.kernel.errors import Refusal

PASSWORD_PEPPER: Final = "password pepper"  # noqa: S105 - the name of the key that peppers them
MEMORY, PASSES, LANES = 19_456, 2, 1  # KiB
SALT, LENGTH = 16, 32  # bytes
PARAMETERS: Final = f"$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}$"
LEAST, LEAST_WITH_CODE, MOST = 12, 8, 256
LEAST_DIFFERENT: Final = 5
LEAST_BARE: Final = 4
ORNAMENT: Final = re.compile(r"^[\d\W_]+|[\d\W_]+$")
COMMON: Final = frozenset(
    (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split()
)
BARE: Final = frozenset(ORNAMENT.sub("", word) for word in COMMON)


class PasswordTooShort(Refusal):
    """Few characters are soon tried out."""

    en = "A password has at least {least} characters. Take several words, for instance."
    zh = "密码至少 {least} 个字符,例如由几个词组成。"


class PasswordTooLong(Refusal):
    """Nobody types that much, and hashing it would only cost."""

    en = "A password has at most {most} characters. Take a shorter one."
    zh = "密码最多 {most} 个字符,请缩短。"


class PasswordUnfit(Refusal):
    """Control characters cannot be typed again everywhere."""

    en = "A password holds no control characters. Leave out tabs, line ends and the like."
    zh = "密码不能包含控制字符,请去掉制表符、换行符等。"


class PasswordTooCommon(Refusal):
    """It is among the first that anyone would try."""

    en = "This password is among the first that are tried. Take words that do not belong together."
    zh = "该密码过于常见,请使用互不相关的词语组合。"


def check_password(password: str, *, with_code: bool = False) -> None:
    """Refuse a password that is too easy to find; a second factor makes up for some length."""
    least = LEAST_WITH_CODE if with_code else LEAST
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in password):
        raise PasswordUnfit
    if len(password) > MOST:
        raise PasswordTooLong(most=MOST)
    if len(password) < least:
        raise PasswordTooShort(least=least)
    if _common(password.casefold()):
        raise PasswordTooCommon


def verifier_of(pepper: bytes, password: str, *, with_code: bool = False) -> str:
    """Make what is kept of a password (PHC string); one that is too weak has no verifier."""
    check_password(password, with_code=with_code)
    return _hashed(_peppered(pepper, password))


def verifies(pepper: bytes, password: str, verifier: str) -> bool:
    """Say whether a password is the one that a verifier was made of."""
    try:
        Argon2id.verify_phc_encoded(_peppered(pepper, password), verifier)
    except InvalidKey:
        return False
    return True


def renewed(pepper: bytes, password: str, verifier: str) -> str | None:
    """Make a verifier anew whose parameters are no longer ours; the password has just proven."""
    if verifier.startswith(PARAMETERS):
        return None
    return _hashed(_peppered(pepper, password))


def nobodys_verifier() -> str:
    """A verifier that no password fits: trying one against it costs what any other does."""
    return _hashed(os.urandom(LENGTH))


def _hashed(secret: bytes) -> str:
    argon = Argon2id(
        salt=os.urandom(SALT), length=LENGTH, iterations=PASSES, lanes=LANES, memory_cost=MEMORY
    )
    return argon.derive_phc_encoded(secret)


def _peppered(pepper: bytes, password: str) -> bytes:
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hmac.digest(pepper, typed, hashlib.sha256)


def _common(password: str) -> bool:
    """Figures and signs around a word make no other word of it, and without one there is none."""
    bare = ORNAMENT.sub("", password)
    plain = len(bare) < LEAST_BARE or len(set(password)) < LEAST_DIFFERENT
    return plain or password in COMMON or bare in BARE
