"""What a token may be limited to: checked and put in order when it is issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from authz.compiler import is_scope
from domain.kernel.errors import Refusal

from .networks import network
from .tokens import TokenKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from authz.catalogue import Catalogue
    from domain.privacy.purposes import Purpose

MOST_SCOPES: Final = 100
MOST_NETWORKS: Final = 50
ECHOED: Final = 80  # letters of what was sent that a refusal repeats


class ScopeUnknown(Refusal):
    """A scope names an action or an object that does not exist."""

    en = "{scope} is no scope. Write `action:object`, such as read:Course or read:Course.title."
    zh = "{scope} 不是有效的权限范围,请按 action:object 填写,例如 read:Course。"
    path = ("scopes",)


class ScopesUncounted(Refusal):
    """A list of scopes is empty, or longer than anybody could read."""

    en = "Give 1 to {most} scopes, or leave `scopes` out for all that the owner may."
    zh = "请填写 1 至 {most} 个权限范围;若需全部权限,请勿填写 scopes。"
    path = ("scopes",)


class NetworkUnknown(Refusal):
    """What should be a network is none."""

    en = "{network} is no network. Write an address or a network such as 10.1.0.0/16."
    zh = "{network} 不是有效的网段,请填写地址或网段,例如 10.1.0.0/16。"
    path = ("networks",)


class NetworksUncounted(Refusal):
    """A list of networks is empty, or longer than anybody could read."""

    en = "Give 1 to {most} networks, or leave `networks` out to allow any."
    zh = "请填写 1 至 {most} 个网段;若不限制,请勿填写 networks。"
    path = ("networks",)


class PurposesUncounted(Refusal):
    """A person's token was to open sealed values for no purpose at all."""

    en = "Give the purposes that a person's token is for, or leave `purposes` out for any."
    zh = "请填写个人令牌的使用目的;若不限制,请勿填写 purposes。"
    path = ("purposes",)


def checked_scopes(scopes: Sequence[str] | None, catalogue: Catalogue) -> list[str]:
    """Give scopes that all exist, each once; none at all where they were left out."""
    if scopes is None:
        return []
    if not 0 < len(scopes) <= MOST_SCOPES:
        raise ScopesUncounted(most=MOST_SCOPES)
    for at, scope in enumerate(scopes):
        if not is_scope(scope, catalogue):
            raise ScopeUnknown(scope=scope[:ECHOED], at=("scopes", str(at)))
    return list(dict.fromkeys(scopes))


def checked_networks(networks: Sequence[str] | None) -> list[str]:
    """Give networks in their usual form, each once; none at all where they were left out."""
    if networks is None:
        return []
    if not 0 < len(networks) <= MOST_NETWORKS:
        raise NetworksUncounted(most=MOST_NETWORKS)
    found: dict[str, None] = {}
    for at, text in enumerate(networks):
        one = network(text)
        if one is None:
            raise NetworkUnknown(network=text[:ECHOED], at=("networks", str(at)))
        found[str(one)] = None
    return list(found)


def checked_purposes(purposes: Sequence[Purpose] | None, kind: TokenKind) -> list[Purpose]:
    """Give purposes, each once; left out, a person's token is for any and others for none."""
    if purposes is not None and not purposes and kind is TokenKind.PERSON:
        raise PurposesUncounted
    return list(dict.fromkeys(purposes or ()))
