"""The tree of tenants, said in paths of codes: questions that need no database."""

from __future__ import annotations

import re
from typing import Final

from authz.lines import ancestry, under

from .models import TenantKind

LONGEST_CODE: Final = 40
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ORDER: Final = tuple(TenantKind)


def is_slug(code: str) -> bool:
    """Say whether a code may stand in a path: lower-case letters, digits and single hyphens."""
    return len(code) <= LONGEST_CODE and _SLUG.fullmatch(code) is not None


def may_hold(above: TenantKind, below: TenantKind) -> bool:
    """Say whether a tenant of one kind may stand below one of another: each step leads down."""
    return _ORDER.index(above) < _ORDER.index(below)


def child_path(parent: str, code: str) -> str:
    """Make the path of a tenant from that of its parent."""
    return f"{parent}{code}/"


def line_of(path: str) -> tuple[str, ...]:
    """List the paths of a tenant and of all above it, from the root down."""
    return tuple(step for step in ancestry(path) if step != "/")


def rebased(path: str, *, was: str, now: str) -> str:
    """Say where a path leads when the subtree that it lies in has moved."""
    assert under(path, was), "only what lies in the subtree moves with it"
    return now + path.removeprefix(was)
