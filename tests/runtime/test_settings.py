"""Settings are read once, whole, or refused with everything that is wrong."""

from pathlib import Path

import pytest

from runtime.refused import SettingsRefused
from runtime.settings import Environment, Pooler, Settings

PRODUCTION = {
    "PEIYUAN_ENVIRONMENT": "production",
    "PEIYUAN_DATABASE_URL": "postgresql://app:secret@db.internal/peiyuan?sslmode=verify-full",
    "PEIYUAN_TLS_CERTIFICATE": "/etc/peiyuan/tls.crt",
    "PEIYUAN_TLS_KEY": "/etc/peiyuan/tls.key",
    "PEIYUAN_KEY_FILE": "/etc/peiyuan/root.key",
}


def test_what_is_not_said_has_a_default_that_is_good_on_a_developers_machine():
    settings = Settings.read({})

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.data_dir == Path(".peiyuan").resolve()


def test_each_variable_is_read_into_its_type():
    settings = Settings.read(
        {"PEIYUAN_PORT": "9000", "PEIYUAN_DEMO": "true", "PEIYUAN_POOLER": "transaction"}
    )

    assert (settings.port, settings.demo, settings.pooler) == (9000, True, Pooler.TRANSACTION)


def test_everything_that_cannot_be_read_is_named_at_once():
    with pytest.raises(SettingsRefused) as caught:
        Settings.read({"PEIYUAN_PORT": "http", "PEIYUAN_POOLER": "maybe"})

    assert {problem.name for problem in caught.value.problems} == {
        "PEIYUAN_PORT",
        "PEIYUAN_POOLER",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PEIYUAN_DEMO", "true"),
        ("PEIYUAN_DATABASE_URL", "postgresql://app:secret@db.internal/peiyuan"),
        ("PEIYUAN_TLS_CERTIFICATE", None),
        ("PEIYUAN_PROT", "8000"),
        ("PEIYUAN_TRUSTED_ORIGINS", "https://app.example, http://app.example"),
        ("PEIYUAN_PUBLIC_URL", "http://training.example"),
    ],
    ids=[
        "a demo",
        "an unverified database",
        "no certificate",
        "a misspelt setting",
        "a page without TLS",
        "an address without TLS",
    ],
)
def test_production_refuses_what_is_unsafe_and_says_which(name, value):
    environ = {key: held for key, held in {**PRODUCTION, name: value}.items() if held is not None}

    with pytest.raises(SettingsRefused, match="PEIYUAN_"):
        Settings.read(environ)


def test_origins_are_scheme_host_and_port_and_nothing_more():
    settings = Settings.read(
        {
            "PEIYUAN_PUBLIC_URL": "https://Training.example/",
            "PEIYUAN_TRUSTED_ORIGINS": "https://app.example, http://127.0.0.1:5173",
        }
    )

    assert settings.public_url == "https://training.example"
    assert settings.trusted_origins == ("https://app.example", "http://127.0.0.1:5173")
    for unfit in (
        "training.example",
        "https://a/b",
        "https://u@a",
        "https://",
        "ftp://a",
        "https://[",
    ):
        with pytest.raises(SettingsRefused, match="PEIYUAN_PUBLIC_URL"):
            Settings.read({"PEIYUAN_PUBLIC_URL": unfit})


def test_a_password_never_shows():
    settings = Settings.read({"PEIYUAN_DATABASE_URL": "postgresql://app:hunter2@db/peiyuan"})

    assert "hunter2" not in repr(settings)
