"""`docs/how-to/verify-the-audit.md`, block by block, as it is written."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.cli.test_audit import audit
from tests.domain.audit.test_verifying import VERIFIER
from tests.domain.audit.trails import noted

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "verify-the-audit.md"
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", GUIDE.read_text("utf-8"), flags=re.DOTALL)


def keep(file: str, note: str) -> None:
    Path(file).write_text(note, "utf-8", newline="\n")


async def test_the_guide_can_be_followed_as_it_is_written(group, tmp_path):
    await noted(group, "one")
    await audit(group, "sequence")
    await noted(group, "two", "three")
    await audit(group, "sequence")
    given = {"GROUP": str(group.id), "trail.jsonl": str(tmp_path / "trail.jsonl"),
             "kept.txt": str(tmp_path / "kept.txt"), "verify_audit.py": str(VERIFIER)}  # fmt: skip
    done = []
    for language, block in BLOCKS:
        if language == "graphql":
            [(root, found)] = (await group.read("cora", block)).items()
            if root == "auditConsistency":
                keep(given["kept.txt"], found["later"])
            done.append(root)
            continue
        words = [given.get(one, one) for one in shlex.split(block)]
        if words[:2] == ["peiyuan", "audit"]:
            said = await audit(group, *words[2:])
            if words[2] == "key":
                [given["KEY"]] = said
        else:
            assert words[0] == "python3"
            command = [sys.executable, "-I", *words[1:]]
            told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: ASYNC221
            assert told.stdout.startswith("OK: 3 events")
        done.append(words[2] if words[0] == "peiyuan" else words[0])

    assert done == ["key", "auditConsistency", "export", "auditExport", "python3"]
