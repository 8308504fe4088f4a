"""The provider `env`: a root key from the environment, refused where it is none."""

from base64 import b64encode

import pytest

from domain.privacy.providing import NotUnwrapped
from runtime.keys import keys_of
from runtime.refused import SettingsRefused
from runtime.settings import Settings

ROOT = b64encode(bytes(range(0, 256, 8))).decode()
OTHER = b64encode(bytes(range(7, 256, 8))).decode()


def settings(root: str | None, **more: str) -> Settings:
    environ = {"PEIYUAN_KEY_PROVIDER": "env", **more}
    return Settings.read(environ if root is None else {**environ, "PEIYUAN_ROOT_KEY": root})


async def test_the_root_of_the_environment_wraps_for_a_context():
    async with keys_of(settings(ROOT)) as keys, keys_of(settings(OTHER)) as others:
        wrapped = await keys.wrap(b"k" * 32, b"here")

        assert await keys.unwrap(wrapped, b"here") == b"k" * 32
        for provider, context in ((keys, b"there"), (others, b"here")):
            with pytest.raises(NotUnwrapped):
                await provider.unwrap(wrapped, context)
        with pytest.raises(NotUnwrapped):
            await keys.unwrap(b"vault:v1:", b"here")


@pytest.mark.parametrize(
    ("root", "said"),
    [
        (None, "is missing"),
        ("not base64!", "is not base64"),
        ("密钥", "is not base64"),
        (b64encode(bytes(31)).decode(), "holds 31 bytes"),
        (b64encode(b"x" * 33).decode(), "holds 33 bytes"),
        (b64encode(bytes(32)).decode(), "was not drawn by chance"),
        (b64encode(b"\xfe" * 16 + b"\x01" * 16).decode(), "was not drawn by chance"),
        (b64encode(b"correct-horse-battery-staple-xyz").decode(), "was not drawn by chance"),
    ],
)
@pytest.mark.parametrize("environment", ["production", "development"])
def test_what_is_no_root_key_is_refused_without_being_repeated(root, said, environment):
    with pytest.raises(SettingsRefused, match=said) as caught:
        settings(root, PEIYUAN_ENVIRONMENT=environment)

    assert "openssl rand -base64 32" in str(caught.value)
    assert root is None or root not in str(caught.value)


async def test_the_root_does_not_show():
    given = settings(ROOT)
    async with keys_of(given) as keys:
        assert repr(keys) == "EnvKeys()"
    assert ROOT not in repr(given)
