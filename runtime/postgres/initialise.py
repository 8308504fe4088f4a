"""Makes a new cluster, whole or not at all."""

import os
import secrets
import shutil
from pathlib import Path

from runtime.postgres.account import Account
from runtime.postgres.binaries import Binaries
from runtime.refused import StartRefused


def initialise(cluster: Path, binaries: Binaries, account: Account, *, password: str) -> None:
    """Run `initdb` beside the cluster's place and move the result there when it is complete."""
    shutil.rmtree(unfinished := cluster.with_name("cluster.unfinished"), ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.give(unfinished)
    secret = cluster.with_name(f".{secrets.token_hex(8)}")
    try:
        _write(secret, password, account)
        done = account.run(binaries / "initdb", *options(binaries, secret), "-D", unfinished)
    finally:
        secret.unlink(missing_ok=True)
    if done.returncode:
        raise StartRefused(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
    include = 'echo "include_dir = \'../conf.d\'" >> "$1/postgresql.conf"'
    account.run("/bin/sh", "-c", include, "sh", unfinished).check_returncode()
    unfinished.rename(cluster)


def options(binaries: Binaries, password_file: Path) -> list[str]:
    """Checksums, UTF-8, passwords for everybody, and one order of text on every machine.

    From 17 on that order is PostgreSQL's own, so that no update of a system library can change
    it under the indexes.
    """
    common = ["-U", "postgres", "-k", "-E", "UTF8", "--auth=scram-sha-256"]
    common.append(f"--pwfile={password_file}")
    if binaries.major < 17:  # noqa: PLR2004 — the version that brought the builtin provider
        return [*common, "--locale=C.UTF-8"]
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*common, *provider, "--locale=C", "--lc-ctype=C.UTF-8"]


def _write(file: Path, text: str, account: Account) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text + "\n")
    account.give(file)
