"""The provider `vault`, against a server that speaks Transit's wire format."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from domain.privacy.keyring import Keyring
from domain.privacy.providing import NotUnwrapped, OutOfReach
from runtime.bring_up import connected
from runtime.keys import keys_of, prove_root
from runtime.refused import SettingsRefused, StartRefused
from runtime.settings import Settings
from tests.runtime import transit as faults
from tests.runtime.transit import TOKEN, Transit, standing

KEY, HERE = b"k" * 32, b"group_key|here"


@pytest.fixture
def transit():
    with standing(Transit()) as transit:
        yield transit


def settings(transit: Transit, **more: str) -> Settings:
    environ = {"KEY_PROVIDER": "vault", "VAULT_URL": transit.address, "VAULT_TOKEN": TOKEN, **more}
    return Settings.read({f"PEIYUAN_{name}": value for name, value in environ.items() if value})


@pytest.fixture
async def keys(transit):
    async with keys_of(settings(transit)) as keys:
        yield keys


async def test_a_key_is_wrapped_and_unwrapped_in_its_context_alone(keys, transit):
    wrapped = await keys.wrap(KEY, HERE)

    assert wrapped.startswith(b"vault:v1:")
    assert KEY not in b64decode(wrapped.removeprefix(b"vault:v1:"))
    assert await keys.unwrap(wrapped, HERE) == KEY
    with pytest.raises(NotUnwrapped, match="message authentication failed"):
        await keys.unwrap(wrapped, b"group_key|there")
    assert transit.asked == ["encrypt", "decrypt", "decrypt"]
    assert transit.headers["x-vault-request"] == "true"


async def test_a_changed_ciphertext_does_not_open(keys):
    wrapped = await keys.wrap(KEY, HERE)
    for at in (0, 7, 12, len(wrapped) - 6):
        changed = bytearray(wrapped)
        changed[at] ^= 1
        with pytest.raises(NotUnwrapped):
            await keys.unwrap(bytes(changed), HERE)
    for other in (b"\x01" + bytes(60), b"", b"vault:v1:\xff", "vault:v1:密".encode()):
        with pytest.raises(NotUnwrapped):
            await keys.unwrap(other, HERE)


async def test_a_new_version_of_the_root_is_taken_up_by_rewrapping(keys, transit):
    before = await keys.wrap(KEY, HERE)
    transit.rotate()
    after = await keys.rewrap(before, HERE)

    assert after.startswith(b"vault:v2:")
    assert await keys.unwrap(before, HERE) == await keys.unwrap(after, HERE) == KEY
    assert (await keys.wrap(KEY, HERE)).startswith(b"vault:v2:")
    transit.oldest = 2
    with pytest.raises(NotUnwrapped, match="too old"):
        await keys.unwrap(before, HERE)
    assert await keys.unwrap(after, HERE) == KEY
    with pytest.raises(NotUnwrapped):
        await keys.rewrap(before, HERE)


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (faults.sealed, OutOfReach, "503 to decrypt .Vault is sealed"),
        (faults.token_revoked, OutOfReach, "403 to decrypt .permission denied"),
        (faults.too_many, OutOfReach, "429"),
        (faults.hanging, OutOfReach, "ReadTimeout"),
        (faults.a_page, NotUnwrapped, "no key"),
        (faults.no_base64, NotUnwrapped, "no key"),
        (faults.rolled_back, NotUnwrapped, "too new"),
        (faults.withdrawn, NotUnwrapped, "too old"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
async def test_what_goes_wrong_is_told_apart_and_said_without_a_secret(transit, fault, kind, said):
    transit.rotate()
    async with keys_of(settings(transit, KEY_WAIT="0.3")) as keys:
        wrapped = await keys.wrap(KEY, HERE)
        transit.fault = fault
        with pytest.raises(kind, match=said) as caught:
            await keys.unwrap(wrapped, HERE)

    assert TOKEN not in str(caught.value)
    assert wrapped.decode() not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"VAULT_TOKEN": "hvs.another"}, "403 to encrypt .permission denied"),
        ({"VAULT_KEY": "nobody"}, "400 to encrypt .encryption key not found"),
        ({"VAULT_MOUNT": "elsewhere/transit"}, "404 to encrypt .no handler for route"),
    ],
)
async def test_what_is_set_up_wrongly_is_said_as_vault_says_it(transit, more, said):
    async with keys_of(settings(transit, **more)) as keys:
        with pytest.raises(OutOfReach, match=said):
            await keys.wrap(KEY, HERE)


async def test_the_token_is_read_from_its_file_each_time(transit, tmp_path):
    file = tmp_path / "token"
    file.write_text("hvs.of-yesterday\n")
    file.chmod(0o600)
    given = settings(transit, VAULT_TOKEN="", VAULT_TOKEN_FILE=str(file))
    async with keys_of(given) as keys:
        with pytest.raises(OutOfReach, match="403"):
            await keys.wrap(KEY, HERE)
        file.write_text(TOKEN + "\n")
        wrapped = await keys.wrap(KEY, HERE)
        file.unlink()
        with pytest.raises(OutOfReach, match="cannot be reached"):
            await keys.unwrap(wrapped, HERE)


async def test_nobody_at_the_address_is_out_of_reach(transit):
    given = settings(transit, VAULT_URL="http://127.0.0.1:1")
    async with keys_of(given) as keys:
        with pytest.raises(OutOfReach, match="ConnectError"):
            await keys.wrap(KEY, HERE)


async def test_neither_token_nor_root_shows_in_a_repr(keys, transit):
    assert TOKEN not in f"{keys!r} {settings(transit)!r}"


def certificate(folder):
    """A certificate of 127.0.0.1 that only its own file vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vault.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    (folder / "vault.crt").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "vault.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return str(folder / "vault.crt"), str(folder / "vault.key")


