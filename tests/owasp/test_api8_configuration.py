"""API8: an unsafe setting does not start in production, and no answer says more than it must."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import httpx
import pytest

from api.http.app import make_app
from runtime.refused import SettingsRefused
from runtime.safety import URLS
from runtime.settings import Environment, Settings

SOURCE = Path(__file__).parents[2]
ELSEWHERE = "postgresql://peiyuan@db.example/peiyuan"
UNSAFE = {
    "PEIYUAN_DEMO": "1",
    "PEIYUAN_HOST": "0.0.0.0",
    "PEIYUAN_DATABASE_URL": ELSEWHERE,
    "PEIYUAN_DATABASE_URL_DIRECT": f"{ELSEWHERE}?sslmode=require",
    "PEIYUAN_DATABASE_URL_APP": f"{ELSEWHERE}?sslmode=prefer",
    "PEIYUAN_DATABASE_URL_READER": f"{ELSEWHERE}?sslmode=disable",
    "PEIYUAN_TLS_CERTIFICATE": "/nowhere/tls.crt",
    "PEIYUAN_TLS_KEY": "/nowhere/tls.key",
    "PEIYUAN_KEY_FILE": "{data}/root.key",
    "PEIYUAN_KEY_PROVIDER": "a drawer",
    "PEIYUAN_TRUSTED_PROXIES": "everybody",
    "PEIYUAN_LOG_LEVEL": "everything",
    "PEIYUAN_DEMOO": "1",
}
"""What must not be in production, each by itself; the last is a name that nobody reads."""
CREDENTIALS = {*URLS, "root_key", "vault_token"}


def environment(tmp_path: Path) -> dict[str, str]:
    held = {name: value for name, value in os.environ.items() if not name.startswith("PEIYUAN_")}
    return held | {
        "PEIYUAN_ENVIRONMENT": "production",
        "PEIYUAN_DATA_DIR": str(tmp_path / "data"),
        "PEIYUAN_PORT": "0",
    }


@pytest.mark.parametrize("name", UNSAFE)
def test_each_unsafe_setting_is_refused_by_its_name_and_with_what_to_do(tmp_path, name):
    value = UNSAFE[name].format(data=tmp_path / "data")

    with pytest.raises(SettingsRefused) as refused:
        Settings.read(environment(tmp_path) | {name: value})

    assert name in {problem.name for problem in refused.value.problems}
    assert all(problem.remedy for problem in refused.value.problems)
    assert Settings.read(environment(tmp_path)).production


def test_a_process_with_an_unsafe_setting_does_not_start_and_says_which(tmp_path):
    """The program itself, once: the settings above are what it reads first."""
    unsafe = environment(tmp_path) | {"PEIYUAN_DEMO": "1", "PEIYUAN_HOST": "0.0.0.0"}

    ended = subprocess.run(
        [sys.executable, "-m", "api", "serve"], env=unsafe, cwd=SOURCE, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip

    assert ended.returncode != 0
    assert "PEIYUAN_DEMO" in ended.stderr
    assert "PEIYUAN_HOST" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "data").exists()


def test_every_setting_that_holds_a_credential_is_kept_out_of_what_is_printed():
    url = "postgresql://peiyuan:s3cret@db/x"
    shown = repr(Settings(database_url=url, root_key="r00t-s3cret", vault_token="hvs.s3cret"))

    assert "s3cret" not in shown
    for one in fields(Settings):
        assert one.repr is (one.name not in CREDENTIALS), one.name


@pytest.fixture
async def production(group):
    installation = group.installation
    safe = replace(installation.settings, environment=Environment.PRODUCTION)
    installation.settings = safe
    transport = httpx.ASGITransport(app=make_app(installation), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1") as client:
        yield client


ANSWERS = [
    ("POST", "/graphql"), ("GET", "/graphql"), ("OPTIONS", "/graphql"), ("GET", "/livez"),
    ("GET", "/readyz"), ("GET", "/"), ("GET", "/nowhere"), ("POST", "/livez"),
    ("GET", "/graphiql/"), ("GET", "/demo/personas"), ("GET", "/demo/examples"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ANSWERS)
async def test_every_answer_in_production_is_strict_with_browsers(production, method, path):
    answer = await production.request(method, path)

    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/graphiql/", "/demo/personas", "/demo/examples", "/docs"])
async def test_nothing_of_the_demo_is_served_in_production(production, path):
    assert (await production.get(path)).status_code == 404


async def test_outside_production_nobody_is_sent_to_tls(client):
    assert "strict-transport-security" not in (await client.get("/livez")).headers
