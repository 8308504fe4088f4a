"""The format of sealed cells: what it is byte by byte, and that nothing else opens.

Where a cell may not open, both ciphers are tried: AES-256-GCM and SM4-GCM.
"""

from dataclasses import replace
from itertools import combinations
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy.ciphers import LENGTHS, Algorithm
from domain.privacy.container import (
    BUCKET,
    OVERHEAD,
    Key,
    Place,
    Tampered,
    new_key,
    pack,
    seal,
    unpack,
    unseal,
    wrap_key,
)

PLACE = Place(
    group=UUID(int=1), table="person", column="phone", row=UUID(int=2), subject=UUID(int=3)
)
ELSEWHERE = {
    "another group": replace(PLACE, group=UUID(int=9)),
    "another table": replace(PLACE, table="candidate"),
    "another column": replace(PLACE, column="email"),
    "another row": replace(PLACE, row=UUID(int=9)),
    "another subject": replace(PLACE, subject=UUID(int=9)),
    "row and subject changed over": replace(PLACE, row=PLACE.subject, subject=PLACE.row),
    "the border between table and column moved": replace(PLACE, table="personp", column="hone"),
}
PLAIN = b"15400000004"
BLOCKS = {Algorithm.AES_256_GCM: AES256, Algorithm.SM4_GCM: SM4}

both = pytest.mark.parametrize("algorithm", Algorithm)


def refused(key: Key, blob: bytes, place: Place = PLACE, label: str = "BOX") -> bool:
    try:
        unseal(key, blob, place=place, label=label)
    except Tampered:
        return True
    return False


