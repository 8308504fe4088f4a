"""SQLAlchemy engines over a driver that is given the address as it stands, TLS options and all."""

from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from runtime.settings import Pooler


def make_engine(dsn: str, *, pooler: Pooler = Pooler.NONE, **options: Any) -> AsyncEngine:
    """Make an engine; behind a pooler without statements that outlive a transaction.

    Its errors and its log name a statement, never the values that it was sent with.
    """
    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args=_driver(dsn, pooler),
        hide_parameters=True,
        **options,
    )


def _driver(dsn: str, pooler: Pooler) -> dict[str, Any]:
    if pooler is Pooler.NONE:
        return {"async_creator_fn": partial(asyncpg.connect, dsn)}
    return {
        "async_creator_fn": partial(asyncpg.connect, dsn, statement_cache_size=0),
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": lambda: f"peiyuan_{uuid4().hex}",
    }
