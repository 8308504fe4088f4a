"""A checkout with nothing in it but dev.py and programs that tell how they were called."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TELLING = '#!/bin/sh\necho "{name} $*" >> "{log}"\n{then}\n'


class Checkout:
    """A copy of dev.py in a folder whose name has a space and is not ASCII."""

    def __init__(self, root):
        self.root = root
        self.log = root / "calls.txt"
        self.stamp = root / ".venv" / "installed.txt"
        self.path = root / "on path"
        self.path.mkdir(parents=True)
        (root / "dev.py").write_bytes((ROOT / "dev.py").read_bytes())
        (root / "requirements.lock").write_bytes((ROOT / "requirements.lock").read_bytes())
        self.program(".venv/bin/pip")
        self.program(".venv/bin/python")

    def program(self, where, then="exit 0"):
        """Put a program somewhere that notes its arguments, and then does `then`."""
        place = self.root / where
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(TELLING.format(name=place.name, log=self.log, then=then))
        place.chmod(0o755)

    def module(self):
        """dev.py of this checkout, imported."""
        spec = importlib.util.spec_from_file_location("dev_of_a_checkout", self.root / "dev.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def mark_installed(self):
        self.stamp.write_text(self.module().stamp(), encoding="utf-8")

    def calls(self, of=""):
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(of)]

    def start(self, *arguments):
        """Start dev.py where no index can be reached and no other program is on PATH."""
        nowhere = "http://127.0.0.1:9"
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("UV_")},
            "PATH": os.pathsep.join([str(self.path), "/usr/bin", "/bin"]),
            "ALL_PROXY": nowhere,
            "HTTP_PROXY": nowhere,
            "HTTPS_PROXY": nowhere,
        }
        return subprocess.Popen(
            [sys.executable, self.root / "dev.py", *arguments],
            cwd=self.root.parent,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments):
        with self.start(*arguments) as process:
            output, _ = process.communicate(timeout=60)
        return process.returncode, output


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path / "my files 培元")
