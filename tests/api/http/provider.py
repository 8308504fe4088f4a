"""A real OpenID provider on loopback: authlib's server side, served by uvicorn in a thread.

Its authorization endpoint, its PKCE, its codes and its id tokens are authlib's, not ours. What a
test makes it say wrong it says in place of what it would have said (`tampered`).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import uvicorn
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "peiyuan-test", "a-secret-of-both-sides"
Tamper = Callable[["Issuer", Any], Any]


@dataclass
class Issuer:
    """The provider: its keys, whom it knows, and what it says wrong."""

    address: str = ""
    user: str = "sub-of-ada"
    algorithm: str = "RS256"
    keys: KeySet = field(
        default_factory=lambda: KeySet(
            [
                RSAKey.generate_key(2048, {"use": "sig"}, private=True, auto_kid=True),
                ECKey.generate_key("P-256", {"use": "sig"}, private=True, auto_kid=True),
            ]
        )
    )
    tampered: dict[str, Tamper] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def key(self):
        kind = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}[self.algorithm]
        return next(key for key in self.keys if key.key_type == kind)

    def said(self, what: str, usual: Any) -> Any:
        """What it says: as usual, or as a test has it."""
        self.asked.append(what)
        return self.tampered[what](self, usual) if what in self.tampered else usual

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/jwks", self._jwks),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _discovery(self, _: Request) -> Response:
        usual = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }
        return _answer(self.said("discovery", usual))

    async def _jwks(self, _: Request) -> Response:
        return _answer(self.said("jwks", self.keys.as_dict(private=False)))

    async def _authorize(self, request: Request) -> Response:
        """Grant at once: whoever sits before the browser has agreed."""
        server = Server(self)
        asked = server.create_oauth2_request((request, dict(request.query_params)))
        grant = server.get_consent_grant(asked, end_user=self.user)
        return server.create_authorization_response(asked, grant_user=self.user, grant=grant)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        answer = Server(self).create_token_response((request, form))
        if answer.status_code != 200:
            self.asked.append(f"token refused: {json.loads(answer.body)['error']}")
            return answer
        return _answer(self.said("token", json.loads(answer.body)))


@dataclass
class Code:
    """An authorization code as it was granted."""

    code: str
    user: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    at: float = field(default_factory=time.time)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return int(self.at)

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class Client(ClientMixin):
    """Us, as the provider knows us."""

    client_id = CLIENT

    def get_client_id(self):
        return CLIENT

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == "http://127.0.0.1/session/oidc/home/callback"

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Server(AuthorizationServer):
    """Authlib's server, spoken to by Starlette."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(scopes_supported=["openid"])
        self.issuer = issuer
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda **_: generate_token(42))
        )
        grant = type("Grant", (CodeGrant,), {"issuer": issuer})
        self.register_grant(grant, [CodeChallenge(required=True), IdToken(issuer)])

    def query_client(self, client_id):
        return Client() if client_id == CLIENT else None

    def save_token(self, token, request):
        pass

    def send_signal(self, name, *args, **kwargs):
        pass

    def create_oauth2_request(self, request):
        if isinstance(request, OAuth2Request):
            return request
        http, sent = request
        made = Asked(http.method, str(http.url), headers=_titled(http.headers))
        made.payload, made.sent = BasicOAuth2Payload(sent), sent
        return made

    def handle_response(self, status, body, headers):
        body = json.dumps(body) if isinstance(body, dict) else body
        return Response(body, status, dict(headers))


class Asked(OAuth2Request):
    """A request as authlib reads it."""

    sent: dict[str, str]

    @property
    def args(self):
        return self.sent

    @property
    def form(self):
        return self.sent


class CodeGrant(AuthorizationCodeGrant):
    """Codes are kept in the issuer and used once."""

    issuer: Issuer
    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

    def save_authorization_code(self, code, request):
        sent = request.payload.data
        self.issuer.codes[code] = Code(
            code,
            request.user,
            request.payload.redirect_uri,
            request.scope,
            sent["nonce"],
            sent["code_challenge"],
            sent["code_challenge_method"],
        )

    def query_authorization_code(self, code, client):
        return self.issuer.codes.get(code)

    def delete_authorization_code(self, authorization_code):
        del self.issuer.codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class IdToken(OpenIDCode):
    """Id tokens signed with the issuer's own key."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(require_nonce=True)
        self.issuer = issuer

    def exists_nonce(self, nonce, request):
        return False

    def resolve_client_private_key(self, client):
        return self.issuer.key

    def get_client_algorithm(self, client):
        return self.issuer.algorithm

    def get_encode_header(self, client):
        return {"alg": self.issuer.algorithm, "kid": self.issuer.key.kid}

    def get_client_claims(self, client):
        return {"iss": self.issuer.address, "aud": [CLIENT]}

    def generate_user_info(self, user, scope):
        return UserInfo(sub=user)


@contextmanager
def standing(issuer: Issuer):
    """Serve the issuer on a port of its own."""
    server = uvicorn.Server(
        uvicorn.Config(issuer.app(), port=0, log_config=None, lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the provider could not be served"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    issuer.address = f"http://127.0.0.1:{port}"
    try:
        yield issuer
    finally:
        server.should_exit = True
        thread.join(10)


def _answer(said: Any) -> Response:
    return said if isinstance(said, Response) else JSONResponse(said)


def _titled(headers) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}
