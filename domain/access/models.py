"""Principals, their roles and tokens, and the lines of the policy."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from authz.actor import PrincipalKind
from domain.kernel.entity import Entity, GroupEntity, refers
from domain.privacy.classification import SYSTEM
from domain.privacy.types import Code, PersonName


class Principal(GroupEntity, kw_only=True, repr=False):
    """Whoever may act: a person, a service account, a vendor or an auditor."""

    __tablename__ = "principal"
    about: ClassVar[str | None] = "person_id"
    holds = SYSTEM

    kind: Mapped[PrincipalKind]
    name: Mapped[PersonName]
    person_id: Mapped[UUID | None] = refers("person", default=None)


class RoleAssignment(GroupEntity, kw_only=True, repr=False):
    """That a principal holds a role at a tenant and below, from when to when."""

    __tablename__ = "role_assignment"
    holds = SYSTEM
    constraints: ClassVar = (Index(None, "group_id", "principal_id"),)

    principal_id: Mapped[UUID] = refers("principal", index=False)
    role: Mapped[Code]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None] = mapped_column(default=None)


class PolicyLine(GroupEntity, kw_only=True, repr=False):
    """One line of the policy, with validity; `effect` is what its column is named for.

    A permission line (`ptype` p) says role, object, action, condition and effect; an inheritance
    line (`ptype` g) says role and the role that it contains.
    """

    __tablename__ = "policy_line"
    holds = SYSTEM
    constraints: ClassVar = (
        CheckConstraint("ptype IN ('p', 'g')", name="ptype"),
        CheckConstraint("effect IN ('allow', 'deny')", name="effect"),
        CheckConstraint("(ptype = 'g') = (inherits IS NOT NULL)", name="inheritance"),
    )

    ptype: Mapped[Code]
    role: Mapped[Code]
    tenant_path: Mapped[Code]
    object: Mapped[Code] = mapped_column(default="")
    action: Mapped[Code] = mapped_column(default="")
    condition: Mapped[Code] = mapped_column(default="-")
    effect: Mapped[Code] = mapped_column(default="allow")
    inherits: Mapped[Code | None] = mapped_column(default=None)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None] = mapped_column(default=None)


class PolicyHead(GroupEntity, kw_only=True, repr=False):
    """The version of a group's policy; its id is the group's.

    It rises on lines, assignments and tree moves, and is read in the same row as every answer.
    """

    __tablename__ = "policy_head"
    holds = SYSTEM

    version: Mapped[int]


class Token(GroupEntity, kw_only=True, repr=False):
    """A credential of a principal. The secret itself is nowhere; its digest is in the directory."""

    __tablename__ = "token"
    holds = SYSTEM

    principal_id: Mapped[UUID] = refers("principal")
    kind: Mapped[Code]
    name: Mapped[Code]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class TokenDigest(Entity, kw_only=True, repr=False):
    """Where a token's group is found before the group is known: a digest and two ids."""

    __tablename__ = "token_digest"
    __table_args__ = ({"info": {"kind": "directory"}},)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    group_id: Mapped[UUID]
    token_id: Mapped[UUID]
