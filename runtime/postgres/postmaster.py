"""The server's main process: what it wrote down about itself, and what is left of a dead one."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from runtime.postgres import processes
from runtime.postgres.processes import Life

PAUSE: Final = 0.02
PATIENCE: Final = 8.0  # seconds for a killed server's remains to go; slow reapers took 1.6


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The lines of `postmaster.pid` that matter here."""

    pid: int
    port: int
    sockets: Path
    status: str

    @classmethod
    def noted(cls, cluster: Path) -> Self | None:
        """Read what the last server wrote; nothing if it stopped in order or is still writing."""
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return None
        padded = [*lines, *[""] * 8]
        if not padded[0].strip().lstrip("-").isdecimal():
            return None
        port = int(padded[3]) if padded[3].isdecimal() else 0
        return cls(abs(int(padded[0])), port, Path(padded[4]), padded[7].strip())


def running(cluster: Path) -> Postmaster | None:
    """The server of this cluster, if it lives: by number and folder, as numbers are used again."""
    noted = Postmaster.noted(cluster)
    if noted is not None and noted.pid in processes.inside(cluster):
        return noted
    return None


def clear_remains(cluster: Path, sockets: Path) -> None:
    """Make way for a start after a crash.

    PostgreSQL itself passes over the lock file of a process that is gone. It stops, however, at
    one whose number still answers: a zombie that nobody has reaped, or a stranger that was given
    the number since. Its orphaned children are waited for: they end by themselves.
    """
    noted = Postmaster.noted(cluster)
    if noted is None and not processes.inside(cluster):
        return
    deadline = time.monotonic() + PATIENCE
    while _remains(cluster, noted) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    if noted is not None and not processes.inside(cluster):
        _remove_locks(cluster, sockets, noted.pid)


def _remains(cluster: Path, noted: Postmaster | None) -> bool:
    zombie = noted is not None and processes.life(noted.pid) is Life.ZOMBIE
    return zombie or bool(processes.inside(cluster))


def _remove_locks(cluster: Path, sockets: Path, pid: int) -> None:
    for lock in (cluster / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        try:
            stale = lock.read_text().split("\n", 1)[0].strip().lstrip("-") == str(pid)
        except FileNotFoundError:
            continue
        if stale:
            lock.unlink(missing_ok=True)
