"""What a process refuses to start with: always where the key is, and in production all the rest."""

from pathlib import Path

import pytest

from runtime.refused import SettingsRefused
from runtime.safety import on_a_local_socket, unsafe
from runtime.settings import Settings

ELSEWHERE = "postgresql://app:hunter2@db.internal/peiyuan"


@pytest.fixture
def environ(tmp_path):
    """An environment of production in which nothing is wrong."""
    for name in ("tls.crt", "tls.key", "root.key"):
        (tmp_path / name).touch(mode=0o600)
    return {
        "PEIYUAN_ENVIRONMENT": "production",
        "PEIYUAN_DATA_DIR": str(tmp_path / "data"),
        "PEIYUAN_HOST": "0.0.0.0",
        "PEIYUAN_DATABASE_URL": f"{ELSEWHERE}?sslmode=verify-full",
        "PEIYUAN_TLS_CERTIFICATE": str(tmp_path / "tls.crt"),
        "PEIYUAN_TLS_KEY": str(tmp_path / "tls.key"),
        "PEIYUAN_KEY_FILE": str(tmp_path / "root.key"),
    }


def problems(environ):
    with pytest.raises(SettingsRefused) as caught:
        Settings.read(environ)
    return {problem.name for problem in caught.value.problems}


def test_an_environment_in_which_nothing_is_wrong_is_taken(environ):
    assert Settings.read(environ).production


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"PEIYUAN_DEMO": "yes"}, {"PEIYUAN_DEMO"}),
        ({"PEIYUAN_DATABASE_URL": ELSEWHERE}, {"PEIYUAN_DATABASE_URL"}),
        (
            {"PEIYUAN_DATABASE_URL_READER": f"{ELSEWHERE}?sslmode=require"},
            {"PEIYUAN_DATABASE_URL_READER"},
        ),
        ({"PEIYUAN_TLS_CERTIFICATE": None, "PEIYUAN_TLS_KEY": None}, {"PEIYUAN_HOST"}),
        ({"PEIYUAN_TLS_CERTIFICATE": None}, {"PEIYUAN_HOST", "PEIYUAN_TLS_CERTIFICATE"}),
        ({"PEIYUAN_TLS_KEY": "/nowhere/tls.key"}, {"PEIYUAN_TLS_KEY"}),
        ({"PEIYUAN_TRUSTED_PROXY": "10.0.0.1"}, {"PEIYUAN_TRUSTED_PROXY"}),
        ({"PEIYUAN_PORT": "-1", "PEIYUAN_DEMO": "1"}, {"PEIYUAN_PORT", "PEIYUAN_DEMO"}),
    ],
    ids=[
        "a demo",
        "a database without TLS",
        "a database whose name is not verified",
        "an open port without TLS",
        "a key without its certificate",
        "a key that is not there",
        "a misspelt protection",
        "two at once, one unreadable",
    ],
)
def test_production_is_refused_and_everything_wrong_is_named(environ, change, named):
    changed = {name: held for name, held in (environ | change).items() if held is not None}

    assert problems(changed) == named


@pytest.mark.parametrize(
    "change",
    [
        {"PEIYUAN_HOST": "127.0.0.1"},
        {"PEIYUAN_HOST": "::1"},
        {"PEIYUAN_HOST": "localhost"},
        {"PEIYUAN_TRUSTED_PROXIES": "10.0.0.0/8"},
    ],
    ids=["loopback", "loopback of IPv6", "its name", "a proxy that ends TLS"],
)
def test_without_tls_a_port_is_open_to_the_machine_or_to_a_proxy_only(environ, change):
    del environ["PEIYUAN_TLS_CERTIFICATE"], environ["PEIYUAN_TLS_KEY"]

    assert Settings.read(environ | change).production


def test_on_a_developers_machine_the_same_is_let_be(environ):
    environ |= {
        "PEIYUAN_ENVIRONMENT": "development",
        "PEIYUAN_DEMO": "yes",
        "PEIYUAN_DATABASE_URL": ELSEWHERE,
        "PEIYUAN_TRUSTED_PROXY": "10.0.0.1",
    }

    assert not Settings.read(environ).production


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_key_among_the_data_or_open_to_others_is_refused_everywhere(environ, environment):
    environ["PEIYUAN_ENVIRONMENT"] = environment
    Path(environ["PEIYUAN_KEY_FILE"]).chmod(0o640)
    assert problems(environ) == {"PEIYUAN_KEY_FILE"}

    environ["PEIYUAN_KEY_FILE"] = f"{environ['PEIYUAN_DATA_DIR']}/root.key"
    assert problems(environ) == {"PEIYUAN_KEY_FILE"}


def test_a_key_that_not_even_its_owner_may_change_is_taken(environ):
    Path(environ["PEIYUAN_KEY_FILE"]).chmod(0o400)

    assert Settings.read(environ).key_file


def test_a_refusal_says_what_to_do_and_repeats_no_secret(environ):
    with pytest.raises(SettingsRefused) as caught:
        Settings.read(environ | {"PEIYUAN_DATABASE_URL": ELSEWHERE})

    assert "sslmode=verify-full" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert unsafe(Settings()) == []


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("postgresql://app@/peiyuan?host=/run/postgresql", True),
        ("postgresql:///peiyuan?host=/run/a,/run/b", True),
        ("postgresql://app@/peiyuan?host=/run/a,db.internal", False),
        ("postgresql://app@localhost/peiyuan", False),
        ("postgresql://app@127.0.0.1/peiyuan", False),
        ("postgresql:///peiyuan", False),
    ],
)
def test_only_a_socket_in_the_file_system_never_leaves_the_machine(url, local):
    assert on_a_local_socket(url) == local
