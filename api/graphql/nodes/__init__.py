"""What is shown: one file a slice, imported here so that every node is declared."""

from . import (
    access,
    audit,
    competencies,
    content,
    contracts,
    learning,
    organisation,
    people,
    policy,
    privacy,
)

__all__ = [
    "access",
    "audit",
    "competencies",
    "content",
    "contracts",
    "learning",
    "organisation",
    "people",
    "policy",
    "privacy",
]
