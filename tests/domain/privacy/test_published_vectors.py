"""The published vectors, through the very ciphers that seal: no other code stands in for them.

SM3 and HKDF are not used by what seals, and so have no vectors here.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from domain.privacy.ciphers import SM4GCM, cipher_of

VECTORS = Path(cryptography_vectors.__file__).parent / "ciphers"
A_SECTION = 3  # vectors of each length of text and context: there are thousands
LENGTHS = {"Keylen": "256", "IVlen": "96", "Taglen": "128"}

GB_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
RFC_8998 = {
    "iv": "00001234567800000000ABCD",
    "aad": "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2",
    "plain": "A" * 16 + "B" * 16 + "C" * 16 + "D" * 16 + "E" * 16 + "F" * 16 + "E" * 16 + "A" * 16,
    "sealed": (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    ),
}


def nist(file: str) -> Iterator[dict[str, str]]:
    """Read the vectors of a file that are of our lengths, a few of each section."""
    section, vector, taken = dict[str, str](), dict[str, str](), 0
    for line in [*(VECTORS / "AES/GCM" / file).read_text().splitlines(), ""]:
        name, _, value = (part.strip() for part in line.strip("[]").partition("="))
        if line.startswith("["):
            section[name], taken = value, 0
        elif line.startswith("#"):
            continue
        elif line:
            vector[name or line] = value
        elif vector:
            if taken < A_SECTION and LENGTHS.items() <= section.items():
                yield vector
                taken += 1
            vector = {}


def parts(vector: dict[str, str]) -> tuple[bytes, bytes, bytes, bytes]:
    key, nonce, context = (bytes.fromhex(vector[name]) for name in ("Key", "IV", "AAD"))
    return key, nonce, context, bytes.fromhex(vector["CT"] + vector["Tag"])


def test_aes_gcm_encrypts_as_nist_says():
    vectors = list(nist("gcmEncryptExtIV256.rsp"))
    assert len(vectors) == 25 * A_SECTION  # five lengths of text by five of context
    for vector in vectors:
        key, nonce, context, sealed = parts(vector)
        assert cipher_of(key).encrypt(nonce, bytes.fromhex(vector["PT"]), context) == sealed


def test_aes_gcm_decrypts_as_nist_says_and_refuses_what_nist_refuses():
    seen = set()
    for vector in nist("gcmDecrypt256.rsp"):
        key, nonce, context, sealed = parts(vector)
        seen.add("PT" in vector)
        if "PT" in vector:
            assert cipher_of(key).decrypt(nonce, sealed, context).hex() == vector["PT"]
        else:
            assert "FAIL" in vector
            with pytest.raises(InvalidTag):
                cipher_of(key).decrypt(nonce, sealed, context)
    assert seen == {True, False}


def block(key: bytes) -> Cipher:
    """The block cipher of our SM4-GCM, without its mode."""
    return Cipher(SM4GCM(key)._block, ECB())


def sm4_vectors() -> list[dict[str, str]]:
    lines = (VECTORS / "SM4/draft-ribose-cfrg-sm4-10-ecb.txt").read_text().splitlines()
    pairs = [line.split(" = ") for line in lines if " = " in line]
    return [
        dict(group)
        for filled, group in groupby(pairs, key=lambda pair: pair[0] != "COUNT")
        if filled
    ]


def test_sm4_encrypts_blocks_as_its_standard_says():
    vectors = sm4_vectors()
    assert vectors[0]["CIPHERTEXT"] == "681edf34d206965e86b3e94f536e4246"  # GB/T 32907, example 1
    for vector in vectors:
        key, plain = bytes.fromhex(vector["KEY"]), bytes.fromhex(vector["PLAINTEXT"])
        assert block(key).encryptor().update(plain).hex() == vector["CIPHERTEXT"]
        assert block(key).decryptor().update(bytes.fromhex(vector["CIPHERTEXT"])) == plain


def test_sm4_still_agrees_with_its_standard_after_a_million_rounds():
    running, text = block(GB_KEY).encryptor(), GB_KEY
    for _ in range(1_000_000):
        text = running.update(text)

    assert text.hex() == "595298c7c6fd271f0402f804c33d3f66"  # GB/T 32907, example 2


def test_sm4_gcm_is_that_of_rfc_8998():
    assert isinstance(SM4GCM(GB_KEY)._block, SM4)
    iv, aad, plain, sealed = (bytes.fromhex(RFC_8998[name]) for name in RFC_8998)

    assert cipher_of(GB_KEY).encrypt(iv, plain, aad) == sealed
    assert cipher_of(GB_KEY).decrypt(iv, sealed, aad) == plain
    for short in range(16):
        with pytest.raises(InvalidTag):
            cipher_of(GB_KEY).decrypt(iv, sealed[:short], aad)
