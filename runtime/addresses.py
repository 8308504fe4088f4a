"""Where the database is, for each of the roles that use it."""

import hmac
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The URLs of one database; they hold passwords, and so have no `repr`."""

    owner: str = field(repr=False)
    app: str = field(repr=False)
    reader: str = field(repr=False)
    auditor: str = field(repr=False)


def as_role(url: str, role: str, password: str) -> str:
    """The same database for another role."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(role)}:{quote(password, safe='')}@{server}").geturl()


def derived_password(url: str, role: str) -> str | None:
    """A role's password from the secret of the URL: all processes of one database find the same.

    Nothing where the URL holds no password (certificates, trust of a socket).
    """
    if not (secret := urlsplit(url).password):
        return None
    return hmac.digest(unquote(secret).encode(), f"peiyuan role {role}".encode(), "sha256").hex()
