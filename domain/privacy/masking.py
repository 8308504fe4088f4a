"""The masked forms: what may be seen of a sealed value by someone who may not open it.

The forms follow common practice for display restriction (GB/T 35273-2020, 7.2). Each takes any text
at all, for what was kept before a rule was written is masked too: of what does not look as it
should, nothing is shown.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DOT: Final = "*"
HIDDEN: Final = DOT * 4
SHORTEST_PHONE, SHORTEST_ACCOUNT = 7, 12  # digits of which some may be shown

MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
LANDLINE: Final = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([0-9]{7,12})")  # with an extension
CITIZEN: Final = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")
MAILBOX: Final = re.compile(r"([^\s@])[^\s@]+@((?:[\w-]{1,63}\.)+[\w-]{2,63})")
DAY: Final = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}")

# Characters of a name of a place: none that end one, and none that streets and houses have.
_NAME = "(?:(?![省市县区路街道巷弄号村楼栋幢室超菜])[\u4e00-\u9fff])"
_BARE = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南"
    "|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆"
)
_ITSELF = "(?:北京|上海|天津|重庆)市?|(?:香港|澳门)(?:特别行政区)?"
_PROVINCE = f"{_NAME}{{1,7}}?(?:省|自治区)|{_BARE}"
_CITY = (
    f"{_NAME}{{1,8}}?市(?![场集民政口])|{_NAME}{{1,9}}?自治州"
    "|(?:大兴安岭|阿克苏|喀什|和田|塔城|阿勒泰|阿里)地区|(?:兴安|锡林郭勒|阿拉善)盟"
)
_UNDER_THE_PROVINCE = f"(?<=海南省){_NAME}{{1,7}}?县|(?<=湖北省)神农架林区"
TO_THE_CITY: Final = re.compile(
    f"{_ITSELF}|(?:{_PROVINCE})(?:{_CITY}|{_UNDER_THE_PROVINCE})?|{_CITY}"
)


def phone(value: str) -> str:
    """138****8000 or 010-******78; of anything else only the last two digits."""
    digits = _national(_plain(value))
    if MOBILE.fullmatch(digits):
        return f"{digits[:3]}{HIDDEN}{digits[-4:]}"
    if found := LANDLINE.fullmatch(digits):
        area, number = found.groups()
        return f"{area}-{_tail(number, 2)}"
    return _tail(digits, 2) if len(digits) >= SHORTEST_PHONE else HIDDEN


def national_id(value: str) -> str:
    """Only the first and the last character: the six digits of the region are personal too."""
    number = _plain(value)
    if not CITIZEN.fullmatch(number):
        return HIDDEN
    return f"{number[0]}{DOT * (len(number) - 2)}{number[-1]}"


def email(value: str) -> str:
    """z***@example.com; a name of one letter is not shown."""
    found = MAILBOX.fullmatch(_plain(value))
    return f"{found[1]}{DOT * 3}@{found[2]}" if found else HIDDEN


def bank_account(value: str) -> str:
    """Only the last four digits."""
    digits = re.sub(r"[^0-9]", "", _plain(value))
    return _tail(digits, 4) if len(digits) >= SHORTEST_ACCOUNT else HIDDEN


def address(value: str) -> str:
    """Down to the city, or the province where no city is named."""
    found = TO_THE_CITY.match(_plain(value))
    return f"{found[0] if found else ''}{HIDDEN}"


def year(value: str) -> str:
    """Of a date only the year."""
    found = DAY.fullmatch(_plain(value))
    return f"{found[1] if found else HIDDEN}-{DOT * 2}-{DOT * 2}"


def nothing(_: str) -> str:
    """Three dots, whatever it is: that there is a value may be known."""
    return DOT * 3


def _plain(value: str) -> str:
    """Without spaces, and with the digits and letters that are as wide as they usually are."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", value))


def _national(number: str) -> str:
    """Write the digits of a phone number as they are dialled within the country."""
    digits = re.sub(r"[^0-9]", "", number)
    abroad = re.match(r"\+|00", number) is not None
    inside = digits.removeprefix("00") if abroad else digits
    if inside.startswith("86") and (abroad or MOBILE.fullmatch(inside[2:])):
        digits = inside[2:]
        if not digits.startswith(("0", "1")) or (abroad and digits.startswith("10")):
            digits = "0" + digits  # the area's zero is left out behind +86
    return digits[1:] if MOBILE.fullmatch(digits[1:]) and digits.startswith("0") else digits


def _tail(text: str, kept: int) -> str:
    return DOT * (len(text) - kept) + text[-kept:]
