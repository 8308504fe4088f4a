"""Write the schema as it is made from the declarations, or say whether the committed one is it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.graphql.schema import printed
from runtime.refused import StartRefused

if TYPE_CHECKING:
    from runtime.progress import Tell

FILE: Final = Path(__file__).parents[2] / "schema.graphql"


def schema(*, check: bool, tell: Tell, file: Path = FILE) -> None:
    """Write `schema.graphql`, or refuse a committed one that is not current."""
    made = printed()
    if not check:
        file.write_text(made, encoding="utf-8")
        tell(f"wrote {file}")
    elif not file.exists() or file.read_text(encoding="utf-8") != made:
        raise StartRefused(f"{file} is not current: run `python3 dev.py schema` and commit it")
