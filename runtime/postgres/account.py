"""Under whose name the server runs: PostgreSQL refuses to be started by root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from runtime.refused import StartRefused

ROOT: Final = 0
KEPT: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system and its main group."""

    uid: int
    gid: int

    @classmethod
    def current(cls) -> Self:
        """Whoever runs this process."""
        return cls(os.geteuid(), os.getegid())

    @classmethod
    def owner(cls, path: Path) -> Self:
        """Whoever owns the file or folder."""
        found = path.stat()
        return cls(found.st_uid, found.st_gid)

    @property
    def name(self) -> str:
        """The account's name, or its number where it has none (as in some containers)."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command to its end as this account and return what it printed."""
        foreign = self != Account.current()
        return subprocess.run(
            [os.fspath(part) for part in command],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd="/",  # ours may be closed to the account, and PostgreSQL wants to know its own
            env=_environment(),
            user=self.uid if foreign else None,
            group=self.gid if foreign else None,
            extra_groups=[] if foreign else None,
        )

    def enters(self, folder: Path) -> bool:
        """Whether the account gets into the folder, tried rather than computed from modes."""
        return self.run("/bin/sh", "-c", 'cd -- "$1"', "sh", folder).returncode == 0

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder that this process has made."""
        if self != Account.current():
            os.chown(path, self.uid, self.gid)


def server_account(data_dir: Path, cluster: Path) -> Account:
    """Choose who runs the server: whoever runs us, but for root somebody without rights.

    For root it is the owner of an existing cluster, else of the data directory (or of the nearest
    folder above it that exists), else `postgres`, else `nobody`. No account is ever created.
    """
    current = Account.current()
    if current.uid != ROOT:
        return current
    for path in (cluster, data_dir, *data_dir.parents):
        if path.exists() and (owner := Account.owner(path)).uid != ROOT:
            return owner
        if path.exists() and path != cluster:
            break
    return _unprivileged()


def _unprivileged() -> Account:
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise StartRefused(
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody:"
        " start as an ordinary user, or set PEIYUAN_DATABASE_URL"
    )


def _environment() -> dict[str, str]:
    """What the server's programs see: nothing of PGDATA, PGPORT or our own settings."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
