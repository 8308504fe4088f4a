"""Register an OpenID provider whose word a group takes for who somebody is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.audit.trail import append
from domain.kernel.errors import Refusal
from domain.kernel.permission import permission
from domain.organisation.models import Tenant
from domain.privacy.container import Place, seal, unseal

from .login_models import IdentityProvider, Named
from .login_names import checked_name, lead, provider_digest

if TYPE_CHECKING:
    from domain.kernel.work import Work
    from domain.privacy.container import Key
    from domain.privacy.keyring import Keyring

LABEL = "CLIENT_SECRET"
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class IssuerUnfit(Refusal):
    """What is said over an open line, or under a changing name, proves nothing."""

    en = "An issuer is an https address without query or fragment. Copy it from the provider."
    zh = "颁发者应为不含查询和片段的 https 地址,请从身份提供方处复制。"
    path = ("issuer",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterIdentityProvider:
    """What we call it, who it says that it is, and what it knows us by."""

    code: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@permission("Policy", "grant")
async def register_identity_provider(
    work: Work, command: RegisterIdentityProvider, *, keyring: Keyring, key: bytes
) -> IdentityProvider:
    """Register it, or give one that is known a new address, client and secret."""
    root = await work.row(Tenant, Tenant.id == work.actor.group_id)
    assert root is not None, "the group is its root tenant"
    await work.permit("grant Policy", root)
    if not _fit(command.issuer):
        raise IssuerUnfit
    provider = await _known(work, checked_name(command.code))
    provider.issuer, provider.client_id = command.issuer, command.client_id
    group_key = await keyring.of_group(work.session, work.actor.group_id)
    provider.client_secret = seal(
        group_key, command.client_secret.encode(), place=_place(provider), label=LABEL
    )
    digest = provider_digest(key, root.code, provider.code)
    await lead(work, digest, Named.PROVIDER, provider.id)
    await append(work, verb="registerIdentityProvider", on=provider)
    return provider


def client_secret(key: Key, provider: IdentityProvider) -> str:
    """Open the secret that the provider knows us by."""
    place = _place(provider)
    return unseal(key, provider.client_secret, place=place, label=LABEL).decode()


async def _known(work: Work, code: str) -> IdentityProvider:
    held = await work.hold(IdentityProvider, IdentityProvider.code == code)
    if held:
        return held[0]
    group = work.actor.group_id
    provider = IdentityProvider(
        tenant_id=group, code=code, issuer="", client_id="", client_secret=b""
    )
    await work.add(provider)
    return provider


def _fit(issuer: str) -> bool:
    """Https, or plain http to this very machine: whether that is allowed is the edge's question."""
    try:
        parts = urlsplit(issuer)
        plain = parts.scheme == "http" and parts.hostname in HERE
        return bool(
            (parts.scheme == "https" or plain)
            and parts.hostname
            and parts.port != 0
            and not (parts.query or parts.fragment or parts.username or "\\" in issuer)
        )
    except ValueError:
        return False


def _place(provider: IdentityProvider) -> Place:
    return Place(
        group=provider.group_id,
        table=IdentityProvider.__tablename__,
        column="client_secret",
        row=provider.id,
        subject=provider.id,
    )
