"""What a process in production refuses to start with."""

import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from runtime.refused import Problem
from runtime.safety_of_keys import root_of

if TYPE_CHECKING:
    from runtime.settings import Settings

OTHERS: Final = 0o077
URLS: Final = (
    "database_url",
    "database_url_direct",
    "database_url_app",
    "database_url_reader",
    "database_url_auditor",
)


def unsafe(settings: "Settings") -> list[Problem]:
    """Everything about these settings that must not be; the key is guarded everywhere."""
    problems = [*_key(settings), *root_of(settings), *_certificate(settings)]
    if settings.production:
        problems += [*_demo(settings), *_exposed(settings), *_databases(settings)]
        problems += _open_origins(settings)
    return problems


def on_a_local_socket(url: str) -> bool:
    """Whether the connection never leaves the machine's own file system."""
    parts = urlsplit(url)
    hosts = parse_qs(parts.query).get("host", [parts.hostname or ""])
    return all(host.startswith("/") for host in ",".join(hosts).split(","))


def _demo(settings: "Settings") -> Iterator[Problem]:
    if settings.demo:
        remedy = "remove it; it hands out tokens for made-up people"
        yield Problem("PEIYUAN_DEMO", "is on in production", remedy)


def _open_origins(settings: "Settings") -> Iterator[Problem]:
    """Cookies come along with what these pages ask: over an open line anyone could be the page."""
    named = {"trusted_origins": settings.trusted_origins, "public_url": (settings.public_url,)}
    for name, origins in named.items():
        for origin in origins:
            if origin is not None and not origin.startswith("https://"):
                remedy = "name it with https"
                yield Problem(f"PEIYUAN_{name.upper()}", f"holds {origin}, without TLS", remedy)


def _databases(settings: "Settings") -> Iterator[Problem]:
    for name in URLS:
        if (url := getattr(settings, name)) is None or on_a_local_socket(url):
            continue
        if parse_qs(urlsplit(url).query).get("sslmode") != ["verify-full"]:
            remedy = "add sslmode=verify-full (and sslrootcert), or use a local socket"
            yield Problem(
                f"PEIYUAN_{name.upper()}", "reaches a database without verified TLS", remedy
            )


def _exposed(settings: "Settings") -> Iterator[Problem]:
    if _loopback(settings.host) or settings.trusted_proxies or settings.tls_certificate:
        return
    remedy = (
        "bind 127.0.0.1, name the proxy that ends TLS in PEIYUAN_TRUSTED_PROXIES,"
        " or set PEIYUAN_TLS_CERTIFICATE and PEIYUAN_TLS_KEY"
    )
    yield Problem("PEIYUAN_HOST", f"{settings.host} is open to the network without TLS", remedy)


def _certificate(settings: "Settings") -> Iterator[Problem]:
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        remedy = "set both or neither"
        yield Problem("PEIYUAN_TLS_CERTIFICATE", "and PEIYUAN_TLS_KEY belong together", remedy)
    for name in ("tls_certificate", "tls_key"):
        if (file := getattr(settings, name)) is not None and not file.is_file():
            yield Problem(f"PEIYUAN_{name.upper()}", f"names no file ({file})", "correct the path")


def _key(settings: "Settings") -> Iterator[Problem]:
    if (file := settings.key_file) is None:
        return
    if file.is_relative_to(settings.data_dir):
        remedy = "keep it elsewhere, or one stolen backup holds data and key"
        yield Problem("PEIYUAN_KEY_FILE", "lies inside the data directory", remedy)
    if (mode := _mode(file)) is not None and mode & OTHERS:
        yield Problem("PEIYUAN_KEY_FILE", f"has mode {mode:04o}", f"chmod 600 {file}")


def _mode(file: Path) -> int | None:
    try:
        return stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return None


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
