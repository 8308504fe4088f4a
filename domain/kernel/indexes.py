"""Indexes that say more than which columns they hold."""

from __future__ import annotations

from sqlalchemy import Index, text


def latest_first(table: str, column: str) -> Index:
    """An index by which the latest come first and, as in every list, what is null comes last.

    Read from its other end it gives the reverse of a list, and any range of the column. It does
    not give the earliest first: that is another order of NULL, and another index.
    """
    return Index(
        f"ix_{table}_group_id_{column}_latest",
        "group_id",
        text(f"{column} DESC NULLS LAST"),
        info={"leads": column},
    )
