"""The commands as an operator uses them: what they print, how they end, what they refuse."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from api.cli.commands import main
from api.cli.schema import schema
from api.demo.load import GROUP
from runtime.postgres.processes import inside
from runtime.refused import StartRefused

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(scratch):
    """A data directory that the server's account may enter."""
    folder = scratch / f"cli-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    return folder / "data"


def environment(home, **more):
    return {
        **os.environ,
        "PEIYUAN_DATA_DIR": str(home),
        "PEIYUAN_KEY_FILE": str(home.parent / "root.key"),
        "PEIYUAN_PORT": "0",
        **more,
    }


def started(home, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "api", "run"],
        cwd=ROOT,
        env=environment(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def lines_until_ready(process) -> list[str]:
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("ready "):
            return lines
    raise AssertionError(lines, process.stderr.read())


def asked(address, token, query):
    request = urllib.request.Request(
        f"{address}/graphql",
        json.dumps({"query": query}).encode(),
        {"content-type": "application/json", "authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def signed_in(address, name, password):
    body = json.dumps({"group": "hq", "name": name, "password": password}).encode()
    request = urllib.request.Request(
        f"{address}/session", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_run_serves_the_demo_says_ready_once_and_takes_the_database_down_with_it(home):
    with started(home) as process:
        lines = lines_until_ready(process)
        address = lines[-1].removeprefix("ready ")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
        assert [line for line in lines if line.startswith("ready ")] == [lines[-1]]
        assert any(line.strip().startswith("learner ") for line in lines)

        tokens = json.loads((home / "demo-tokens.json").read_text())
        told = asked(address, tokens["learner"], "{ viewer { person { stage } } }")
        assert told == {"data": {"viewer": {"person": {"stage": "IN_TRAINING"}}}}
        passwords = json.loads((home / "demo-passwords.json").read_text())
        assert signed_in(address, "learner", passwords["learner"])["openedWith"] == "PASSWORD"
        beside = subprocess.run(
            [sys.executable, "-m", "api", "login", "list", str(GROUP)],
            cwd=ROOT,
            env=environment(home),
            capture_output=True,
            text=True,
            check=True,
        )
        assert len(beside.stdout.splitlines()) == len(tokens), beside
        with urllib.request.urlopen(f"{address}/readyz") as answer:
            assert json.load(answer) == {"status": "ready"}
        with urllib.request.urlopen(f"{address}/") as answer:
            assert b"<html" in answer.read()

        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert inside(home / "postgres" / "cluster") == frozenset()

    with started(home) as again:
        lines = lines_until_ready(again)
        again.send_signal(signal.SIGINT)
        again.communicate(timeout=30)
    assert not any("demo 1/4" in line for line in lines), "the data stayed"
    assert json.loads((home / "demo-tokens.json").read_text()) == tokens


def test_a_taken_port_is_told_before_anything_is_begun(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(home.with_name("other"), PEIYUAN_PORT=str(port)) as process:
            said, errors = process.communicate(timeout=30)

    assert process.returncode == 1
    assert (said, errors.count("\n")) == ("", 1)
    assert f"127.0.0.1:{port} cannot be served" in errors
    assert "PEIYUAN_PORT" in errors


def test_settings_that_cannot_stand_are_told_in_a_sentence(monkeypatch, capsys):
    monkeypatch.setenv("PEIYUAN_PORT", "http")

    assert main(["migrate"]) == 1
    assert capsys.readouterr().err.startswith("peiyuan: PEIYUAN_PORT")


def test_a_schema_that_is_not_current_is_refused_and_written_anew(tmp_path):
    for name in ("schema.graphql", "docs/schema/vendor.graphql", "docs/schema/nobody.graphql"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("type Query { old: Int }\n")

    with pytest.raises(StartRefused, match="is not current"):
        schema(check=True, tell=print, root=tmp_path)
    schema(check=False, tell=lambda _: None, root=tmp_path)

    schema(check=True, tell=print, root=tmp_path)
    for written in tmp_path.rglob("*.graphql"):
        assert written.read_text() == (ROOT / written.relative_to(tmp_path)).read_text()
    assert not (tmp_path / "docs/schema/nobody.graphql").exists()
    (tmp_path / "docs/schema/nobody.graphql").touch()
    with pytest.raises(StartRefused, match=r"nobody\.graphql is not current"):
        schema(check=True, tell=print, root=tmp_path)


def test_the_demo_is_no_part_of_production(monkeypatch, capsys, tmp_path):
    for name in ("tls.crt", "tls.key", "root.key"):
        (tmp_path / name).touch(mode=0o600)
    for name, value in {
        "PEIYUAN_ENVIRONMENT": "production",
        "PEIYUAN_DATABASE_URL": "postgresql://a:b@db.internal/p?sslmode=verify-full",
        "PEIYUAN_TLS_CERTIFICATE": str(tmp_path / "tls.crt"),
        "PEIYUAN_TLS_KEY": str(tmp_path / "tls.key"),
        "PEIYUAN_KEY_FILE": str(tmp_path / "root.key"),
    }.items():
        monkeypatch.setenv(name, value)

    assert main(["demo", "reset"]) == 1
    assert "no demo in production" in capsys.readouterr().err