def flips(blob: bytes):
    """Every blob that differs in one bit."""
    for at in range(len(blob) * 8):
        changed = bytearray(blob)
        changed[at // 8] ^= 1 << at % 8
        yield at, bytes(changed)


@both
def test_what_was_sealed_opens_at_its_place(algorithm):
    key = new_key(algorithm)
    blob = seal(key, PLAIN, place=PLACE, label="BOX")

    assert len(key.secret) == LENGTHS[algorithm]
    assert len(blob) == OVERHEAD + len(PLAIN)
    assert unseal(key, blob, place=PLACE, label="BOX") == PLAIN
    assert blob != seal(key, PLAIN, place=PLACE, label="BOX")


@both
def test_a_blob_opens_by_the_description_of_its_format_alone(algorithm):
    """What seals today must open in ten years, with whatever library there is then."""
    key = new_key(algorithm)
    blob = seal(key, PLAIN, place=PLACE, label="BOX")
    number = {Algorithm.AES_256_GCM: 1, Algorithm.SM4_GCM: 2}[algorithm]
    header = bytes((0xE1, number, 1, 0)) + key.kid
    assert blob[:12] == header
    bound = (header, PLACE.group.bytes, b"person", b"phone", PLACE.row.bytes, PLACE.subject.bytes)
    context = b"CE1" + b"".join(len(one).to_bytes(2) + one for one in (*bound, b"BOX"))

    opening = Cipher(BLOCKS[algorithm](bytes(key.secret)), GCM(blob[12:24], blob[-16:])).decryptor()
    opening.authenticate_additional_data(context)

    assert opening.update(blob[24:-16]) + opening.finalize() == PLAIN


def test_what_was_sealed_before_there_were_two_ciphers_is_still_readable():
    secret = bytes(range(32))
    blob = bytes.fromhex(
        "e101010030313233343536376e6f6e63652d6f662d313229453b27afc6903836fcc8c952"
        "ad50d7936209acddf1565468d87854"
    )

    assert unseal(Key(b"01234567", secret), blob, place=PLACE, label="BOX") == PLAIN


@both
@pytest.mark.parametrize("place", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_blob_opens_nowhere_else(algorithm, place):
    key = new_key(algorithm)

    assert refused(key, seal(key, PLAIN, place=PLACE, label="BOX"), place=place)
    assert refused(key, seal(key, PLAIN, place=place, label="BOX"))


@both
def test_no_two_places_share_a_blob(algorithm):
    key = new_key(algorithm)
    places = [PLACE, *ELSEWHERE.values()]
    blobs = [seal(key, PLAIN, place=place, label="BOX") for place in places]
    for one, other in combinations(range(len(places)), 2):
        assert refused(key, blobs[one], place=places[other])
        assert refused(key, blobs[other], place=places[one])


@both
def test_a_window_is_no_box_under_whichever_key(algorithm):
    window, box = new_key(algorithm), new_key(algorithm)
    shown = seal(window, b"154****0004", place=PLACE, label="WINDOW")
    shut = seal(box, PLAIN, place=PLACE, label="BOX")

    assert refused(window, shown, label="BOX")
    assert refused(box, shut, label="WINDOW")
    assert refused(window, shut)
    assert refused(box, shown, label="WINDOW")


@both
def test_a_blob_opens_under_no_other_id_of_its_key(algorithm):
    """Whoever names another key in the header has changed what was authenticated."""
    key = new_key(algorithm)
    blob = seal(key, PLAIN, place=PLACE, label="BOX")
    renamed = blob[:4] + b"another!" + blob[12:]

    assert refused(key, renamed)
    assert refused(Key(b"another!", key.secret), renamed)
    assert refused(new_key(algorithm), blob)


@both
def test_a_blob_that_names_another_cipher_does_not_open(algorithm):
    key = new_key(algorithm)
    blob = seal(key, PLAIN, place=PLACE, label="BOX")
    for number in range(256):
        if number != blob[1]:
            assert refused(key, blob[:1] + bytes((number,)) + blob[2:]), number


def test_the_same_bytes_open_nothing_for_the_other_cipher():
    """An SM4 key beside an AES key that begins with it: neither opens what the other sealed."""
    secret = bytes(range(32))
    aes, sm4 = Key(b"01234567", secret), Key(b"01234567", secret[:16])
    for one, other in ((aes, sm4), (sm4, aes)):
        blob = seal(one, PLAIN, place=PLACE, label="BOX")
        assert refused(other, blob)
        assert refused(other, blob[:1] + other.opens[1:2] + blob[2:])


@both
@pytest.mark.parametrize("padded", [False, True])
def test_a_blob_in_which_one_bit_is_another_does_not_open(algorithm, padded):
    key = new_key(algorithm)
    blob = seal(key, PLAIN, place=PLACE, label="BOX", padded=padded)

    assert [at for at, changed in flips(blob) if not refused(key, changed)] == []


@both
def test_a_blob_that_was_cut_or_grew_does_not_open(algorithm):
    key = new_key(algorithm)
    blob = seal(key, PLAIN, place=PLACE, label="BOX")

    assert all(refused(key, blob[:end]) for end in range(len(blob)))
    assert refused(key, blob + b"\0")


@both
def test_a_container_in_which_one_bit_is_another_does_not_open_whole(algorithm):
    window, box = new_key(algorithm), new_key(algorithm)
    shown = seal(window, b"154****0004", place=PLACE, label="WINDOW")
    whole = pack(shown, seal(box, PLAIN, place=PLACE, label="BOX"))
    assert unpack(whole)[0] == shown
    for at, changed in flips(whole):
        try:
            first, second = unpack(changed)
        except Tampered:
            continue
        assert refused(window, first, label="WINDOW") or refused(box, second), at


@both
@given(plain=st.binary(max_size=100))
def test_padding_takes_and_gives_back_whatever_bytes(algorithm, plain):
    key = new_key(algorithm)
    blob = seal(key, plain, place=PLACE, label="BOX", padded=True)

    assert unseal(key, blob, place=PLACE, label="BOX") == plain
    assert (len(blob) - OVERHEAD) % BUCKET == 0
    assert len(plain) < len(blob) - OVERHEAD <= len(plain) + BUCKET


@given(one=st.binary(max_size=60), other=st.binary(max_size=60))
def test_lengths_of_one_bucket_cannot_be_told_apart(one, other):
    key = new_key()
    sizes = [len(seal(key, text, place=PLACE, label="BOX", padded=True)) for text in (one, other)]

    assert (sizes[0] == sizes[1]) == (len(one) // BUCKET == len(other) // BUCKET)


@pytest.mark.parametrize("outer", Algorithm)
@pytest.mark.parametrize("inner", Algorithm)
def test_a_wrapped_key_is_as_long_whichever_cipher_it_is_for(outer, inner):
    """A statement brings it in front of the window: where it ends must be known beforehand."""
    key, held = new_key(outer), new_key(inner)
    wrapped = wrap_key(key, held, place=PLACE, label="WINDOW")

    assert len(wrapped) == 72
    assert unseal(key, wrapped, place=PLACE, label="WINDOW") == held.secret


@pytest.mark.parametrize("length", [0, 15, 17, 24, 31, 33])
def test_a_key_of_another_length_is_no_key(length):
    with pytest.raises(ValueError, match="32 or 16 bytes"):
        Key(b"01234567", bytes(length))


@both
def test_the_bytes_of_a_key_are_gone_once_nobody_holds_it(algorithm):
    key = new_key(algorithm)
    secret = key.secret
    assert any(secret)

    del key

    assert not any(secret)


def test_a_key_shows_its_id_alone():
    key = new_key()

    assert repr(key) == f"Key({key.kid.hex()})"
    assert key.secret.hex() not in f"{key} {key!r}"


def test_the_cipher_itself_refuses_what_is_too_short():
    with pytest.raises(InvalidTag):
        new_key(Algorithm.SM4_GCM).cipher.decrypt(bytes(12), b"short", b"")
