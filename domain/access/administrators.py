"""The administrators of the system, of its rights and of its trail are different people.

The database keeps them apart (an exclusion constraint on assignments), so that of two who act at
once one is refused; what roles inherit of each other only the policy knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from authz.lint import together
from domain.kernel.errors import Refusal

from .models import APART

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.exc import IntegrityError

EXCLUDED: Final = "23P01"  # exclusion_violation


class AdministratorsTogether(Refusal):
    """One principal would run the system, grant its rights or watch both: two of the three."""

    en = "System, security and audit administrators are different people. Give it to another one."
    zh = "系统、安全、审计三类管理员必须由不同人员担任,请分配给其他人员。"
    path = ("role",)


def keep_apart(roles: Collection[str]) -> None:
    """Refuse roles, closed over inheritance, that would unite two administrators."""
    if any(together(roles)):
        raise AdministratorsTogether


def kept_apart(clash: IntegrityError) -> bool:
    """Whether it was the database that kept two administrators apart."""
    violated = getattr(clash.orig, "__cause__", None)
    return (
        getattr(clash.orig, "sqlstate", "") == EXCLUDED
        and getattr(violated, "constraint_name", "") == APART
    )
