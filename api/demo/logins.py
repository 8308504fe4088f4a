"""The personas' logins: named like them, with passwords of chance that only the owner reads."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from domain.access.passwords import verifier_of
from domain.access.set_login import SetLogin, set_login

from .tokens import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from uuid import UUID

    from domain.kernel.work import Work
    from runtime.sessions import DoorKeys

PASSWORDS: Final = "demo-passwords.json"
LENGTH: Final = 15  # bytes of chance


def passwords_file(data_dir: Path) -> Path:
    """Where the passwords of the personas lie."""
    return data_dir / PASSWORDS


async def give_logins(work: Work, principals: Mapping[str, UUID], keys: DoorKeys) -> dict[str, str]:
    """Let each persona sign in who is somebody; a vendor and a service act by token alone."""
    given = {}
    for persona, principal in principals.items():
        if persona in KINDS:
            continue
        given[persona] = secrets.token_urlsafe(LENGTH)
        command = SetLogin(
            principal_id=principal,
            name=persona,
            verifier=verifier_of(keys.passwords, given[persona]),
        )
        await set_login(work, command, key=keys.names)
    return given
