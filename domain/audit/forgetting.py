"""How the trail forgets a person: what it has committed to stays, and nobody can open it any more.

The application may change no entry. The statement is for whoever erases, with the rights to: it
takes the salts of what was opened of a person, and everything that leads to them. Leaves and
checkpoints are not touched, for no event ever named the person.
"""

from __future__ import annotations

from typing import Final

FORGET: Final = """
UPDATE audit_entry SET salt = NULL, details = details - 'subject' - 'subjects' - 'cells'
WHERE group_id = $1 AND salt IS NOT NULL
  AND (details ->> 'subject' = $2::uuid::text OR details -> 'subjects' ? $2::uuid::text)
"""
