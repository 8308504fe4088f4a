"""What an OpenID provider says of itself and of somebody, held against what we know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry, decode

from .loopback import is_loopback
from .oidc_wire import Wire, WireRefused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from .oidc_state import State

ALGORITHMS: Final = ("RS256", "PS256", "ES256")  # never what a token says about itself
KINDS: Final = frozenset({"RSA", "EC"})  # a key of both sides proves nothing about one
LARGEST: Final = 16_384  # bytes of an id token
LEEWAY: Final = 60  # seconds that clocks may differ by
LONGEST_SUBJECT: Final = 255
REMEMBERED: Final = 300.0  # seconds
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MOST: Final = 256


class ProviderFailed(Exception):
    """The provider, or who speaks in its name, does not say what can be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An identity provider as a group registered it, its secret opened."""

    id: UUID
    group_id: UUID
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(slots=True)
class Providers:
    """Speaks with providers; what they say of themselves is remembered for minutes."""

    production: bool
    known: dict[str, tuple[float, dict[str, str]]] = field(default_factory=dict)

    async def address(self, provider: Provider, state: State, back: str) -> str:
        """Say where to send the browser, with the challenge that only we can answer."""
        endpoints = await self._endpoints(provider)
        address: str = prepare_grant_uri(
            endpoints["authorization_endpoint"],
            provider.client_id,
            "code",
            redirect_uri=back,
            scope="openid",
            state=state.state,
            nonce=state.nonce,
            code_challenge=create_s256_code_challenge(state.verifier),
            code_challenge_method="S256",
        )
        return address

    async def subject(
        self, provider: Provider, state: State, code: str, *, back: str, now: datetime
    ) -> str:
        """Exchange the code, and say whom the provider calls by which subject."""
        endpoints = await self._endpoints(provider)
        wire = self._wire(provider)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": state.verifier,
        }
        auth = (quote_plus(provider.client_id), quote_plus(provider.client_secret))
        try:
            answer = await wire.post(endpoints["token_endpoint"], form, auth=auth)
            keys = await wire.get(endpoints["jwks_uri"])
        except WireRefused as refused:
            raise ProviderFailed(str(refused)) from None
        return verified_subject(
            answer.get("id_token"), keys, provider=provider, nonce=state.nonce, now=now
        )

    async def _endpoints(self, provider: Provider) -> dict[str, str]:
        held = self.known.get(provider.issuer)
        if held is not None and held[0] > monotonic():
            return held[1]
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        try:
            said = await self._wire(provider).get(address)
        except WireRefused as refused:
            raise ProviderFailed(f"discovery: {refused}") from None
        endpoints = bound_endpoints(provider.issuer, said)
        if len(self.known) >= MOST:
            self.known.pop(next(iter(self.known)))
        self.known[provider.issuer] = (monotonic() + REMEMBERED, endpoints)
        return endpoints

    def _wire(self, provider: Provider) -> Wire:
        """Ask this machine only where the issuer itself was registered as being here."""
        here = is_loopback(urlsplit(provider.issuer).hostname or "")
        return Wire(at_home=here and not self.production)


def bound_endpoints(issuer: str, said: dict[str, Any]) -> dict[str, str]:
    """Take the endpoints out of a discovery document, all of them at the issuer's own origin.

    A document that names another place, for keys above all, would let that place speak for it.
    """
    if said.get("issuer") != issuer:
        raise ProviderFailed("the discovery document is of another issuer")
    endpoints = {name: said.get(name) for name in ENDPOINTS}
    for name, address in endpoints.items():
        if not isinstance(address, str) or _origin(address) != _origin(issuer):
            raise ProviderFailed(f"{name} is not at the issuer's origin")
    return {name: str(address) for name, address in endpoints.items()}


def verified_subject(
    id_token: object, keys: dict[str, Any], *, provider: Provider, nonce: str, now: datetime
) -> str:
    """Verify an id token, and give the subject that it speaks of."""
    if not isinstance(id_token, str) or len(id_token) > LARGEST:
        raise ProviderFailed("there is no id token, or it is too long")
    claims = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        found = decode(id_token, _public(keys), algorithms=ALGORITHMS).claims
        claims.validate(found)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderFailed(f"the id token: {type(error).__name__}") from None
    _check_party(found, provider, nonce)
    subject = found["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ProviderFailed("the subject is none")
    return subject


def _check_party(claims: dict[str, Any], provider: Provider, nonce: str) -> None:
    """The token is for us alone, or names us as the party it was made for (OIDC Core 3.1.3.7)."""
    audience = claims["aud"]
    alone = audience in (provider.client_id, [provider.client_id])
    party = claims.get("azp", provider.client_id if alone else None)
    if party != provider.client_id or claims["nonce"] != nonce:
        raise ProviderFailed("the id token was made for somebody else")


def _public(keys: dict[str, Any]) -> KeySet:
    held = keys.get("keys")
    offered = held if isinstance(held, list) else []
    kept = [key for key in offered if isinstance(key, dict) and key.get("kty") in KINDS]
    return KeySet.import_key_set({"keys": kept})


def _origin(address: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(address)
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        return parts.scheme, parts.hostname or "", parts.port or usual
    except ValueError:
        return "", address, None
