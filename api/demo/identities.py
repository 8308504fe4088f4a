"""Made-up people: names, and numbers that nobody can have.

Regions of national ids begin with 99, which GB/T 2260 never assigns; mobile numbers with 154, which
no operator has been given; card numbers with 9999, outside every issuer of ISO/IEC 7812; mail goes
to a domain that RFC 2606 reserves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from domain.people.identity import check_character

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭"
COMPOUND: Final = ("欧阳", "司马", "上官", "诸葛", "东方", "尉迟", "慕容", "令狐")
GIVEN: Final = "子涵雨桐梓轩思远嘉宁若溪明哲静怡晓峰佳音文博欣然志强雅琴建国美玲俊杰海波秋月"
STREETS: Final = ("长青", "云栖", "望海", "松溪", "镜湖", "晨曦", "丹枫", "听雨")
RARELY: Final = 0.08
FIRST_BIRTH: Final = date(1976, 1, 1)
YEARS: Final = 28


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody made up is."""

    name: str
    phone: str
    national_id: str
    email: str
    address: str
    bank_account: str
    born_on: str


def identity(chance: Random, number: int) -> Identity:
    """Make the person of a number; the same chance gives the same person."""
    born = FIRST_BIRTH + timedelta(days=chance.randrange(YEARS * 365))
    body = f"99{chance.randrange(100, 9999):04}{born:%Y%m%d}{number % 1000:03}"
    card = f"9999{chance.randrange(10**10):010}{number:04}"
    return Identity(
        name=_name(chance),
        phone=f"154{number % 10_000:04}{chance.randrange(10_000):04}",
        national_id=body + check_character(body),
        email=f"p{number:05}@staff.example",
        address=f"示例省样本市{chance.choice(STREETS)}路 {chance.randrange(1, 400)} 号",
        bank_account=card + _luhn(card),
        born_on=born.isoformat(),
    )


def _name(chance: Random) -> str:
    rare = chance.random() < RARELY
    surname = chance.choice(COMPOUND) if rare else chance.choice(SURNAMES)
    at = 2 * chance.randrange(len(GIVEN) // 2)
    given = GIVEN[at : at + 2] if chance.random() < 0.8 else GIVEN[at]  # noqa: PLR2004
    return surname + given


def _luhn(digits: str) -> str:
    """The check digit of a card number (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits))]
    return str(-sum(one - 9 if one > 9 else one for one in doubled) % 10)  # noqa: PLR2004
