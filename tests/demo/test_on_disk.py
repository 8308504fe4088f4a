"""Nothing that the API opens lies readable in any file of the data directory."""

import mmap
import re

import orjson

from api.demo.tokens import tokens_file
from api.graphql.gateway import Gateway
from api.graphql.request import Request
from api.http.authentication import Authentication
from runtime.bring_up import connected

ASK = """
query($after: String) { people(first: 100, after: $after) {
  nodes {
    phone { value(purpose: EMERGENCY_CONTACT) } nationalId { value(purpose: HR_ADMINISTRATION) }
    email { value(purpose: HR_ADMINISTRATION) } address { value(purpose: HR_ADMINISTRATION) }
    bankAccount { value(purpose: PAYROLL) } bornOn { value(purpose: HR_ADMINISTRATION) }
  }
} }
"""
FORMS = re.compile(
    rb"154\d{8}|99\d{15}[\dX]|9999\d{11,13}|p\d{5}@staff\.example"
    rb"|\xe7\xa4\xba\xe4\xbe\x8b\xe7\x9c\x81\S{6,60} \d+ \xe5\x8f\xb7"
)


async def shown(demo) -> set[bytes]:
    """Every value that branch HR may open."""
    token = orjson.loads(tokens_file(demo.settings.data_dir).read_bytes())["branch_hr"]
    actor = await Authentication(demo).actor(f"Bearer {token}")
    answer = await Gateway(demo).answer(actor, Request(query=ASK, request_id="disk"))
    nodes = orjson.loads(answer.body)["data"]["people"]["nodes"]
    return {
        sealed["value"].encode()
        for node in nodes
        for sealed in node.values()
        if sealed and sealed["value"]
    }


def found_in(file) -> set[bytes]:
    """Everything in a file that has the form of such a value."""
    try:
        with (
            file.open("rb") as opened,
            mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as content,
        ):
            return set(FORMS.findall(content))
    except (FileNotFoundError, ValueError):  # removed, or emptied, by the server meanwhile
        return set()


async def test_grep_over_the_whole_data_directory_finds_no_value(demo, cluster, scratch):
    values = await shown(demo)
    assert len(values) > 250, "the API does show them"
    async with connected(cluster.dsn("postgres")) as connection:
        await connection.execute("CHECKPOINT")

    files = [
        file for file in (scratch / "data").rglob("*") if file.is_file() and file.stat().st_size
    ]
    names = {file.name for file in files}
    assert "PG_VERSION" in names, "the cluster is searched"
    assert any(len(name) == 24 for name in names), "the write-ahead log is searched"
    for file in files:
        assert not found_in(file) & values, file
