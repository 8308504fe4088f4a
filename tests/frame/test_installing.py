"""dev.py brings `.venv` to what the lock says, once, and tells what it is doing."""

import signal
import time
from pathlib import Path

import pytest


def test_installed_environment_starts_with_nothing_installed_and_nothing_said(checkout):
    checkout.program("on path/uv")
    checkout.mark_installed()

    assert checkout.run("demo", "reset", "a b") == (0, "")
    assert checkout.calls() == ["python -m api demo reset a b"]


def test_changed_lock_is_synchronised_once_with_hashes_and_without_builds(checkout):
    checkout.program("on path/uv")
    checkout.mark_installed()
    with (checkout.root / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")

    first, second = checkout.run("demo"), checkout.run("demo")

    assert first[0] == second[0] == 0
    assert second[1] == ""
    [sync] = checkout.calls(of="uv")
    assert sync.startswith("uv pip sync --require-hashes --only-binary :all: --python ")


def test_broken_environment_is_made_anew(checkout):
    checkout.program("on path/uv")
    checkout.program(".venv/bin/python", then="exit 1")

    checkout.run("demo")

    assert checkout.calls(of="uv")[0].startswith("uv venv --clear --python ")


def test_blocked_uv_gives_way_to_pip_with_the_same_hashes(checkout):
    checkout.program("on path/uv", then="echo blocked by policy; exit 1")

    code, output = checkout.run("demo")

    assert code == 0
    assert "installing packages: did not succeed; trying pip, which takes longer" in output
    assert "blocked by policy" in output
    [install] = checkout.calls(of="python -m pip")
    assert install.startswith("python -m pip install --require-hashes --only-binary :all: -r ")
    assert checkout.stamp.exists()


def test_package_without_a_build_is_answered_with_the_line_that_installs_a_compiler(checkout):
    checkout.program("on path/uv", then="echo 'Because foo==1 has no usable wheels'; exit 1")

    code, output = checkout.run("demo")

    assert code == 1
    assert "sudo apt install build-essential python3-dev" in output
    assert checkout.calls(of="python -m") == []
    assert not checkout.stamp.exists()


def test_build_is_allowed_when_asked_for(checkout):
    checkout.program("on path/uv")

    checkout.run("setup", "--build")

    [sync] = checkout.calls(of="uv")
    assert sync.startswith("uv pip sync --require-hashes --python ")


def test_two_at_once_install_once(checkout):
    checkout.program("on path/uv", then="sleep 0.5")

    with checkout.start("demo", "one") as one, checkout.start("demo", "two") as two:
        outputs = one.communicate(timeout=60)[0], two.communicate(timeout=60)[0]

    assert one.returncode == two.returncode == 0
    assert len(checkout.calls(of="uv")) == 1
    assert sorted(checkout.calls(of="python -m")) == [
        "python -m api demo one",
        "python -m api demo two",
    ]
    assert sum("installing packages" in output for output in outputs) == 1


def test_interrupted_installation_ends_its_program_and_starts_over_next_time(checkout):
    pid = checkout.root / "pid.txt"
    checkout.program("on path/uv", then=f'echo $$ > "{pid}"; exec sleep 60')
    checkout.mark_installed()
    with (checkout.root / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")

    with checkout.start("demo") as process:
        wait_until(lambda: pid.exists() and pid.read_text().strip())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)

    assert process.returncode == 128 + signal.SIGINT
    wait_until(lambda: not is_alive(int(pid.read_text())))
    assert not checkout.stamp.exists()
    assert checkout.calls(of="python -m") == []


def test_missing_ensurepip_is_answered_with_the_line_that_installs_it(checkout, monkeypatch):
    module = checkout.module()
    (checkout.root / ".venv" / "bin" / "python").unlink()
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(SystemExit, match="sudo apt install python3-venv"):
        module.pip("fetching uv", checkout.root / "uv.txt", [])


def test_console_script_starts_peiyuan_from_any_folder(checkout):
    module = checkout.module()
    checkout.program(".venv/bin/python", then=f'echo "$PYTHONPATH" >> "{checkout.log}"')

    module.write_console_script()
    module.subprocess.run([checkout.root / ".venv" / "bin" / "peiyuan", "migrate"], check=True)

    call, path = checkout.calls()
    assert call == "python -m api migrate"
    assert module.Path(path).resolve() == checkout.root


def wait_until(holds):
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_alive(pid):
    """Whether a process is there and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(") ")[2][0] != "Z"
