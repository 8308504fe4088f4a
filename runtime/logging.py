"""Log lines: one event with its fields, and never a secret or a person's value in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from sqlalchemy import Uuid

import domain.models
from domain.kernel.entity import Entity, GroupEntity
from domain.kernel.traits import traits_of
from domain.privacy.container import Key
from domain.privacy.sealed import Sealed

from .settings import LogFormat

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from sqlalchemy import Column, Table

    from .settings import Settings

    Event = MutableMapping[str, Any]

assert domain.models, "every class of every column is known before the first line is written"

REDACTED: Final = "[redacted]"
SECRET_NAME: Final = re.compile(
    r"authorization|cookie|credential|passphrase|password|pepper|secret"
    r"|(?<![a-z])(key|token)(?![a-z]|_id$|_kind$)"
)
HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
FORMS: Final = (
    # What an error quotes of a row or of an argument, up to what it says next.
    re.compile(
        r"(?s)(\bDETAIL:  ?).*?(?=\nHINT:|\n\[SQL|\n\nThe above exception|\n\nDuring handling|\Z)"
    ),
    re.compile(r"(?s)(\[parameters: ).*?(?=\n|\Z)"),
    re.compile(r"(?s)(invalid input for query argument \$\d+: ).*(?= \(expected |\Z)"),
    re.compile(r"(?s)(invalid input syntax for type [\w ]+: ).*?(?=\n|\Z)"),
    re.compile(r"((?:Value|Key)Error: [^'\"\n]*)['\"].*"),
    # Credentials: ours, anybody's in a header, and the password of a URL.
    re.compile(r"(?i)(\bbearer\s+)\S+"),
    re.compile(r"()\bpei(?:pat|svc|ven|ses|rft|brk)_[0-9A-Za-z]+"),
    re.compile(r"(://[^:/@\s]+:)[^@\s]+(?=@)"),
    # Numbers that name a person: an identity card's and a mobile's.
    re.compile(r"()(?<![0-9A-Za-z_-])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z_-])"),
    re.compile(r"()(?<![0-9A-Za-z_-])1[3-9]\d{9}(?![0-9A-Za-z_-])"),
)
"""What is recognised in any text by its form; the first group of each is kept."""
DEEPEST: Final = 6
CHATTY: Final = (
    "alembic", "asyncio", "casbin", "httpcore", "httpx", "sqlalchemy.engine", "uvicorn",
)  # fmt: skip
"""Libraries whose everyday lines would drown ours."""


def set_up_logging(settings: Settings) -> None:
    """Have everything that is logged in this process pass through our processors."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(settings),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    level = logging.getLevelNamesMapping()[settings.log_level.value.upper()]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def redact(_: object, __: str, event: Event) -> Event:
    """Take out of an event what must not be read: by the class of a name, by type, by form."""
    return {name: _fit(name, value, 0) for name, value in event.items()}


def _fit(name: str, value: Any, depth: int) -> Any:
    if _is_secret(name) or name in sensitive_names() or depth > DEEPEST:
        return REDACTED
    match value:
        case Sealed() | Key() | bytes() | bytearray() | memoryview():
            return REDACTED
        case str():
            return _cleared(value)
        case int() | float() | None:
            return value
        case Mapping():
            return {
                _cleared(str(key)): _fit(str(key), one, depth + 1) for key, one in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [_fit("", one, depth + 1) for one in value]
        case _ if is_dataclass(value) and not isinstance(value, type | Entity):
            told = {one.name: getattr(value, one.name) for one in fields(value) if one.repr}
            return _fit("", told, depth)
        case _:
            return _cleared(str(value))


def _cleared(text: str) -> str:
    for form in FORMS:
        text = form.sub(rf"\1{REDACTED}", text)
    return text


def _is_secret(name: str) -> bool:
    return SECRET_NAME.search(HUMP.sub("_", name).lower()) is not None


@cache
def sensitive_names() -> frozenset[str]:
    """Every name, in Python's and in GraphQL's spelling, of a column that holds a person's data."""
    names = {
        column.key
        for mapper in Entity.registry.mappers
        if issubclass(mapper.class_, GroupEntity)
        for column in cast("Table", mapper.local_table).columns
        if traits_of(mapper.class_, column).label.startswith("pi.") and not _is_key(column)
    }
    return frozenset(names | {_camel(name) for name in names})


def _is_key(column: Column[Any]) -> bool:
    """Ids name a row and say nothing of a person by themselves; a trail needs them."""
    return isinstance(column.type, Uuid) or column.key in {"kind", "row_version", "created_at"}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _renderer(settings: Settings) -> Any:
    text = settings.log_format is LogFormat.TEXT or (
        settings.log_format is LogFormat.AUTO and sys.stderr.isatty() and not settings.production
    )
    return (
        structlog.dev.ConsoleRenderer(colors=False)
        if text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
