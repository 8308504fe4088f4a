"""What is shown: one file a slice, imported here so that every node is declared."""

from . import access, competencies, content, contracts, learning, organisation, people, policy

__all__ = [
    "access",
    "competencies",
    "content",
    "contracts",
    "learning",
    "organisation",
    "people",
    "policy",
]
