"""Published browser packages, fetched by npm at a pinned version and held against their hash."""

import asyncio
import shutil
import tarfile
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha512
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

LONGEST: Final = 120  # seconds


class NotFetched(Exception):
    """The packages are not here, and the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One version of a package: its hash as npm publishes it, and the files wanted of it."""

    name: str
    version: str
    integrity: str
    members: tuple[str, ...]

    @property
    def archive(self) -> str:
        """What `npm pack` calls the file."""
        return f"{self.name}-{self.version}.tgz"


async def fetch_packages(packages: tuple[Package, ...], folder: Path) -> None:
    """Put the wanted files of all packages into `folder`, all of them or none.

    npm packs with its own configuration, so that a mirror or a proxy set there is used; nothing of
    a package is run. Raises `NotFetched`.
    """
    if (npm := shutil.which("npm")) is None:
        raise NotFetched("npm is not installed")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix="fetching-") as name:
        packed, wanted = Path(name) / "packed", Path(name) / "wanted"
        packed.mkdir()
        wanted.mkdir()
        await _pack(npm, packages, packed)
        for package in packages:
            _unpack(package, packed / package.archive, wanted)
        wanted.rename(folder)


async def _pack(npm: str, packages: tuple[Package, ...], folder: Path) -> None:
    named = [f"{package.name}@{package.version}" for package in packages]
    quietly = ("--silent", "--ignore-scripts", "--fetch-retries=1")
    packing = await asyncio.create_subprocess_exec(
        npm,
        "pack",
        *quietly,
        *named,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        code = await asyncio.wait_for(packing.wait(), LONGEST)
    except TimeoutError:
        raise NotFetched(f"npm did not finish within {LONGEST} seconds") from None
    finally:  # also when the server stops meanwhile
        if packing.returncode is None:
            packing.kill()
            await packing.wait()
    if code != 0:
        raise NotFetched("npm could not fetch it; is this machine offline?")


def _unpack(package: Package, archive: Path, folder: Path) -> None:
    digest = "sha512-" + b64encode(sha512(archive.read_bytes()).digest()).decode()
    if digest != package.integrity:
        raise NotFetched(f"{package.archive} is not the file whose hash is pinned")
    with tarfile.open(archive) as opened:
        for member in package.members:
            content = opened.extractfile(f"package/{member}")
            assert content is not None, "the hash says that it is there"
            (folder / Path(member).name).write_bytes(content.read())
