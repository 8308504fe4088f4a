"""Log lines: one event with its fields, and never a secret or a person's value in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import structlog

from domain.kernel.entity import Entity, GroupEntity
from domain.kernel.traits import traits_of
from domain.privacy.container import Key
from domain.privacy.sealed import Sealed

from .settings import LogFormat

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from sqlalchemy import Table

    from .settings import Settings

    Event = MutableMapping[str, Any]

REDACTED: Final = "[redacted]"
TOKEN: Final = re.compile(r"\b(Bearer\s+)?pei(pat|svc|ven|ses|rft|brk)_[0-9A-Za-z]+")
PASSWORD: Final = re.compile(r"(?<=://)([^:/@\s]+):[^@\s]+(?=@)")
SECRET_NAMES: Final = frozenset({"authorization", "cookie", "token", "password", "secret", "key"})
DEEPEST: Final = 6
CHATTY: Final = ("alembic", "asyncio", "casbin", "sqlalchemy.engine", "uvicorn")
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
    root.setLevel(settings.log_level.value.upper())
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
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
    if name.lower() in SECRET_NAMES or name in sensitive_names() or depth > DEEPEST:
        return REDACTED
    match value:
        case Sealed() | Key() | bytes():
            return REDACTED
        case str():
            return PASSWORD.sub(r"\1:***", TOKEN.sub(REDACTED, value))
        case Mapping():
            return {str(key): _fit(str(key), one, depth + 1) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_fit("", one, depth + 1) for one in value]
        case int() | float() | bool() | None:
            return value
        case _:
            return _fit("", str(value), depth + 1)


@cache
def sensitive_names() -> frozenset[str]:
    """Every name, in Python's and in GraphQL's spelling, of a column that holds a person's data."""
    names = {
        column.key
        for mapper in Entity.registry.mappers
        if issubclass(mapper.class_, GroupEntity)
        for column in cast("Table", mapper.local_table).columns
        if traits_of(mapper.class_, column).label.startswith("pi.") and not _is_key(column.key)
    }
    return frozenset(names | {_camel(name) for name in names})


def _is_key(name: str) -> bool:
    """Ids name a row and say nothing of a person by themselves; a trail needs them."""
    return name == "id" or name.endswith("_id") or name in {"kind", "row_version", "created_at"}


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
