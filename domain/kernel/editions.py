"""One shape for all that has editions: a series and its versions."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import Index, text


class VersionStatus(Enum):
    """Where an edition stands; from PUBLISHED on it never changes."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    PUBLISHED = "PUBLISHED"
    DEPRECATED = "DEPRECATED"
    RETIRED = "RETIRED"


def one_published(series: str) -> Index:
    """At most one edition of a series is the published one, under concurrency too."""
    return Index(
        None,
        "group_id",
        series,
        unique=True,
        postgresql_where=text("status = 'PUBLISHED'"),
    )
