"""The root key in a file: outside the data directory, so that a copy of the data opens nothing."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runtime.refused import StartRefused

from .root import LENGTH, RootKeys

if TYPE_CHECKING:
    from runtime.settings import Settings

OTHERS: Final = 0o077
MARKER: Final = "root-key.txt"


class FileKeys(RootKeys):
    """The key provider `file`: wraps keys under a root that lies in a file of mode 0600."""

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Read the root key, or make it where there has never been one.

        Raises StartRefused when the key is gone, another, readable by others, or inside the data.
        """
        file = (settings.key_file or _usual_place(settings)).absolute()
        _keep_outside(file, settings.data_dir)
        marker = settings.data_dir / MARKER
        # The marker first: it is written after the key, so whoever sees it must find the key too,
        # even when another process is making both at this moment.
        if marker.exists():
            _refuse_loss(file, marker)
        elif not file.exists():
            _write_once(file, secrets.token_bytes(LENGTH))
        root = _read(file)
        _same_as_before(root, file, marker)
        return cls(AESGCM(root))


def forget_root(settings: Settings) -> None:
    """Let another root lie in the file from now on: nothing is wrapped under the last one."""
    (settings.data_dir / MARKER).unlink(missing_ok=True)


def _usual_place(settings: Settings) -> Path:
    """A folder of this account, under a name that follows from the data directory."""
    if os.geteuid() == 0:
        folder = settings.state_dir / "keys"
    elif (state := _state_folder()) is not None:
        folder = state / "peiyuan"
    else:
        folder = settings.data_dir.with_name(f"{settings.data_dir.name}-keys")
    return folder / f"{settings.data_name}.key"


def _state_folder() -> Path | None:
    """Where the account keeps its state; nothing for an account without a home."""
    if (given := Path(os.environ.get("XDG_STATE_HOME", ""))).is_absolute():
        return given  # the specification has a relative one ignored
    home = Path(os.environ.get("HOME", "/nonexistent"))
    return home / ".local" / "state" if os.access(home, os.W_OK) else None


def _keep_outside(file: Path, data_dir: Path) -> None:
    if file.resolve().is_relative_to(data_dir.resolve()):
        raise StartRefused(
            f"the key file {file} lies inside the data directory, whose copies it would open:"
            " set PEIYUAN_KEY_FILE to a place outside"
        )


def _refuse_loss(file: Path, marker: Path) -> None:
    if not file.exists():
        known, _, place = marker.read_text().strip().partition(" ")
        raise StartRefused(
            f"the key file {file} is not there, and the data were sealed under key {known}"
            f" (last seen in {place}): bring it back, or set PEIYUAN_KEY_FILE to where it is"
        )


def _read(file: Path) -> bytes:
    try:
        mode, root = file.stat().st_mode, file.read_bytes()
    except OSError as error:
        raise StartRefused(f"the key file {file} cannot be read ({error.strerror})") from error
    if mode & OTHERS:
        raise StartRefused(f"others may read the key file {file}: chmod 600 it")
    if len(root) != LENGTH:
        raise StartRefused(f"the key file {file} holds {len(root)} bytes, and a key has {LENGTH}")
    return root


def _same_as_before(root: bytes, file: Path, marker: Path) -> None:
    """Remember which key the data are sealed under, and refuse another."""
    known = hashlib.sha256(b"peiyuan root key" + root).hexdigest()[:16]
    if marker.exists():
        before, _, place = marker.read_text().strip().partition(" ")
        if before != known:
            raise StartRefused(
                f"the key in {file} is {known}, and the data were sealed under {before}"
                f" (last seen in {place}): bring that one back"
            )
        return
    marker.parent.mkdir(parents=True, exist_ok=True)
    _write_once(marker, f"{known} {file}\n".encode())


def _write_once(file: Path, content: bytes) -> None:
    """Write a 0600 file that appears whole or not at all; the first writer wins."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StartRefused(f"{file} cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(unfinished, file)
        _sync(file.parent)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()


def _sync(folder: Path) -> None:
    """Have the name of a new file on the disk before anything is sealed under its content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
