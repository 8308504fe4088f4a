"""Passwords of database roles: made once, kept in files that only their owner reads."""

import os
import secrets
from pathlib import Path
from typing import Final

FOLDER: Final = "passwords"


def password_of(role: str, data_dir: Path) -> str:
    """The role's password; made at the first asking, by one process only."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / role
    if not file.exists():
        _write_once(file, secrets.token_urlsafe(32))
    return file.read_text().strip()


def _write_once(file: Path, text: str) -> None:
    """Write a 0600 file that appears whole or not at all; the first writer wins."""
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(unfinished, file)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()
