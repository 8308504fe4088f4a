"""The masked forms: what may be seen of a sealed value by someone who may not open it.

The forms follow common practice for display restriction (GB/T 35273-2020, 7.2): a phone keeps
its first three and last four digits, an identity number only its first and last character.
"""

from __future__ import annotations

import re

DOT = "*"


def phone(value: str) -> str:
    """138****8000; of anything that is no mobile number only the last two digits."""
    digits = re.sub(r"\D", "", value).removeprefix("86")
    if len(digits) == 11:  # noqa: PLR2004 - a mobile number of mainland China
        return f"{digits[:3]}{DOT * 4}{digits[-4:]}"
    return _tail(digits, 2)


def national_id(value: str) -> str:
    """Only the first and the last character: the six digits of the region are personal too."""
    return f"{value[:1]}{DOT * max(len(value) - 2, 1)}{value[-1:]}"


def email(value: str) -> str:
    """z***@example.com"""
    name, _, host = value.partition("@")
    return f"{name[:1]}{DOT * 3}@{host}"


def bank_account(value: str) -> str:
    """Only the last four digits."""
    return _tail(re.sub(r"\s", "", value), 4)


def address(value: str) -> str:
    """Down to the city, or the province where no city is named."""
    found = re.match(r"(.*?(?:省|自治区))?(.*?市)?", value)
    return f"{found.group(0) if found else ''}{DOT * 4}"


def year(value: str) -> str:
    """Of a date only the year."""
    return f"{value[:4]}-{DOT * 2}-{DOT * 2}"


def nothing(_: str) -> str:
    """Three dots, whatever it is: that there is a value may be known."""
    return DOT * 3


def _tail(text: str, kept: int) -> str:
    return DOT * max(len(text) - kept, 4) + (text[-kept:] if len(text) > kept else "")
