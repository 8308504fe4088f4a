"""The personas' tokens: issued like any other, and written where only the owner reads them."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import orjson

from api.http.personas import TOKENS
from domain.access.contract_models import ProcessingContract
from domain.access.issue_token import LONGEST, IssueToken, issue_token
from domain.access.tokens import PEPPER, TokenKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from uuid import UUID

    from domain.kernel.work import Work
    from domain.privacy.keyring import Keyring

KINDS: Final = {"vendor": TokenKind.VENDOR, "automation": TokenKind.SERVICE}
FRESH: Final = 60 * 86_400  # seconds; those of people live ninety days


def tokens_file(data_dir: Path) -> Path:
    """Where the tokens of the personas lie."""
    return data_dir / TOKENS


def are_fresh(file: Path) -> bool:
    """Whether the tokens are there, and will do for a while."""
    return file.exists() and time.time() - file.stat().st_mtime < FRESH


async def issue_tokens(
    work: Work, principals: Mapping[str, UUID], keyring: Keyring
) -> dict[str, str]:
    """Issue a token to each persona; that of a vendor is bound to its contract."""
    pepper = await keyring.of_system(work.session, PEPPER)
    contracts = {one.principal_id: one.id for one in await work.rows(ProcessingContract)}
    issued = {}
    for persona, principal in principals.items():
        command = IssueToken(
            principal_id=principal,
            kind=KINDS.get(persona, TokenKind.PERSON),
            name="demo",
            days=min(LONGEST.values()),
            contract_id=contracts.get(principal),
        )
        _, issued[persona] = await issue_token(work, command, pepper=pepper)
    return issued


def write_tokens(file: Path, issued: Mapping[str, str]) -> None:
    """Write the tokens: 0600, whole or not at all."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(orjson.dumps(issued, option=orjson.OPT_INDENT_2))
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
