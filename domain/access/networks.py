"""From where a token may be used: networks as they are written, kept and compared."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

NEIGHBOURHOOD: Final = {4: 24, 6: 48}
"""How much of an address is written down: where about, not which machine."""


def network(text: str) -> Network | None:
    """Read a network or a single address; nothing where it is neither, or has bits to spare."""
    try:
        return ip_network(text.strip())
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def address(text: str) -> Address | None:
    """Read an address; one of IPv4 that comes in IPv6's clothes is one of IPv4."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def lies_in(where: Address | None, networks: Iterable[Network]) -> bool:
    """Whether an address lies in one of the networks; one that is not known lies in none."""
    return where is not None and any(where in one for one in networks)


def neighbourhood(where: Address | None) -> str | None:
    """The network around an address, /24 or /48: what is kept of where a token was used."""
    if where is None:
        return None
    return str(ip_network((where, NEIGHBOURHOOD[where.version]), strict=False))
