"""The trail from the command line of the installation: placed, exported, verified."""

import subprocess
import sys

import pytest

from api.cli.audit import done
from api.cli.commands import parser
from domain.kernel.ids import external_id
from runtime.refused import StartRefused
from tests.domain.audit.test_verifying import VERIFIER
from tests.domain.audit.trails import noted, trail_of


async def audit(group, *words) -> list[str]:
    """Run an act as it is written on a command line; what it says."""
    said = []
    await done(group.installation, parser().parse_args(["audit", *words]), said.append)
    return said


async def test_a_trail_is_placed_exported_and_verified_by_whoever_has_the_key(group, tmp_path):
    await noted(group, "one", "two")
    file = str(tmp_path / "trail.jsonl")

    [placed] = await audit(group, "sequence")
    [key] = await audit(group, "key", str(group.id))
    [said] = await audit(group, "export", external_id("tnt", group.id), file)

    assert placed.endswith("entries have got their places")
    assert said == f"2 events are in {file}"
    verified = subprocess.run(  # noqa: ASYNC221 - nothing else is under way
        [sys.executable, "-I", VERIFIER, file, "--key", key],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (verified.returncode, verified.stdout[:12]) == (0, "OK: 2 events")
    kept = {one.verb: one for one in (await trail_of(group)).entries.values()}
    assert kept.keys() == {"one", "two", "auditExport"}


async def test_nothing_is_written_over(group, tmp_path):
    await noted(group, "one")
    await audit(group, "sequence")
    (file := tmp_path / "trail.jsonl").write_text("mine")

    with pytest.raises(StartRefused, match="is there already"):
        await audit(group, "export", str(group.id), str(file))

    assert file.read_text() == "mine"


async def test_a_group_that_has_no_tree_is_not_exported(group, tmp_path):
    with pytest.raises(StartRefused, match="has no checkpoint"):
        await audit(group, "export", str(group.id), str(tmp_path / "trail.jsonl"))
    with pytest.raises(StartRefused, match="is not an id"):
        await audit(group, "key", "head")
    assert list(tmp_path.iterdir()) == []
