"""What the operating system says about processes; Linux by /proc, others by `ps`."""

import subprocess
from enum import Enum, auto
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")


class Life(Enum):
    """Whether a process number still means something."""

    GONE = auto()
    ZOMBIE = auto()  # ended, but its parent has not looked: the number still answers to signals
    ALIVE = auto()


def life(pid: int) -> Life:
    """Say whether the process lives, is a zombie, or is gone."""
    state = _state_by_proc(pid) if _proc() else _state_by_ps(pid)
    if state is None:
        return Life.GONE
    return Life.ZOMBIE if state in "ZX" else Life.ALIVE


def inside(folder: Path) -> frozenset[int]:
    """Living processes at work in the folder: each part of a PostgreSQL server changes into it."""
    found = _inside_by_proc(folder) if _proc() else _inside_by_ps(folder)
    return frozenset(pid for pid in found if life(pid) is Life.ALIVE)


def _proc() -> bool:
    return (PROC / "self/stat").exists()


def _state_by_proc(pid: int) -> str | None:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[0]  # the name before it may hold spaces and brackets


def _state_by_ps(pid: int) -> str | None:
    said = _ps("-p", str(pid), "-o", "state=").strip()
    return said[0] if said else None


def _inside_by_proc(folder: Path) -> set[int]:
    found = set()
    for entry in PROC.iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == folder:
                found.add(int(entry.name))
        except OSError:  # gone meanwhile, or somebody else's: the folder is closed to them
            continue
    return found


def _inside_by_ps(folder: Path) -> set[int]:
    lines = _ps("-axww", "-o", "pid=", "-o", "args=").splitlines()
    halves = (line.strip().partition(" ") for line in lines)
    return {int(pid) for pid, _, said in halves if f"-D {folder}" in said and "postgres" in said}


def _ps(*options: str) -> str:
    command = ["ps", *options]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout
