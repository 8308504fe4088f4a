"""What a use case hands out once, beside the entity, and nobody keeps."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

E = TypeVar("E")


class ShownOnce(NamedTuple, Generic[E]):
    """An entity with its secret: shown in the answer to the act that made it, and never again."""

    entity: E
    secret: str

    def __repr__(self) -> str:
        return f"ShownOnce({self.entity!r})"
