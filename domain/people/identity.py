"""Personal data as it is written: what it must look like, and the one form in which it is kept."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

WORKING_AGE: Final = 16
"""Years; nobody younger may be employed (Labour Law of the PRC, article 15)."""

_CHECKS: Final = "10X98765432"
_EARLIEST: Final = 1900
_LONGEST_EMAIL: Final = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
_MAILBOX: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def phone_number(text: str) -> str | None:
    """Write a mobile number of mainland China as its eleven digits."""
    digits = re.sub(r"[\s()-]", "", _plain(text))
    digits = re.sub(r"^(?:\+|00)?86(?=\d{11}$)", "", digits)
    return digits if re.fullmatch(r"1[0-9]{10}", digits) else None


def national_id(text: str) -> str | None:
    """Write a citizen identification number (GB 11643-1999): 18 characters, the last one a check.

    The region is not looked up: made-up people carry codes of regions that do not exist.
    """
    number = re.sub(r"\s", "", _plain(text)).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return None
    if birth_in(number) is None or number[17] != check_character(number[:17]):
        return None
    return number


def check_character(body: str) -> str:
    """Make the last character of a citizen identification number: ISO/IEC 7064, MOD 11-2."""
    total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(body))
    return _CHECKS[total % 11]


def birth_in(number: str) -> date | None:
    """Read the day of birth out of a citizen identification number."""
    return _day(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")


def email_address(text: str) -> str | None:
    """Write an e-mail address with its domain in lower case; what is before the @ is its host's."""
    mailbox, at, host = _plain(text).rpartition("@")
    labels = host.split(".")
    sound = (
        at
        and len(mailbox) + len(host) < _LONGEST_EMAIL
        and _MAILBOX.fullmatch(mailbox)
        and not re.search(r"^\.|\.\.|\.$", mailbox)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )
    return f"{mailbox}@{host.lower()}" if sound else None


def bank_account(text: str) -> str | None:
    """Write a card number as its digits; the last one is the check of ISO/IEC 7812-1, annex B."""
    digits = re.sub(r"[\s-]", "", _plain(text))
    if not re.fullmatch(r"[0-9]{12,19}", digits):
        return None
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return digits if sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0 else None  # noqa: PLR2004


def birth_date(text: str) -> str | None:
    """Write a day of birth as YYYY-MM-DD."""
    day = _day(_plain(text))
    return day.isoformat() if day else None


def postal_address(text: str) -> str | None:
    """Write an address on one line; nothing when it is blank."""
    return " ".join(text.split()) or None


def age(born: date, on: date) -> int:
    """Count the full years that someone has lived on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _plain(text: str) -> str:
    # Full-width digits and letters are what a Chinese keyboard gives; they mean the same.
    return unicodedata.normalize("NFKC", text).strip()


def _day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= _EARLIEST else None
