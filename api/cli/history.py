"""What lay in the repository before: the files of an earlier commit, as git keeps them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

from runtime.refused import StartRefused

MAIN: Final = ("origin/main", "main")


def earlier(root: Path) -> str | None:
    """Name the commit to compare with: where the main branch was left, else the one before."""
    head = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    left = (_git(root, "merge-base", "HEAD", branch) for branch in MAIN)
    known = [one for one in left if one and one != head]
    return known[0] if known else _git(root, "rev-parse", "--verify", "--quiet", "HEAD~1")


def files(root: Path, revision: str, folder: str) -> dict[str, str]:
    """Read the files of a folder as of a commit, by name; raises where there is no such commit."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit is None:
        raise StartRefused(f"git knows no commit {revision}: name one, or fetch more of them")
    listed = _git(root, "ls-tree", "--name-only", commit, f"{folder}/") or ""
    return {
        Path(path).name: _git(root, "show", f"{commit}:{path}") or ""
        for path in listed.splitlines()
    }


def _git(root: Path, *arguments: str) -> str | None:
    """Ask git; nothing where it says no, or where there is none."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
    return done.stdout.strip() if done.returncode == 0 else None
