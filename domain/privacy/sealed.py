"""A secret that does not spill: fresh from outside, or the ciphertext that lies in a row."""

from __future__ import annotations

from typing import Any, NoReturn

from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator


class Sealed:
    """A value that nobody sees by accident: it has no text, no JSON and no pickle.

    It is *fresh* (just entered, sealed at the next flush) or *shut* (as it lies in the row).
    """

    __slots__ = ("_container", "_fresh")

    def __init__(self, *, fresh: str | None = None, container: bytes | None = None) -> None:
        self._fresh = fresh
        self._container = container

    @classmethod
    def of(cls, value: str) -> Sealed:
        """Take a value in; it is sealed with its row, column and subject when it is written."""
        return cls(fresh=value)

    @property
    def fresh(self) -> str | None:
        """The value, as long as it has not been sealed: for the sealing itself."""
        return self._fresh

    @property
    def container(self) -> bytes | None:
        """The ciphertext, once there is one."""
        return self._container

    def shut(self, container: bytes) -> None:
        """Forget the value and keep its ciphertext."""
        self._fresh, self._container = None, container

    def __repr__(self) -> str:
        return "Sealed(•••)"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        message = "a sealed value is not pickled: pass the id of its row"
        raise TypeError(message)


class SealedText(TypeDecorator[Sealed]):
    """A column of containers. Text that was not sealed before the flush is refused."""

    impl = LargeBinary
    cache_ok = True

    @property
    def python_type(self) -> type[Sealed]:
        """What the domain holds."""
        return Sealed

    def process_bind_param(self, value: Sealed | None, dialect: Any) -> bytes | None:
        """Write the container; an open value never reaches the database."""
        del dialect
        if value is None:
            return None
        if value.container is None:
            message = "a sealed column was flushed before it was sealed"
            raise TypeError(message)
        return value.container

    def process_result_value(self, value: bytes | None, dialect: Any) -> Sealed | None:
        """Read a shut box."""
        del dialect
        return None if value is None else Sealed(container=value)
