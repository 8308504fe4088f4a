"""`.ci/run` passes only when tests ran and passed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev


@pytest.fixture
def clone(tmp_path):
    """A clone whose dev.py notes how it was called and exits with `code.txt`."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(dev.ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    shutil.copy(dev.ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / "code.txt").write_text("0")
    (tmp_path / "dev.py").write_text(
        "import pathlib, sys\n"
        "with open('calls.txt', 'a') as log: print(*sys.argv[1:], file=log)\n"
        "sys.exit(int(pathlib.Path('code.txt').read_text()))\n"
    )
    return tmp_path


def run_ci(clone):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [clone / ".ci" / "run"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        check=False,
        text=True,
    )
    return done, (clone / "calls.txt").read_text().splitlines()


def test_standards_are_left_out_aloud_while_there_are_none(clone):
    done, calls = run_ci(clone)

    assert done.returncode == 0
    assert calls == ["test", "schema --diff"]
    assert "conformance: left out" in done.stdout


def test_standards_are_run_when_there_are_some(clone):
    (clone / "tests" / "contracts").mkdir(parents=True)

    done, calls = run_ci(clone)

    assert done.returncode == 0
    assert calls == ["test", "schema --diff", "test -m conformance"]


@pytest.mark.parametrize("code", [1, 2, 5])
def test_failure_is_a_failure_and_so_is_a_run_without_tests(code, clone):
    (clone / "code.txt").write_text(str(code))
    (clone / "tests" / "contracts").mkdir(parents=True)

    done, calls = run_ci(clone)

    assert done.returncode == code
    assert calls == ["test"]
    assert ("No test was collected" in done.stderr) == (code == 5)
