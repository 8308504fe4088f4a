"""What is shown: one file a slice, imported here so that every node is declared."""

from . import competencies, content, learning, organisation, people, policy

__all__ = ["competencies", "content", "learning", "organisation", "people", "policy"]
