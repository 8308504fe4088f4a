"""Whether a request was made on this machine, by our own page."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

OWN_SITES: Final = frozenset({"same-origin", "none"})


def is_loopback(host: str) -> bool:
    """Whether the name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def from_our_own_page(request: HTTPConnection) -> bool:
    """Whether page, server and whoever asks are one origin on this machine.

    A foreign name in `Host` that leads here is DNS rebinding; a foreign `Origin` or
    `Sec-Fetch-Site` (Fetch Metadata, W3C) is somebody else's page in the same browser. Clients
    that are no browsers send neither header and pass: they can read the file itself.
    """
    headers = request.headers
    if request.client is None or not is_loopback(request.client.host):
        return False
    host = headers.get("host", "")
    if not is_loopback(_hostname(host)):
        return False
    if headers.get("sec-fetch-site", "none") not in OWN_SITES:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets that hold no address
        return ""
