"""Vault's Transit engine as far as its public wire format goes, on loopback, with real AES-GCM.

Paths, tokens, base64 and bodies of errors are as Vault has them; keys have versions and are derived
from the context of each request. `fault` is what a test makes go wrong in it.
"""

from __future__ import annotations

import asyncio
import binascii
import json
import os
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "hvs.a-token-of-the-tests"
Fault = Callable[["Transit", str], Any]


class Wrong(Exception):
    """Vault says no, with a status and in its own words."""

    def __init__(self, status: int, *errors: str) -> None:
        self.status, self.errors = status, errors
        super().__init__(errors)


@dataclass
class Transit:
    """The engine: a key with its versions, and who may use it."""

    address: str = ""
    token: str = TOKEN
    derived: bool = True
    oldest: int = 1
    versions: list[bytes] = field(default_factory=lambda: [os.urandom(32)])
    fault: Fault | None = None
    asked: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def rotate(self) -> None:
        self.versions.append(os.urandom(32))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/transit/{act}/{name}", self._act, methods=["POST", "PUT"]),
                Route("/{path:path}", self._nothing, methods=["GET", "POST"]),
            ]
        )

    async def _nothing(self, request: Request) -> Response:
        path = request.path_params["path"].removeprefix("v1/")
        return _said(404, f'no handler for route "{path}". route entry not found.')

    async def _act(self, request: Request) -> Response:
        act, self.headers = request.path_params["act"], dict(request.headers)
        self.asked.append(act)
        if self.fault is not None:
            said = self.fault(self, act)
            if asyncio.iscoroutine(said):
                said = await said
            if said is not None:
                return said
        try:
            self._admit(request)
            given = _object(await request.body())
            return JSONResponse({"request_id": "r", "data": self._done(act, given)})
        except Wrong as wrong:
            return _said(wrong.status, *wrong.errors)

    def _admit(self, request: Request) -> None:
        if "x-vault-token" not in request.headers:
            raise Wrong(403, "missing client token")
        if request.headers["x-vault-token"] != self.token:
            raise Wrong(403, "permission denied")
        if request.path_params["name"] != "peiyuan":
            raise Wrong(400, "encryption key not found")

    def _done(self, act: str, given: dict[str, str]) -> dict[str, Any]:
        context = _decoded(given.get("context", ""), "context")
        if self.derived and not context:
            raise Wrong(400, "missing 'context' for key derivation")
        match act:
            case "encrypt":
                return self._encrypted(_decoded(given["plaintext"], "plaintext"), context)
            case "rewrap":
                return self._encrypted(self._decrypted(given["ciphertext"], context), context)
            case "decrypt":
                plain = self._decrypted(given["ciphertext"], context)
                return {"plaintext": b64encode(plain).decode()}
            case _:
                raise Wrong(404, "unsupported path")

    def _encrypted(self, plain: bytes, context: bytes) -> dict[str, Any]:
        version, nonce = len(self.versions), os.urandom(12)
        sealed = nonce + AESGCM(self._key(version, context)).encrypt(nonce, plain, None)
        ciphertext = f"vault:v{version}:{b64encode(sealed).decode()}"
        return {"ciphertext": ciphertext, "key_version": version}

    def _decrypted(self, ciphertext: str, context: bytes) -> bytes:
        if not ciphertext.startswith("vault:v"):
            raise Wrong(400, "invalid ciphertext: no prefix")
        number, _, sealed = ciphertext.removeprefix("vault:v").partition(":")
        version, raw = int(number), _decoded(sealed, "ciphertext")
        if version < self.oldest:
            raise Wrong(400, "ciphertext or signature version is disallowed by policy (too old)")
        if version > len(self.versions):
            raise Wrong(400, "invalid ciphertext: version is too new")
        try:
            return AESGCM(self._key(version, context)).decrypt(raw[:12], raw[12:], None)
        except InvalidTag:
            raise Wrong(400, "cipher: message authentication failed") from None

    def _key(self, version: int, context: bytes) -> bytes:
        root = self.versions[version - 1]
        if not self.derived:
            return root
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=context).derive(root)


def _object(body: bytes) -> dict[str, str]:
    try:
        return json.loads(body)
    except ValueError:
        raise Wrong(400, "error parsing JSON") from None


def _decoded(text: str, what: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error:
        raise Wrong(400, f"failed to base64-decode {what}") from None


def _said(status: int, *errors: str) -> Response:
    return JSONResponse({"errors": list(errors)}, status)


@contextmanager
def standing(transit: Transit, **tls: Any):
    """Serve the engine on a port of its own."""
    config = uvicorn.Config(
        transit.app(), port=0, log_config=None, lifespan="off", ws="none", **tls
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the engine could not be served"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    transit.address = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield transit
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(10)


# What goes wrong, each as it arrives at us.


def sealed(_: Transit, __: str) -> Response:
    return _said(503, "Vault is sealed")


def token_revoked(_: Transit, __: str) -> Response:
    return _said(403, "permission denied")


def too_many(_: Transit, __: str) -> Response:
    return _said(429, "request path rate limit quota exceeded")


async def hanging(_: Transit, __: str) -> Response:
    await asyncio.sleep(3)
    return _said(500)


async def slow(_: Transit, __: str) -> None:
    await asyncio.sleep(0.02)


def a_page(_: Transit, __: str) -> Response:
    return Response("<html>a proxy's welcome</html>", 200, media_type="text/html")


def no_key(_: Transit, __: str) -> Response:
    return JSONResponse({"data": {"plaintext": b64encode(b"short").decode()}})


def no_base64(_: Transit, __: str) -> Response:
    return JSONResponse({"data": {"plaintext": "\u2028"}})


def another_key(_: Transit, __: str) -> Response:
    return JSONResponse({"data": {"plaintext": b64encode(os.urandom(32)).decode()}})


def rolled_back(transit: Transit, _: str) -> None:
    """A backup of yesterday was restored: the versions since then never were."""
    transit.versions = [os.urandom(32)]


def withdrawn(transit: Transit, _: str) -> None:
    """The versions that wrapped what there is may not be used any more."""
    transit.oldest = len(transit.versions) + 1
