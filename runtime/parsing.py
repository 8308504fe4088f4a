"""From the text of an environment variable to a value; what cannot be read says what would be."""

import re
from collections.abc import Callable
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

Choice = TypeVar("Choice", bound=StrEnum)

YES: Final = frozenset({"1", "true", "yes", "on"})
NO: Final = frozenset({"0", "false", "no", "off", ""})
LONGEST: Final = 3600.0


class Unreadable(ValueError):
    """The text is not of the wanted form; the message says which form is."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def text(raw: str) -> str:
    """Any text that is not empty."""
    if stripped := raw.strip():
        return stripped
    raise Unreadable("give a value, or leave the variable out")


def word(raw: str) -> str:
    """A name that can stand in an address as it is; slashes divide it."""
    if re.fullmatch(r"[\w-]+(?:/[\w-]+)*", stripped := raw.strip(), re.ASCII):
        return stripped
    raise Unreadable("write letters, digits, - and _, with / between")


def flag(raw: str) -> bool:
    """A switch."""
    if raw.lower() in YES | NO:
        return raw.lower() in YES
    raise Unreadable("write true or false")


def path(raw: str) -> Path:
    """A path, made absolute where the process starts."""
    return Path(text(raw)).expanduser().resolve()


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two bounds, both allowed."""

    def read(raw: str) -> int:
        if raw.strip().isdecimal() and least <= int(raw) <= most:
            return int(raw)
        raise Unreadable(f"write a whole number from {least} to {most}")

    return read


def seconds(raw: str) -> float:
    """A length of time in seconds, more than nothing and at most an hour."""
    try:
        value = float(raw)
    except ValueError:
        value = 0.0
    if 0 < value <= LONGEST:
        return value
    raise Unreadable("write seconds, more than 0 and at most 3600")


def choice(choices: type[Choice]) -> Callable[[str], Choice]:
    """One word of a closed list."""

    def read(raw: str) -> Choice:
        if (word := raw.strip().lower()) in set(choices):
            return choices(word)
        raise Unreadable(f"write one of {', '.join(choices)}")

    return read


def networks(raw: str) -> tuple[str, ...]:
    """Addresses or networks, separated by commas."""
    parts = tuple(part.strip() for part in raw.split(",") if part.strip())
    try:
        return tuple(str(ip_network(part)) for part in parts)
    except ValueError:
        raise Unreadable("write addresses or networks such as 10.0.0.0/8, with commas") from None


def origin(raw: str) -> str:
    """An origin: scheme, host and port, and nothing behind them."""
    wanted = "write an origin such as https://training.example"
    try:
        parts = urlsplit(raw.strip().lower().removesuffix("/"))
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Unreadable(wanted) from None
    bare = parts._replace(scheme="", netloc="").geturl() == "" and "@" not in parts.netloc
    if parts.scheme in {"http", "https"} and host and bare:
        return f"{parts.scheme}://{parts.netloc}"
    raise Unreadable(wanted)


def origins(raw: str) -> tuple[str, ...]:
    """Origins, separated by commas."""
    return tuple(origin(part) for part in raw.split(",") if part.strip())
