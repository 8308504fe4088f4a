import orjson
import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.http.page import page_routes
from runtime.settings import Environment, Settings

HERE = "http://127.0.0.1:8000"
TOKENS = {"learner": "made-up-learner", "vendor": "made-up-vendor", "stranger": "made-up-stranger"}


@pytest.fixture(autouse=True)
def no_npm(monkeypatch):
    monkeypatch.setattr("api.http.packages.shutil.which", lambda _: None)


@pytest.fixture
def data_dir(tmp_path):
    (tmp_path / "demo-tokens.json").write_bytes(orjson.dumps(TOKENS))
    return tmp_path


@pytest.fixture
def browse(data_dir):
    """A browser: of which machine, at which address, with which settings."""

    def browse(*, client="127.0.0.1", at=HERE, **settings):
        settings = Settings(**({"demo": True} | settings))
        graphql = Route("/graphql", lambda _: JSONResponse({"data": {}}), methods=["POST"])
        app = Starlette(routes=[graphql, *page_routes(settings, data_dir)])
        transport = ASGITransport(app, raise_app_exceptions=False, client=(client, 50000))
        return AsyncClient(transport=transport, base_url=at)

    return browse


async def test_the_demo_has_a_page_with_all_that_it_names(browse):
    page = await browse().get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for place in ("personas", "story-list", "examples", "document", "graphiql-state"):
        assert f'id="{place}"' in page.text


@pytest.mark.parametrize("path", ["/", "/demo/examples", "/demo/personas", "/graphiql/state"])
async def test_every_answer_is_strict_with_the_browser(browse, path):
    headers = (await browse().get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_no_script_is_ever_taken_from_elsewhere_or_from_the_page_itself(browse):
    for path in ("/", "/demo/page/script/main.js", "/graphiql/state"):
        directives = (await browse().get(path)).headers["content-security-policy"].split("; ")
        assert not [one for one in directives if one.startswith("script-src")]
        scripts = next(one for one in directives if one.startswith("default-src"))
        assert scripts == "default-src 'self'"


@pytest.mark.parametrize("path", ["/", "/demo/examples", "/demo/page/style/page.css"])
async def test_only_graphiql_may_style_inline(browse, path):
    assert "unsafe-inline" not in (await browse().get(path)).headers["content-security-policy"]


@pytest.mark.parametrize(
    "settings",
    [{"demo": False}, {"demo": True, "environment": Environment.PRODUCTION}],
    ids=["no demo", "production"],
)
@pytest.mark.parametrize("path", ["/", "/demo/examples", "/demo/personas", "/graphiql/state"])
async def test_outside_the_demo_and_in_production_there_is_no_page(browse, settings, path):
    answer = await browse(**settings).get(path)
    assert answer.status_code == 404
    assert "made-up" not in answer.text


async def test_the_page_gets_a_token_for_every_persona_that_it_describes(browse):
    answer = await browse().get("/demo/personas", headers={"sec-fetch-site": "same-origin"})
    told = {one["persona"]: one["token"] for one in answer.json()}
    assert told == {"learner": "made-up-learner", "vendor": "made-up-vendor"}
    assert answer.headers["cache-control"] == "no-store"


async def test_until_the_demo_is_loaded_there_is_nobody_to_be(browse, data_dir):
    (data_dir / "demo-tokens.json").unlink()
    assert (await browse().get("/demo/personas")).json() == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "peiyuan.example"])
async def test_a_server_that_others_can_reach_gives_no_tokens(browse, host):
    answer = await browse(host=host).get("/demo/personas")
    assert answer.status_code == 404
    assert "made-up" not in answer.text


@pytest.mark.parametrize("at", [HERE, "http://localhost:8000", "http://[::1]:8000"])
async def test_the_page_may_be_opened_by_any_name_of_this_machine(browse, at):
    assert (await browse(at=at).get("/demo/personas", headers={"origin": at})).status_code == 200


@pytest.mark.parametrize(
    ("where", "headers"),
    [
        ({"client": "192.0.2.7"}, {}),
        ({"at": "http://rebound.example:8000"}, {}),
        ({"at": "http://127.0.0.1.example"}, {}),
        ({}, {"host": "[not-an-address"}),
        ({}, {"host": ""}),
        ({}, {"origin": "http://elsewhere.example"}),
        ({}, {"origin": "http://127.0.0.1:9000"}),
        ({}, {"origin": "null"}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
    ],
    ids=[
        "another machine",
        "rebound name",
        "look-alike name",
        "broken host",
        "no host",
        "foreign page",
        "page on another port",
        "page without an origin",
        "cross-site fetch",
        "same-site fetch",
    ],
)
async def test_nobody_else_gets_a_token(browse, where, headers):
    answer = await browse(**where).get("/demo/personas", headers=headers)
    assert answer.status_code == 403
    assert "made-up" not in answer.text


async def test_the_tokens_are_nowhere_among_the_files(browse):
    client = browse()
    for path in ("/demo/page/demo-tokens.json", "/demo/page/..%2f..%2fdemo-tokens.json"):
        assert (await client.get(path)).status_code == 404
    assert (await client.get("/graphiql/files/..%2f..%2fdemo-tokens.json")).status_code == 404


async def test_stories_and_examples_come_in_their_order(browse):
    told = (await browse().get("/demo/examples")).json()
    assert [story["name"] for story in told["stories"]][:2] == ["learner-record", "people"]
    assert len(told["stories"]) == 5
    assert told["examples"][0]["name"] == "who-am-i"


async def test_personas_can_only_be_read(browse):
    assert (await browse().post("/demo/personas")).status_code == 405
