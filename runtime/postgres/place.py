"""Where the parts of an embedded server lie."""

import os
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from runtime.postgres import processes
from runtime.postgres.account import ROOT, Account
from runtime.progress import Tell
from runtime.refused import StartRefused

POINTER: Final = "postgres"
LONGEST_SOCKET_FOLDER: Final = 103 - len("/.s.PGSQL.65535")  # macOS allows 103 bytes, Linux 107
TRAVERSABLE: Final = 0o711  # the server's account passes through, and sees nothing on its way


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one embedded server; `cluster` and what is in it belong to its account."""

    home: Path

    @property
    def cluster(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.home / "cluster"

    @property
    def binaries(self) -> Path:
        """Copies of binaries that the account cannot reach where they are installed."""
        return self.home / "binaries"

    @property
    def configuration(self) -> Path:
        """The folder of our settings, which the cluster includes and its account cannot change."""
        return self.home / "conf.d"

    @property
    def start_log(self) -> Path:
        """What the server said before its own log began."""
        return self.home / "log" / "start.log"

    @property
    def starting(self) -> Path:
        """The lock around starting and stopping."""
        return self.home / "starting.lock"

    @property
    def users(self) -> Path:
        """The lock that every user of the server shares."""
        return self.home / "users.lock"

    def sockets(self) -> Path:
        """The folder of the Unix socket; a short one elsewhere when the path would be too long."""
        folder = self.home / "sockets"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        return runtime_folder() / sha256(os.fsencode(self.home)).hexdigest()[:16]


def runtime_folder() -> Path:
    """A short folder for sockets that nobody else can have prepared."""
    if (uid := os.geteuid()) == ROOT:
        folder, mode = Path("/run/peiyuan"), TRAVERSABLE
    elif given := os.environ.get("XDG_RUNTIME_DIR"):
        folder, mode = Path(given) / "peiyuan", 0o700
    else:
        folder, mode = Path(f"/tmp/peiyuan-{uid}"), 0o700  # noqa: S108 — its owner is checked
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != uid or found.st_mode & 0o022:
        raise StartRefused(f"{folder} is not ours alone: remove it, or set XDG_RUNTIME_DIR")
    return folder


def find_place(data_dir: Path, state_dir: Path, account: Account, *, tell: Tell) -> Place:
    """Find the server's folder, or make one: in the data directory if the account gets there.

    Otherwise (root's data in a folder closed to others) it lies in the system's state directory,
    and the data directory points to it. No permission of an existing folder is ever changed.
    """
    pointer = data_dir / POINTER
    if pointer.is_symlink():
        return _pointed(pointer)
    if pointer.is_dir():
        return _entered(pointer, account)
    _make(data_dir, account)
    if account.enters(data_dir):
        _make(pointer, account)
        return Place(pointer)
    home = state_dir.resolve() / sha256(os.fsencode(data_dir)).hexdigest()[:16]
    _set_aside(home, tell)
    _make(home, account)
    pointer.symlink_to(home)
    tell(f"the server's account {account.name} cannot enter {data_dir}: its data lie in {home}")
    return _entered(home, account)


def make_folder(folder: Path, account: Account) -> None:
    """Make a folder that belongs to the server's account alone, if it is not there."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        account.give(folder)


def _pointed(pointer: Path) -> Place:
    home = pointer.readlink()
    if not home.is_dir():
        raise StartRefused(
            f"{pointer} points to {home}, which is not there: bring it back,"
            " or remove the pointer to begin without data"
        )
    return Place(home)


def _entered(home: Path, account: Account) -> Place:
    if not account.enters(home):
        raise StartRefused(
            f"the server's account {account.name} cannot enter {home}:"
            " open the folders above it (chmod o+x), or set PEIYUAN_DATA_DIR"
        )
    return Place(home)


def _make(folder: Path, account: Account) -> None:
    """Make a folder of ours; where the data's owner runs the server, it is theirs."""
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)  # another process may begin at the same time
    except OSError as error:
        raise StartRefused(f"{folder} cannot be made ({error.strerror})") from error
    folder.chmod(0o700 if account == Account.current() else TRAVERSABLE)


def _set_aside(home: Path, tell: Tell) -> None:
    """Keep, under another name, data whose data directory somebody has removed."""
    if not home.exists():
        return
    if users := processes.inside(home / "cluster"):
        raise StartRefused(
            f"a server without a data directory still runs in {home} (process {min(users)}):"
            " stop whoever uses it"
        )
    kept = home.with_name(f"{home.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    home.rename(kept)
    tell(f"the data directory was removed; what belonged to it is kept in {kept}")
