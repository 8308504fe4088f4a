"""Locks between processes that the kernel takes back when a process dies, however it dies."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

MODE = 0o600


@contextmanager
def alone(file: Path, *, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a file's lock against all other processes; `waiting` is told when another has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, MODE)
    try:
        if not _locked(descriptor):
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Share:
    """One of several users of the same thing; the kernel counts them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def of(cls, file: Path) -> Self:
        """Join the users."""
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, MODE)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return cls(descriptor)

    def is_last(self) -> bool:
        """Whether nobody else uses it; keep newcomers out with `alone` while asking."""
        return _locked(self._descriptor)

    def release(self) -> None:
        """Leave the users."""
        os.close(self._descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
