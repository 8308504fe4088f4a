"""Passwords, login names, locks and codes by themselves: what holds of every one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyotp import TOTP

from domain.access import one_time_codes
from domain.access.lockout import FREE, LONGEST, locked_until
from domain.access.login_names import (
    LoginNameUnfit,
    checked_name,
    login_digest,
    normal,
    provider_digest,
    subject_digest,
)
from domain.access.passwords import (
    COMMON,
    PasswordTooCommon,
    PasswordTooShort,
    PasswordUnfit,
    check_password,
    nobodys_verifier,
    verifier_of,
    verifies,
)
from tests.people import NOW, refused

PEPPER = b"p" * 32
TYPED = st.text(st.characters(categories=["L"]), min_size=12, max_size=40).filter(
    lambda text: len(set(text.casefold())) > 5
)


@settings(max_examples=8)
@given(TYPED, TYPED)
def test_a_verifier_fits_its_password_under_its_pepper_and_no_other(password, other):
    verifier = verifier_of(PEPPER, password)

    assert password not in verifier
    assert verifies(PEPPER, password, verifier)
    assert not verifies(b"q" * 32, password, verifier)
    assert verifies(PEPPER, other, verifier) == (normal_form(other) == normal_form(password))
    assert verifier != verifier_of(PEPPER, password), "salted"


def normal_form(text):
    import unicodedata  # noqa: PLC0415

    return unicodedata.normalize("NFC", text)


def test_a_password_is_the_same_composed_and_decomposed():
    assert verifies(PEPPER, "cafe\u0301 au lait noir", verifier_of(PEPPER, "café au lait noir"))


def test_nobodys_verifier_fits_nothing_and_costs_the_same():
    verifier = nobodys_verifier()

    assert not verifies(PEPPER, "", verifier)
    assert verifier.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_what_is_no_verifier_fits_nothing():
    for broken in ("", "$argon2id$", "plain text", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"):
        assert not verifies(PEPPER, "four loud geese at noon", broken)


@pytest.mark.parametrize("password", sorted(COMMON))
def test_no_common_password_passes_in_whatever_dress(password):
    for dressed in (password.ljust(12, "1"), f"{password.title()}2026!!!!!", f"123456!{password}"):
        with pytest.raises((PasswordTooCommon, PasswordTooShort)):
            check_password(dressed)


def test_length_is_what_counts_and_a_second_factor_makes_up_for_some_of_it():
    check_password("correct pony battery")
    check_password("一匹安静的马在雪地里慢慢走")
    check_password("kurz+gut", with_code=True)
    with refused(PasswordTooShort):
        check_password("kurz+gut")
    with refused(PasswordTooShort):
        check_password("kurz+gu", with_code=True)
    for unfit in ("tab\tand more and more", "nul\0and more and more", "bell\aand more and more"):
        with refused(PasswordUnfit):
            check_password(unfit)


@given(st.integers(0, 10_000))
def test_each_failure_locks_at_least_as_long_as_the_one_before_and_never_for_good(failures):
    until, then = locked_until(failures, NOW), locked_until(failures + 1, NOW)

    assert (until is None) == (failures < FREE)
    assert then is None or NOW + timedelta(seconds=30) <= (until or then) <= then <= NOW + LONGEST


@given(st.text(max_size=80))
def test_a_name_that_is_taken_is_normal_and_stays_so(text):
    try:
        name = checked_name(text)
    except LoginNameUnfit:
        return
    assert checked_name(name) == normal(name) == name
    assert not set(name) & set("\0 /\\\n\t")


@given(st.tuples(*[st.text(max_size=6)] * 4))
def test_digests_lead_to_one_place_however_their_parts_are_cut(parts):
    a, b, c, d = parts
    same = (normal(a), normal(b)) == (normal(c), normal(d))

    assert (login_digest(PEPPER, a, b) == login_digest(PEPPER, c, d)) == same
    assert login_digest(PEPPER, a, b) != provider_digest(PEPPER, a, b)
    assert login_digest(PEPPER, a, b) != login_digest(b"q" * 32, a, b)
    group = NOW  # whatever tells groups apart as text does
    assert (subject_digest(PEPPER, group, a, b) == subject_digest(PEPPER, group, c, d)) == (
        (a, b) == (c, d)
    )


RFC_6238 = {2000000000: "279037", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924"}


@pytest.mark.parametrize(("second", "code"), sorted(RFC_6238.items()))
def test_codes_are_those_of_the_standard_and_hold_for_a_step_either_way(second, code):
    """RFC 6238, appendix B; the secret is the ASCII of 12345678901234567890."""
    secret = b"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = datetime.fromtimestamp(second, UTC)

    assert one_time_codes._step(secret, code, at) == second // 30
    for steps, held in ((-1, True), (1, True), (-2, False), (2, False)):
        moved = at + timedelta(seconds=30 * steps)
        assert (one_time_codes._step(secret, code, moved) is not None) == (
            held or TOTP(secret.decode()).at(moved) == code
        )


@given(st.text(max_size=8))
def test_nothing_but_six_digits_is_ever_a_code(text):
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        assert one_time_codes._step(b"GEZDGNBVGY3TQOJQ", text, NOW) is None


def test_secrets_of_the_door_have_no_repr():
    from domain.access.open_session import OpenSession  # noqa: PLC0415
    from domain.access.set_login import SetLogin  # noqa: PLC0415

    shown = [
        repr(OpenSession(principal_id=None, verifier="hidden", better="hidden", code="hidden")),
        repr(SetLogin(principal_id=None, name="ada", verifier="hidden")),
    ]
    assert not any("hidden" in text for text in shown)
