import asyncio
import hashlib
import io
import os
import tarfile
from base64 import b64encode

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.routing import Mount

from api.http import packages
from api.http.graphiql import PACKAGES, GraphiQL, State, graphiql_routes
from api.http.packages import NotFetched, Package, fetch_packages
from api.http.page import FOLDER

NPM = """#!/bin/sh
echo "$*" >> "{log}"
cp "{archives}"/* .
exit {code}
"""


class Registry:
    """Archives of made-up packages, and a program called npm that packs them."""

    def __init__(self, root):
        self.log = root / "calls.txt"
        self.archives = root / "archives"
        self.archives.mkdir()
        self.program = root / "bin" / "npm"
        self.program.parent.mkdir()
        self.answer(0)

    def answer(self, code):
        text = NPM.format(log=self.log, archives=self.archives, code=code)
        self.program.write_text(text)
        self.program.chmod(0o755)

    def publish(self, name, *members):
        """An archive with these files, and the package that asks for them."""
        archive = self.archives / f"{name}-1.0.0.tgz"
        with tarfile.open(archive, "w:gz") as packed:
            for member in (*members, "unwanted.js"):
                content = f"// {member}".encode()
                about = tarfile.TarInfo(f"package/{member}")
                about.size = len(content)
                packed.addfile(about, io.BytesIO(content))
        digest = b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        return Package(name=name, version="1.0.0", integrity=f"sha512-{digest}", members=members)

    @property
    def calls(self):
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def registry(tmp_path, monkeypatch):
    registry = Registry(tmp_path)
    monkeypatch.setenv("PATH", f"{registry.program.parent}{os.pathsep}{os.environ['PATH']}")
    return registry


@pytest.fixture
def published(registry):
    return (
        registry.publish("tool", "tool.js", "tool.css"),
        registry.publish("part", "umd/part.js"),
    )


@pytest.fixture
def graphiql(tmp_path, published):
    return GraphiQL(tmp_path / "data", published)


@pytest.fixture
def browser(graphiql):
    routes = [Mount("/graphiql", routes=graphiql_routes(graphiql, FOLDER))]
    return AsyncClient(
        transport=ASGITransport(Starlette(routes=routes)), base_url="http://127.0.0.1"
    )


async def test_the_first_question_fetches_and_does_not_wait(graphiql, registry):
    assert graphiql.state() is State.FETCHING
    await graphiql.attempt
    assert graphiql.state() is State.READY
    assert sorted(file.name for file in graphiql.folder.iterdir()) == [
        "part.js",
        "tool.css",
        "tool.js",
    ]


async def test_what_was_fetched_once_is_never_asked_for_again(
    graphiql, registry, published, tmp_path
):
    graphiql.state()
    await graphiql.attempt
    registry.program.unlink()
    assert GraphiQL(tmp_path / "data", published).state() is State.READY
    assert len(registry.calls) == 1


async def test_packages_are_pinned_and_nothing_of_them_is_run(graphiql, registry):
    graphiql.state()
    await graphiql.attempt
    (call,) = registry.calls
    assert call.startswith("pack ")
    assert "--ignore-scripts" in call
    assert call.endswith("tool@1.0.0 part@1.0.0")


async def test_an_archive_with_another_hash_is_not_used(graphiql, registry):
    registry.publish("part", "umd/part.js", "more.js")
    graphiql.state()
    await graphiql.attempt
    assert graphiql.state() is State.ABSENT
    assert "hash" in graphiql.reason
    assert not graphiql.folder.exists()


async def test_where_npm_fails_the_reason_is_told_and_nothing_is_left(graphiql, registry):
    registry.answer(1)
    graphiql.state()
    await graphiql.attempt
    assert graphiql.state() is State.ABSENT
    assert "offline" in graphiql.reason
    assert list(graphiql.folder.parent.iterdir()) == []


async def test_where_there_is_no_npm_it_is_absent(graphiql, monkeypatch):
    monkeypatch.setattr(packages.shutil, "which", lambda _: None)
    graphiql.state()
    await graphiql.attempt
    assert graphiql.state() is State.ABSENT
    assert graphiql.reason == "npm is not installed"


async def test_npm_that_hangs_is_ended(registry, published, tmp_path, monkeypatch):
    registry.program.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(packages, "LONGEST", 0.2)
    with pytest.raises(NotFetched, match="did not finish"):
        await fetch_packages(published, tmp_path / "data" / "folder")
    assert list((tmp_path / "data").iterdir()) == []


async def test_a_server_that_stops_meanwhile_takes_npm_with_it(registry, graphiql, tmp_path):
    registry.program.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid"\nexec sleep 60\n')
    graphiql.state()
    while not ((file := tmp_path / "pid").exists() and file.read_text().strip()):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    graphiql.attempt.cancel()
    await asyncio.gather(graphiql.attempt, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)


async def test_the_state_is_told_to_the_page(browser, graphiql):
    assert (await browser.get("/graphiql/state")).json() == {"state": "fetching", "reason": None}
    await graphiql.attempt
    assert (await browser.get("/graphiql/state")).json() == {"state": "ready", "reason": None}


async def test_until_it_is_here_the_tool_leads_back_to_the_page(browser, graphiql):
    answer = await browser.get("/graphiql/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/#graphiql")
    assert (await browser.get("/graphiql/files/tool.js")).status_code == 404
    await graphiql.attempt


async def test_once_it_is_here_the_tool_and_its_files_are_served(browser, graphiql):
    graphiql.state()
    await graphiql.attempt
    page = await browser.get("/graphiql/")
    assert page.status_code == 200
    assert 'id="graphiql"' in page.text
    assert (await browser.get("/graphiql/files/tool.js")).text == "// tool.js"
    assert (await browser.get("/graphiql/files/unwanted.js")).status_code == 404


def test_the_page_of_the_tool_names_just_the_files_that_are_fetched():
    page = (FOLDER / "graphiql.html").read_text("utf-8")
    for package in PACKAGES:
        assert package.integrity.startswith("sha512-")
        for member in package.members:
            assert f'"/graphiql/files/{member.rpartition("/")[2]}"' in page
    assert page.count("/graphiql/files/") == sum(len(package.members) for package in PACKAGES)
