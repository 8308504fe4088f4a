"""Principals and their tokens, as clients see them."""

from __future__ import annotations

from api.graphql.binding import core, node, one, pages, shown
from domain.access import models


@node(models.Principal, prefix="prc", listed=True)
class Principal:
    """主体 Whoever may act: a person, a service account, a vendor or an auditor."""

    kind = core("What the principal is.")
    name = shown("What an account is called; null for a person, who has a name of their own.")
    tenant = one("Tenant", "Where it acts: there and below.", by="tenant_id")
    person = one("Person", "Who it is, if it is a person of the group.", by="person_id")
    owner = one(
        "Principal", "The person to whom a service account answers; it ends when they leave.",
        by="owner_id",
    )  # fmt: skip
    tokens = pages("Token", "The tokens that speak for it.", by="principal_id")


@node(models.Token, prefix="tok", listed=True)
class Token:
    """令牌 A credential of a principal. The token itself is shown once, when it is issued."""

    kind = core("Whom it is for.")
    name = shown("What it is called, by whoever issued it.")
    principal = one("Principal", "For whom it speaks.", by="principal_id")
    scopes = shown("What it may, of what its principal may: `action:object`; all, if empty.")
    purposes = shown("What it may open sealed values for; a person's, if empty, for anything.")
    networks = shown("The networks that it may be used from; from anywhere, if empty.")
    contract = one(
        "ProcessingContract", "The contract that a vendor's is bound to, and ends with.",
        by="contract_id",
    )  # fmt: skip
    created_at = core("When it was issued.")
    expires_at = core("When it ends.")
    revoked_at = core("When it was ended ahead of that; null where it was not.")
    reported_at = core("When it was reported as leaked; null where it was not.")
    superseded_by = one(
        "Token", "The token that has taken its place; null where none has.", by="superseded_by_id"
    )
    last_use = one("TokenUse", "Its last use; null before the first.", by="id")


@node(models.TokenUse, judged_as="Token")
class TokenUse:
    """令牌使用 When and from where a token was last used, to about a minute."""

    at = core("When it was.")
    network = core("From which network: the first three numbers of an address, /48 of IPv6.")
    operation = core("A digest of the operation that was asked for.")
