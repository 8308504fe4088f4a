"""What processes have cost, out of /proc: CPU time, and memory that is resident."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

TICK: Final = 1 / os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """The CPU time of a process with the threads it had, in seconds."""
    found = 0.0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += int((task / "schedstat").read_text().split()[0]) / 1e9
        except FileNotFoundError:
            continue
    return found


def cpu_of_tree(pid: int) -> float:
    """The CPU time of a process and its children, living and dead, in seconds."""
    return sum(cpu_of(one) for one in [pid, *children(pid)]) + _of_the_dead(pid)


def resident(pid: int) -> float:
    """The resident memory of a process, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found, pending = [], [pid]
    while pending:
        above = pending.pop()
        below = [one for one, parent in parents.items() if parent == above]
        found += below
        pending += below
    return found


def _of_the_dead(pid: int) -> float:
    stat = _stat(pid)
    return (int(stat[13]) + int(stat[14])) * TICK


def _stat(pid: int) -> list[str]:
    """The fields of /proc/pid/stat behind the name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
