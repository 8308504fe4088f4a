"""The root key: made once, kept apart from the data, never replaced in silence."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from domain.access.tokens import PEPPER
from domain.privacy.keyring import Keyring
from domain.privacy.providing import NotUnwrapped
from runtime.bring_up import connected
from runtime.keys import FileKeys, prove_root
from runtime.refused import StartRefused
from runtime.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", key_file=tmp_path / "keys" / "root.key")


def key_file(settings: Settings) -> Path:
    assert settings.key_file is not None
    return settings.key_file


def test_the_key_is_made_once_and_only_its_owner_reads_it(settings: Settings) -> None:
    FileKeys.open(settings)
    made = key_file(settings).read_bytes()

    FileKeys.open(settings)

    assert key_file(settings).read_bytes() == made
    assert key_file(settings).stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_get_the_same_key(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: FileKeys.open(settings), range(8)))

    wrapped = asyncio.run(keys[0].wrap(b"k" * 32, b"here"))

    assert all(asyncio.run(one.unwrap(wrapped, b"here")) == b"k" * 32 for one in keys)


def test_a_process_that_comes_while_the_key_is_being_made_does_not_take_it_for_lost(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one makes key and marker right after we have looked for either."""
    looked = Path.exists

    def slowly(path: Path) -> bool:
        found = looked(path)
        monkeypatch.undo()
        FileKeys.open(settings)
        return found

    monkeypatch.setattr(Path, "exists", slowly)
    late = FileKeys.open(settings)
    wrapped = asyncio.run(FileKeys.open(settings).wrap(b"k" * 32, b"here"))

    assert asyncio.run(late.unwrap(wrapped, b"here")) == b"k" * 32


def test_without_a_setting_the_key_lies_with_the_account_and_apart_by_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("one", "two"):
        FileKeys.open(Settings(data_dir=tmp_path / name))

    folder = tmp_path / "state" / "peiyuan"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(file.suffix for file in folder.iterdir()) == [".key", ".key"]


def test_root_keeps_its_keys_where_the_system_keeps_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    settings = Settings(data_dir=tmp_path / "data", state_dir=tmp_path / "state")
    FileKeys.open(settings)

    assert [*(tmp_path / "state").rglob("*.key")] == [
        tmp_path / "state" / "keys" / f"{settings.data_name}.key"
    ]


def test_a_link_does_not_carry_the_key_into_the_data(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "outside").symlink_to(tmp_path / "data")
    through = Settings(data_dir=tmp_path / "data", key_file=tmp_path / "outside" / "root.key")

    with pytest.raises(StartRefused, match="inside the data directory"):
        FileKeys.open(through)


async def test_a_root_that_did_not_seal_the_database_is_refused(
    installation, addresses, settings: Settings
) -> None:
    async with installation.writer.transaction(UUID(int=0), ()) as session:
        await installation.keyring.of_system(session, PEPPER)

    async with connected(addresses.owner) as connection:
        await prove_root(installation.keyring, connection)
        with pytest.raises(StartRefused, match="another root key"):
            await prove_root(Keyring(FileKeys.open(settings)), connection)


def test_a_wrapped_key_opens_only_in_its_context(settings: Settings) -> None:
    keys = FileKeys.open(settings)
    wrapped = asyncio.run(keys.wrap(b"k" * 32, b"here"))

    with pytest.raises(NotUnwrapped):
        asyncio.run(keys.unwrap(wrapped, b"there"))


@pytest.mark.parametrize("at", [0, 1, 20, -1])
def test_a_wrapped_key_that_was_changed_does_not_open(settings: Settings, at: int) -> None:
    keys = FileKeys.open(settings)
    wrapped = bytearray(asyncio.run(keys.wrap(b"k" * 32, b"here")))
    wrapped[at] ^= 1

    with pytest.raises(NotUnwrapped):
        asyncio.run(keys.unwrap(bytes(wrapped), b"here"))


def test_a_key_that_is_gone_is_not_replaced(settings: Settings) -> None:
    FileKeys.open(settings)
    key_file(settings).unlink()

    with pytest.raises(StartRefused, match="bring it back"):
        FileKeys.open(settings)

    assert not key_file(settings).exists()


def test_another_key_than_before_is_refused(settings: Settings) -> None:
    FileKeys.open(settings)
    key_file(settings).write_bytes(b"x" * 32)

    with pytest.raises(StartRefused, match="sealed under"):
        FileKeys.open(settings)


def test_a_key_that_others_may_read_is_refused(settings: Settings) -> None:
    FileKeys.open(settings)
    key_file(settings).chmod(0o640)

    with pytest.raises(StartRefused, match="chmod 600"):
        FileKeys.open(settings)


def test_a_key_of_the_wrong_length_is_refused(settings: Settings) -> None:
    key_file(settings).parent.mkdir(parents=True)
    key_file(settings).write_bytes(b"short")
    key_file(settings).chmod(0o600)

    with pytest.raises(StartRefused, match="5 bytes"):
        FileKeys.open(settings)


def test_a_key_inside_the_data_is_refused(tmp_path: Path) -> None:
    inside = Settings(data_dir=tmp_path, key_file=tmp_path / "keys" / "root.key")

    with pytest.raises(StartRefused, match="inside the data directory"):
        FileKeys.open(inside)

    assert list(tmp_path.iterdir()) == []


def test_neither_key_nor_root_shows_in_a_repr(settings: Settings) -> None:
    assert repr(FileKeys.open(settings)) == "FileKeys()"
