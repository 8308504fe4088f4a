"""Personal data on its way in: checked, brought into one form, and still sealed for the eye.

A refusal names the field and never repeats what was entered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from domain.kernel.errors import Refusal
from domain.privacy.sealed import Sealed

from . import identity


class PhoneUnfit(Refusal):
    """It is no mobile number."""

    en = "Give a mobile number of eleven digits, with or without +86."
    zh = "请填写 11 位手机号码,可带 +86。"
    path = ("phone",)


class NationalIdUnfit(Refusal):
    """It is no citizen identification number."""

    en = "Give all 18 characters of the identity number and check the last one."
    zh = "请填写完整的 18 位居民身份证号码,并核对末位校验码。"
    path = ("nationalId",)


class EmailUnfit(Refusal):
    """It is no e-mail address."""

    en = "Give an e-mail address such as name@example.com."
    zh = "请填写有效的电子邮箱,例如 name@example.com。"
    path = ("email",)


class AddressUnfit(Refusal):
    """It is blank."""

    en = "Give the address, or leave the field out."
    zh = "请填写地址,或不提交该字段。"
    path = ("address",)


class BankAccountUnfit(Refusal):
    """It is no card number."""

    en = "Give all 12 to 19 digits of the bank card and check the last one."
    zh = "请填写完整的 12 至 19 位银行卡号,并核对末位校验码。"
    path = ("bankAccount",)


class BirthDateUnfit(Refusal):
    """It is no day on which someone can have been born."""

    en = "Give the date of birth as YYYY-MM-DD, not in the future."
    zh = "请按 YYYY-MM-DD 填写出生日期,且不得晚于今天。"
    path = ("bornOn",)


class BirthDateDiffers(Refusal):
    """The identity number says another day of birth."""

    en = "The date of birth is not the one in the identity number. Check both."
    zh = "出生日期与身份证号码不一致,请核对。"
    path = ("bornOn",)


class TooYoung(Refusal):
    """Nobody under sixteen may be employed (Labour Law, article 15)."""

    en = "Nobody under the age of {years} may be registered or employed."
    zh = "未满 {years} 周岁者不得登记或录用。"


class HasPersonalData(Protocol):
    """Any command through which personal data comes in."""

    @property
    def phone(self) -> Sealed | None: ...
    @property
    def national_id(self) -> Sealed | None: ...
    @property
    def email(self) -> Sealed | None: ...
    @property
    def address(self) -> Sealed | None: ...
    @property
    def bank_account(self) -> Sealed | None: ...
    @property
    def born_on(self) -> Sealed | None: ...


@dataclass(frozen=True, slots=True)
class Form:
    """How a column is called outside, the form in which it is kept, and the refusal of others."""

    field: str
    write: Callable[[str], str | None]
    refusal: type[Refusal]


FORMS: Final = {
    "phone": Form("phone", identity.phone_number, PhoneUnfit),
    "national_id": Form("nationalId", identity.national_id, NationalIdUnfit),
    "email": Form("email", identity.email_address, EmailUnfit),
    "address": Form("address", identity.postal_address, AddressUnfit),
    "bank_account": Form("bankAccount", identity.bank_account, BankAccountUnfit),
    "born_on": Form("bornOn", identity.birth_date, BirthDateUnfit),
}


def fields_given(command: HasPersonalData) -> tuple[str, ...]:
    """Name the fields that a command fills, as the policy calls them."""
    return tuple(form.field for column, _, form in _given(command))


def checked(command: HasPersonalData, *, today: date) -> dict[str, Sealed]:
    """Bring all that a command fills into its form, by column; refuse what cannot be meant."""
    written: dict[str, str] = {}
    for column, text, form in _given(command):
        found = form.write(text)
        if found is None:
            raise form.refusal
        written[column] = found
    _refuse_birth(written, today)
    return {column: Sealed.of(text) for column, text in written.items()}


def _given(command: HasPersonalData) -> Iterator[tuple[str, str, Form]]:
    for column, form in FORMS.items():
        value: Sealed | None = getattr(command, column)
        if value is not None:
            assert value.fresh is not None, "what comes in has not been sealed yet"
            yield column, value.fresh, form


def _refuse_birth(written: dict[str, str], today: date) -> None:
    stated = date.fromisoformat(written["born_on"]) if "born_on" in written else None
    numbered = identity.birth_in(written["national_id"]) if "national_id" in written else None
    if stated and numbered and stated != numbered:
        raise BirthDateDiffers
    for born, unfit in ((stated, BirthDateUnfit), (numbered, NationalIdUnfit)):
        if born and born > today:
            raise unfit
        if born and identity.age(born, today) < identity.WORKING_AGE:
            raise TooYoung(at=unfit.path, years=identity.WORKING_AGE)
