"""The right that a use case asks for, said once at its head."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

UseCase = Callable[..., Awaitable[Any]]
F = TypeVar("F", bound=UseCase)

STEPPED_UP: Final = frozenset({"decrypt", "export", "grant"})
"""Acts that need a second factor not older than ten minutes from whoever signed in."""


def needs_step_up(action: str, object_name: str) -> bool:
    """Whether a session must be stepped up for an act.

    Making a token is among them: with one in hand, nothing else would ask for a factor again.
    """
    return action in STEPPED_UP or (action, object_name) == ("create", "Token")


def permission(object_name: str, action: str) -> Callable[[F], F]:
    """Declare the right that a use case needs; without its judgement nothing is committed."""

    def declare(use_case: F) -> F:
        use_case.permission = f"{action} {object_name}"  # type: ignore[attr-defined]
        return use_case

    return declare


def permission_of(use_case: UseCase) -> str:
    """Say which right a use case declared, as it is judged: "create Enrolment"."""
    declared: str = use_case.permission  # type: ignore[attr-defined]
    return declared
