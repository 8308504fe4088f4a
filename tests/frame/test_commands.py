"""What the commands of dev.py start, and how they end."""

import ast
import re
import signal
import subprocess
import sys

import pytest

import dev


def test_every_static_check_runs_and_one_failure_keeps_the_tests_from_starting(checkout):
    checkout.program(".venv/bin/python", then='case "$*" in *"ruff check"*) exit 1;; esac')
    checkout.mark_installed()

    code, output = checkout.run("test")

    assert code == 1
    assert [call.split()[2] for call in checkout.calls()] == ["ruff", "ruff", "mypy", "from"]
    assert re.search(r"== ruff check\nFAILED in \d+\.\d s", output)
    assert output.strip().splitlines()[-1].startswith("Not in order: ruff check.")


def test_tests_run_in_two_processes_with_the_callers_arguments_and_exit_code(checkout):
    checkout.program(".venv/bin/python", then='case "$*" in *pytest*) exit 5;; esac')
    checkout.mark_installed()

    code, output = checkout.run("test", "tests/frame", "-x")

    assert code == 5
    assert checkout.calls()[-1] == "python -m pytest -n 2 --dist loadgroup tests/frame -x"
    assert len(re.findall(r"passed in \d+\.\d s", output)) == len(dev.CHECKS)


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ([], ["-n", "2", "--dist", "loadgroup"]),
        (["tests/authz", "-k", "mask"], ["-n", "2", "--dist", "loadgroup"]),
        (["-n", "0"], []),
        (["-n4"], []),
        (["--numprocesses=1"], []),
        (["-p", "no:xdist"], []),
        (["--pdb"], ["-n", "2", "--dist", "loadgroup"]),
    ],
)
def test_number_of_test_processes_is_the_callers_to_say(given, added):
    assert dev.workers(given) == added


def test_sigterm_goes_to_the_server_whose_exit_code_is_ours(checkout):
    checkout.program(".venv/bin/python", then="trap 'exit 7' TERM; echo ready; sleep 60 & wait")
    checkout.mark_installed()

    with checkout.start("run") as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 7


def test_step_that_takes_long_is_named_with_its_last_line(monkeypatch, capsys):
    monkeypatch.setattr(dev, "PATIENCE", 0.2)
    program = "import time; print('half way', flush=True); time.sleep(0.7)"

    dev.step("counting", [sys.executable, "-c", program])

    assert capsys.readouterr().out.splitlines()[:2] == [
        "counting ...",
        "still counting (0 s) half way",
    ]


def test_step_that_fails_tells_what_it_printed(capsys):
    with pytest.raises(dev.Failed, match="counting: did not succeed") as caught:
        dev.step("counting", [sys.executable, "-c", "print('lost count'); raise SystemExit(3)"])

    assert caught.value.output == "lost count\n"


def test_older_python_is_told_so_in_one_sentence():
    source = (dev.ROOT / "dev.py").read_text(encoding="utf-8")
    program = (
        "import sys\n"
        "sys.version_info, sys.version = (3, 9, 18), '3.9.18 (main)'\n"
        f"exec(compile({source!r}, 'dev.py', 'exec'))"
    )

    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True
    )

    ast.parse(source, feature_version=(3, 7))  # it can read as far as that sentence
    assert told.returncode == 1
    assert told.stdout == ""
    assert re.fullmatch(
        r"Peiyuan needs Python 3\.11 or newer, and .* is 3\.9\.18: .*\n", told.stderr
    )


def test_unknown_command_is_answered_with_the_list_of_commands(checkout):
    code, output = checkout.run("tset")

    assert code == 1
    for name in dev.COMMANDS:
        assert re.search(rf"^  {name} +\S", output, re.MULTILINE), name


def test_every_target_of_make_is_a_command_and_is_listed():
    makefile = (dev.ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) - {"help"}
    listed = subprocess.run(["make"], cwd=dev.ROOT, capture_output=True, text=True, check=True)

    assert set(re.findall(r"\$\(DEV\) (\w+)", makefile)) == dev.COMMANDS.keys()
    assert targets == dev.COMMANDS.keys() | {"slow", "conformance"}
    assert targets <= set(re.findall(r"^  (\w+) ", listed.stdout, re.MULTILINE))


def test_migration_starts_from_a_database_that_is_up_to_date(checkout):
    checkout.mark_installed()

    assert checkout.run("migration", "emergency contacts")[0] == 0
    assert checkout.calls() == [
        "python -m alembic upgrade heads",
        "python -m alembic revision --autogenerate -m emergency contacts",
    ]


@pytest.mark.parametrize("message", [[], [""]], ids=["none", "empty"])
def test_migration_without_a_name_is_refused_before_anything_starts(message, checkout):
    checkout.mark_installed()

    code, output = checkout.run("migration", *message)

    assert code == 1
    assert output.startswith("What does it change?")
    assert checkout.calls() == []