async def test_over_tls_only_a_server_that_is_vouched_for_gets_the_token(tmp_path):
    crt, key = certificate(tmp_path)
    with standing(Transit(), ssl_certfile=crt, ssl_keyfile=key) as transit:
        async with keys_of(settings(transit, VAULT_CA=crt)) as keys:
            assert await keys.unwrap(await keys.wrap(KEY, HERE), HERE) == KEY
        asked = len(transit.asked)
        async with keys_of(settings(transit)) as keys:
            with pytest.raises(OutOfReach, match="ConnectError"):
                await keys.wrap(KEY, HERE)
        assert len(transit.asked) == asked

        no_pem = tmp_path / "empty.crt"
        no_pem.touch()
        with pytest.raises(StartRefused, match="PEIYUAN_VAULT_CA"):
            async with keys_of(settings(transit, VAULT_CA=str(no_pem))):
                pass


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"VAULT_URL": ""}, "PEIYUAN_VAULT_URL is missing"),
        ({"VAULT_TOKEN": ""}, "PEIYUAN_VAULT_TOKEN is missing"),
        ({"VAULT_TOKEN_FILE": "/dev/null"}, "or there are two"),
        ({"VAULT_TOKEN_FILE": "/nowhere", "VAULT_TOKEN": ""}, "PEIYUAN_VAULT_TOKEN_FILE names no"),
        ({"VAULT_CA": "/nowhere"}, "PEIYUAN_VAULT_CA names no file"),
        ({"VAULT_KEY": "../sys/seal"}, "PEIYUAN_VAULT_KEY cannot be read"),
        ({"VAULT_URL": "https://vault/ui"}, "PEIYUAN_VAULT_URL cannot be read"),
        ({"ENVIRONMENT": "production"}, "PEIYUAN_VAULT_URL reaches Vault without TLS"),
    ],
)
def test_settings_that_lead_to_no_vault_are_refused(transit, change, named):
    with pytest.raises(SettingsRefused, match=named) as caught:
        settings(transit, **change)

    assert TOKEN not in str(caught.value)


async def test_a_process_starts_with_vault_and_remembers_who_it_may_recognise(
    transit, another_database
):
    addresses = await another_database()
    async with keys_of(settings(transit)) as keys, connected(addresses.owner) as connection:
        await connection.execute(
            "insert into system_key (name, wrapped) values ('token-pepper', $1)",
            await keys.wrap(KEY, b"token-pepper"),
        )
        keyring = Keyring(keys)
        await prove_root(keyring, connection)
        transit.fault = faults.sealed

        assert list(keyring.system.values()) == [KEY]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (faults.sealed, "does not serve .*Vault is sealed.* mend that, and start again"),
        (faults.token_revoked, "does not serve .*permission denied"),
        (faults.another_key, "gives back other keys"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
async def test_a_process_does_not_start_with_a_vault_that_does_not_serve(
    transit, addresses, fault, said
):
    if fault is faults.another_key:
        transit.fault = lambda it, act: fault(it, act) if act == "decrypt" else None
    else:
        transit.fault = fault
    async with keys_of(settings(transit)) as keys, connected(addresses.owner) as connection:
        with pytest.raises(StartRefused, match=said) as caught:
            await prove_root(Keyring(keys), connection)

    assert TOKEN not in str(caught.value)


async def test_a_key_of_vault_that_binds_no_context_is_refused(addresses):
    with standing(Transit(derived=False)) as transit:
        async with keys_of(settings(transit)) as keys, connected(addresses.owner) as connection:
            with pytest.raises(StartRefused, match="derived=true"):
                await prove_root(Keyring(keys), connection)
