"""What the edge is asked and what it answers, without the protocol around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Request:
    """One operation as a client sent it.

    `read_only` refuses mutations; `strict` refuses whatever holds a denied field.
    """

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    request_id: str = ""
    read_only: bool = False
    locale: str = "en"
    strict: bool = False


@dataclass(slots=True)
class Answer:
    """The bytes of an answer; with a `refusal` (its code) it was not executed and has no `data`."""

    body: bytes
    refusal: str | None = None
