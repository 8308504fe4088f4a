"""`peiyuan keys`, as the page on key ceremonies has it."""

import os
from base64 import b64decode, b64encode

import pytest

from api.cli.commands import main

ROOT = b64encode(bytes(range(0, 256, 8))).decode()


@pytest.fixture
def home(scratch, monkeypatch):
    """A data directory that the server's account may enter, and a root beside it."""
    folder = scratch / f"keys-{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o711)
    monkeypatch.setenv("PEIYUAN_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("PEIYUAN_KEY_FILE", str(folder / "root.key"))
    return folder


def test_a_root_in_a_file_is_checked_and_changed(home, monkeypatch, capsys):
    def said(*arguments: str) -> str:
        ended = main(["keys", *arguments])
        out, err = capsys.readouterr()
        assert bool(ended) == err.startswith("peiyuan: "), err
        assert ROOT not in out + err
        return (out + err).strip()

    assert said("check") == "the root key of file opens this installation"
    with pytest.raises(SystemExit):
        main(["keys", "move"])
    capsys.readouterr()

    monkeypatch.setenv("PEIYUAN_KEY_PROVIDER", "env")
    assert "PEIYUAN_ROOT_KEY is missing" in said("move", "--from", "file")
    monkeypatch.setenv("PEIYUAN_ROOT_KEY", ROOT)
    assert "PEIYUAN_VAULT_URL is missing" in said("move", "--from", "vault")
    assert said("move", "--from", "file").endswith("moved from file to env")
    assert said("check") == "the root key of env opens this installation"

    (home / "second.key").write_bytes(b64decode(ROOT))
    (home / "second.key").chmod(0o600)
    monkeypatch.setenv("PEIYUAN_KEY_FILE", str(home / "second.key"))
    monkeypatch.setenv("PEIYUAN_KEY_PROVIDER", "file")
    assert said("move", "--from", "env").endswith("moved from env to file")
    monkeypatch.delenv("PEIYUAN_ROOT_KEY")
    assert said("check") == "the root key of file opens this installation"
    monkeypatch.setenv("PEIYUAN_KEY_FILE", str(home / "root.key"))
    assert "the data were sealed under" in said("check")
