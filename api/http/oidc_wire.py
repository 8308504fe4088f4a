"""Requests to identity providers: to the address that was looked at, briefly, and no further.

An address that a provider names is somebody else's word. The name is resolved once, the address is
judged, and the connection goes to that address: what is looked up again could answer differently.
Networks of our own are refused, or a provider's document would be a way into them.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

import httpx

from .loopback import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address

LARGEST: Final = 65_536  # bytes
WAIT: Final = 5.0  # seconds, for all of one request
OK: Final = 200
TRANSLATED: Final = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in an IPv6 dress


class WireRefused(Exception):
    """The request was not made, or what came back cannot be used; the reason holds no secret."""


@dataclass(slots=True)
class Wire:
    """Asks providers; `at_home` lets it ask this very machine, over plain HTTP as well."""

    at_home: bool = False
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def get(self, url: str) -> dict[str, Any]:
        """Fetch a JSON object."""
        return await self._asked("GET", url)

    async def post(
        self, url: str, form: Mapping[str, str], *, auth: tuple[str, str]
    ) -> dict[str, Any]:
        """Send a form, and take a JSON object back."""
        return await self._asked("POST", url, data=dict(form), auth=auth)

    async def _asked(self, method: str, url: str, **content: Any) -> dict[str, Any]:
        try:
            async with asyncio.timeout(WAIT):
                body = await self._body(method, httpx.URL(url), content)
            found = json.loads(body)
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise WireRefused(f"no answer: {type(error).__name__}") from None
        except (ValueError, RecursionError):
            raise WireRefused("the answer is not JSON") from None
        if not isinstance(found, dict):
            raise WireRefused("the answer is not an object")
        return found

    async def _body(self, method: str, url: httpx.URL, content: Mapping[str, Any]) -> bytes:
        self._check(url)
        address = await self._address(url)
        transport = httpx.AsyncHTTPTransport(verify=self.context, trust_env=False)
        async with (
            httpx.AsyncClient(transport=transport, timeout=WAIT, trust_env=False) as client,
            client.stream(
                method,
                url.copy_with(host=str(address)),
                headers={"host": url.netloc.decode("ascii"), "accept": "application/json"},
                extensions={"sni_hostname": url.host},
                **content,
            ) as answer,
        ):
            if answer.status_code != OK:  # a redirect is not followed either
                raise WireRefused(f"it answered {answer.status_code}")
            return await _within_limit(answer)

    def _check(self, url: httpx.URL) -> None:
        if url.scheme != "https" and not (self.at_home and url.scheme == "http"):
            raise WireRefused("the address is not https")
        if self.at_home and not is_loopback(url.host):
            raise WireRefused("the address leads away from this machine")

    async def _address(self, url: httpx.URL) -> IPv4Address | IPv6Address:
        port = url.port or (443 if url.scheme == "https" else 80)
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        addresses = [_plain(str(sockaddr[0])) for *_, sockaddr in found]
        if not addresses or not all(map(self._allowed, addresses)):
            raise WireRefused("the address lies in a network that is not asked")
        return addresses[0]

    def _allowed(self, address: IPv4Address | IPv6Address) -> bool:
        if self.at_home:
            return address.is_loopback
        translated = isinstance(address, IPv6Address) and (
            address in TRANSLATED or address.sixtofour or address.teredo
        )
        return address.is_global and not address.is_multicast and not translated


def _plain(text: str) -> IPv4Address | IPv6Address:
    """Read an address; one of IPv4 in the dress of IPv6 is judged as what it is."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


async def _within_limit(answer: httpx.Response) -> bytes:
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise WireRefused("the answer is too long")
    return body
