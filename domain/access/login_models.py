"""How principals sign in: verifiers, second factors, sessions, and identity providers."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.entity import Entity, GroupEntity, refers
from domain.privacy.classification import SYSTEM
from domain.privacy.types import Code


class OpenedWith(Enum):
    """What somebody showed to open a session."""

    PASSWORD = "PASSWORD"  # noqa: S105 - names a way in
    PASSWORD_AND_CODE = "PASSWORD_AND_CODE"  # noqa: S105 - the same
    PROVIDER = "PROVIDER"


class Named(Enum):
    """What the directory of logins leads to."""

    LOGIN = "LOGIN"
    PROVIDER = "PROVIDER"
    SUBJECT = "SUBJECT"


class Login(GroupEntity, kw_only=True, repr=False):
    """That a principal may sign in, and how often it was tried in vain since it last went well.

    `verifier` is Argon2id of the peppered password; without one, only a provider lets them in.
    """

    __tablename__ = "login"
    holds = SYSTEM
    unread: ClassVar[bool] = True
    constraints: ClassVar = (UniqueConstraint("group_id", "principal_id"),)

    principal_id: Mapped[UUID] = refers("principal", index=False)
    verifier: Mapped[Code | None] = mapped_column(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(default=None)


class Totp(GroupEntity, kw_only=True, repr=False):
    """The second factor of a principal (RFC 6238); `last_step` was the last that was taken."""

    __tablename__ = "totp"
    holds = SYSTEM
    unread: ClassVar[bool] = True
    constraints: ClassVar = (UniqueConstraint("group_id", "principal_id"),)

    principal_id: Mapped[UUID] = refers("principal", index=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)  # sealed under the key of the group
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)


class LoginSession(GroupEntity, kw_only=True, repr=False):
    """What a token of a session stands on; its id is the token's.

    The token ends when nobody has used it for a while, and by `ends_at` whatever happens.
    """

    __tablename__ = "login_session"
    holds = SYSTEM
    unread: ClassVar[bool] = True
    constraints: ClassVar = (
        ForeignKeyConstraint(["group_id", "id"], ["token.group_id", "token.id"]),
    )

    principal_id: Mapped[UUID] = refers("principal")
    opened_with: Mapped[OpenedWith]
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    mfa_at: Mapped[datetime | None] = mapped_column(default=None)


class IdentityProvider(GroupEntity, kw_only=True, repr=False):
    """An OpenID provider whose word a group takes for who somebody is."""

    __tablename__ = "identity_provider"
    holds = SYSTEM
    unread: ClassVar[bool] = True
    few: ClassVar[str | None] = "a group has one or two"
    constraints: ClassVar = (UniqueConstraint("group_id", "code"),)

    code: Mapped[Code]
    issuer: Mapped[Code]
    client_id: Mapped[Code]
    client_secret: Mapped[bytes] = mapped_column(LargeBinary)  # sealed under the key of the group


class LoginDigest(Entity, kw_only=True, repr=False):
    """Where a login is found before the group is known: a keyed digest and two ids."""

    __tablename__ = "login_digest"
    __table_args__ = ({"info": {"kind": "directory", "unread": True}},)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    leads_to: Mapped[Named]
    group_id: Mapped[UUID] = mapped_column(index=True)
    row_id: Mapped[UUID]  # of the principal, or of the provider
