"""Every choice of the process, read from the environment once."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Self, get_type_hints

from runtime import parsing
from runtime.refused import Problem, SettingsRefused
from runtime.safety import unsafe

PREFIX: Final = "PEIYUAN_"


class Environment(StrEnum):
    """How much the process may take for granted."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Pooler(StrEnum):
    """What stands between the process and PostgreSQL."""

    NONE = "none"
    TRANSACTION = "transaction"


class KeyPlace(StrEnum):
    """Where the root key lies."""

    FILE = "file"
    ENV = "env"
    VAULT = "vault"


class LogFormat(StrEnum):
    """How a log line looks; AUTO is text on a terminal in development, else JSON."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


class LogLevel(StrEnum):
    """From which weight on a log line is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


Url = Annotated[str | None, parsing.text]
File = Annotated[Path | None, parsing.path]
Folder = Annotated[Path, parsing.path]
Seconds = Annotated[float, parsing.seconds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `PEIYUAN_*` said; each field is the variable of the same name in capitals."""

    environment: Annotated[Environment, parsing.choice(Environment)] = Environment.DEVELOPMENT
    demo: Annotated[bool, parsing.flag] = False
    host: Annotated[str, parsing.text] = "127.0.0.1"
    port: Annotated[int, parsing.whole(0, 65535)] = 8000
    tls_certificate: File = None
    tls_key: File = None
    trusted_proxies: Annotated[tuple[str, ...], parsing.networks] = ()
    public_url: Annotated[str | None, parsing.origin] = None
    trusted_origins: Annotated[tuple[str, ...], parsing.origins] = ()

    data_dir: Folder = Path(".peiyuan")
    state_dir: Folder = Path("/var/lib/peiyuan")
    tombstones: File = None

    key_provider: Annotated[KeyPlace, parsing.choice(KeyPlace)] = KeyPlace.FILE
    key_wait: Seconds = 3.0
    key_file: File = None
    root_key: Annotated[str | None, parsing.text] = field(default=None, repr=False)
    vault_url: Annotated[str | None, parsing.origin] = None
    vault_mount: Annotated[str, parsing.word] = "transit"
    vault_key: Annotated[str, parsing.word] = "peiyuan"
    vault_namespace: Annotated[str | None, parsing.text] = None
    vault_token: Annotated[str | None, parsing.text] = field(default=None, repr=False)
    vault_token_file: File = None
    vault_ca: File = None

    database_url: Url = field(default=None, repr=False)
    database_url_direct: Url = field(default=None, repr=False)
    database_url_app: Url = field(default=None, repr=False)
    database_url_reader: Url = field(default=None, repr=False)
    database_url_auditor: Url = field(default=None, repr=False)
    pooler: Annotated[Pooler, parsing.choice(Pooler)] = Pooler.NONE
    pg_bin: File = None
    pg_port: Annotated[int | None, parsing.whole(1024, 32767)] = None
    reader_connections: Annotated[int, parsing.whole(1, 32)] = 6
    writer_connections: Annotated[int, parsing.whole(1, 64)] = 8
    connection_wait: Seconds = 5.0
    shadow_reads: Annotated[int, parsing.whole(0, 1_000_000)] = 100
    decrypts_per_hour: Annotated[int, parsing.whole(1, 1_000_000)] = 1_000

    log_level: Annotated[LogLevel, parsing.choice(LogLevel)] = LogLevel.INFO
    log_format: Annotated[LogFormat, parsing.choice(LogFormat)] = LogFormat.AUTO

    def __post_init__(self) -> None:
        """Fix the data directory where the process starts, wherever it may go later."""
        object.__setattr__(self, "data_dir", self.data_dir.expanduser().resolve())

    @property
    def production(self) -> bool:
        """Whether real people's data may be behind this process."""
        return self.environment is Environment.PRODUCTION

    @property
    def over_tls(self) -> bool:
        """Whether browsers reach the process over TLS: its own, or that of a proxy before it."""
        ends_tls = self.tls_certificate is not None or bool(self.trusted_proxies)
        return self.production or ends_tls

    @property
    def migration_url(self) -> str | None:
        """The external database without a pooler in between: a session's locks need that."""
        return self.database_url_direct or self.database_url

    @property
    def data_name(self) -> str:
        """A short stable name of the data directory, for what must lie outside it."""
        return hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read and check the settings once, or refuse with everything that is wrong."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, variable, read in _readers():
            if (raw := environ.get(variable)) is None:
                continue
            try:
                values[name] = read(raw)
            except parsing.Unreadable as unreadable:
                problems.append(Problem(variable, "cannot be read", unreadable.wanted))
        settings = cls(**values)
        problems += unsafe(settings)
        problems += misspelt(environ) if settings.production else ()
        if problems:
            raise SettingsRefused(*problems)
        return settings


def misspelt(environ: Mapping[str, str]) -> list[Problem]:
    """Variables nobody reads: in production a misspelt protection would be no protection."""
    known = {variable for _, variable, _ in _readers()}
    return [
        Problem(name, "is not a setting", "correct its name or remove it")
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]


def _readers() -> Iterator[tuple[str, str, Callable[[str], object]]]:
    """Field, variable, and the reader that stands beside the field's type."""
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        yield name, PREFIX + name.upper(), hint.__metadata__[0]
