"""How the embedded server is set up; durability (fsync, checksums, full pages) stays on."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from runtime.postgres.binaries import Binaries

MEGABYTE: Final = 1 << 20
Value = str | int | bool
Settings = Mapping[str, Value]
PORT: Final = 5432  # only names the socket file while TCP is off


def server_settings(binaries: Binaries, *, sockets: Path, port: int | None) -> Settings:
    """The settings that differ from PostgreSQL's own; a port opens TCP on loopback."""
    settings: dict[str, Value] = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": port or PORT,
        "unix_socket_directories": os.fspath(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": 100,
        "shared_buffers": f"{shared_buffers()}MB",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "wal_level": "replica",
        "idle_in_transaction_session_timeout": "60s",
        "client_connection_check_interval": "5s",
    }
    if binaries.major >= 17:  # noqa: PLR2004 — the version that brought it
        settings["summarize_wal"] = True
    return {**settings, **_logging(), **_statistics(binaries)}


def configure(folder: Path, settings: Settings) -> None:
    """Write our file of settings anew at each start; the cluster includes its folder."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    unfinished = folder / "peiyuan.unfinished"
    unfinished.write_text(
        "".join(f"{name} = {_spelt(value)}\n" for name, value in settings.items())
    )
    unfinished.chmod(0o644)
    unfinished.replace(folder / "peiyuan.conf")


def shared_buffers() -> int:
    """A sixteenth of the machine's memory, from 128 to 512 megabytes."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(512, max(128, memory // 16 // MEGABYTE))


def _logging() -> Settings:
    """Logs of a week, without anything that a statement carried: no values, no details."""
    return {
        "logging_collector": True,
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",
        "log_file_mode": "0600",
        "log_checkpoints": False,
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": True,
        "log_timezone": "UTC",
        "log_min_duration_statement": "1s",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": 0,
        "log_parameter_max_length_on_error": 0,
    }


def _statistics(binaries: Binaries) -> Settings:
    """Statistics by statement where the module is there; not of DDL, which keeps its literals."""
    if not binaries.ships("pg_stat_statements"):
        return {}
    return {
        "shared_preload_libraries": "pg_stat_statements",
        "pg_stat_statements.track_utility": False,
    }


def _spelt(value: Value) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case int():
            return str(value)
        case str():
            doubled = value.replace("\\", "\\\\").replace("'", "''")
            return f"'{doubled}'"
