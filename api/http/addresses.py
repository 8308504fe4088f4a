"""Where a request comes from: the peer, or whoever the proxies that we trust say stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING

from domain.access.networks import address, lies_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

    from domain.access.networks import Address, Network

FORWARDED = b"x-forwarded-for"


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose word is taken for where a request comes from."""

    trusted: tuple[Network, ...] = ()

    @classmethod
    def declared(cls, networks: Iterable[str]) -> Proxies:
        """Those that the settings declare."""
        return cls(tuple(ip_network(one) for one in networks))

    def client(self, scope: Scope) -> Address | None:
        """The last address on the way here that is no proxy of ours; nothing if it is not known.

        Each proxy adds whom it heard from at the end, and a client may send anything before that:
        so the way is read from its end, and no further than somebody who is not trusted.
        """
        peer = scope.get("client")
        here = address(peer[0]) if peer else None
        if not lies_in(here, self.trusted):
            return here
        for hop in reversed(_way(scope)):
            here = address(hop)
            if not lies_in(here, self.trusted):
                break
        return here


def _way(scope: Scope) -> list[str]:
    """All that proxies and clients have said, in the order in which they said it."""
    said = [value.decode("latin-1") for name, value in scope["headers"] if name == FORWARDED]
    return [hop for line in said for hop in line.split(",") if hop.strip()]
