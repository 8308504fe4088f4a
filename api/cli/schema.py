"""Write the schema as it is made from the declarations, whole and as each role leaves it.

Or say whether the committed files are it, or what roles gain and lose against an earlier commit.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.graphql.of_roles import schemas_of_roles
from api.graphql.schema import printed
from runtime.refused import StartRefused

from .gains import told
from .history import earlier, files

if TYPE_CHECKING:
    from runtime.progress import Tell

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = "docs/schema"
WRITE: Final = "run `python3 dev.py schema` and commit it"


def schema(*, check: bool, tell: Tell, root: Path = ROOT) -> None:
    """Write `schema.graphql` and those of the roles, or refuse committed ones that are not it."""
    made = _made(root)
    stale = set((root / FOLDER).glob("*.graphql")) - made.keys()
    if check:
        wrong = sorted({path for path, text in made.items() if _text(path) != text} | stale)
        if wrong:
            raise StartRefused(f"{wrong[0]} is not current: {WRITE}")
        return
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    for path in stale:
        path.unlink()
    tell(f"wrote {root / 'schema.graphql'} and {root / FOLDER}")


def differences(revision: str | None, *, tell: Tell, root: Path = ROOT) -> None:
    """Say what each role gains and loses since a commit: where main was left, if none is named."""
    base = revision or earlier(root)
    if base is None:
        tell("There is no earlier commit here to compare the roles with.")
        return
    before = files(root, base, FOLDER)
    if not before:
        tell(f"At {base[:12]} there is no {FOLDER} to compare the roles with.")
        return
    said = _sentences(before, schemas_of_roles())
    for line in said:
        tell(line)
    tell(f"{len(said) or 'No'} differences for roles since {base[:12]}.")


def _sentences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    old = {name.removesuffix(".graphql"): text for name, text in before.items()}
    said = [f"{role.upper()} is a new role" for role in sorted(after.keys() - old.keys())]
    said += [f"{role.upper()} is no longer given" for role in sorted(old.keys() - after.keys())]
    for role in sorted(old.keys() & after.keys()):
        said += told(role, old[role], after[role])
    return said


def _made(root: Path) -> dict[Path, str]:
    of_roles = {
        root / FOLDER / f"{role}.graphql": text for role, text in schemas_of_roles().items()
    }
    return {root / "schema.graphql": printed(), **of_roles}


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
