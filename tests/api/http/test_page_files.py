"""What the page consists of: no line of it may need another host, a build or a looser policy."""

import re
from pathlib import Path

import orjson
import pytest
from graphql import build_schema, parse
from graphql.language import FieldNode, Visitor, visit
from graphql.type import GraphQLEnumType

from api.http.examples import read_examples
from api.http.page import FOLDER

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(FOLDER.glob("*.html"))
FILES = sorted(file for kind in ("html", "css", "js", "svg") for file in FOLDER.rglob(f"*.{kind}"))
WORDS = (FOLDER / "script" / "words.js").read_text("utf-8")
SILENT = {"id", "__typename", "pageInfo", "totalCountIsExact", "nodes", "edges", "userErrors"}
IN_VALUES = {"masked", "accessible", "numerator", "denominator", "interval", "percent"}
IN_MEASURES = {"evidence", "comparator", "threshold", "unit", "message"}


def _id(file):
    return file.name


@pytest.mark.parametrize("file", FILES, ids=_id)
def test_nothing_is_asked_of_another_host(file):
    text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+\S*", text)
    assert [one for one in addresses if "//127.0.0.1" not in one] == []


@pytest.mark.parametrize("file", PAGES, ids=_id)
def test_no_script_and_no_style_stands_in_the_page_itself(file):
    text = file.read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", text) == []


@pytest.mark.parametrize("file", PAGES, ids=_id)
def test_every_file_that_a_page_names_is_there(file):
    for path in re.findall(r'(?:src|href)="/demo/page/([^"]+)"', file.read_text("utf-8")):
        assert (FOLDER / path).is_file(), path


@pytest.mark.parametrize("file", sorted((FOLDER / "script").glob("*.js")), ids=_id)
def test_a_script_imports_only_what_its_neighbours_export(file):
    for names, neighbour in re.findall(r'import \{([^}]*)\} from "\./(\w+\.js)"', file.read_text()):
        there = (file.parent / neighbour).read_text("utf-8")
        exported = set(re.findall(r"export (?:async )?(?:const|function\*?) (\w+)", there))
        assert {name.strip() for name in names.split(",")} <= exported


@pytest.mark.parametrize("file", sorted((FOLDER / "script").glob("*.js")), ids=_id)
def test_no_text_of_an_answer_is_ever_read_as_markup(file):
    text = file.read_text("utf-8")
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text) == []
    )


@pytest.mark.parametrize("file", PAGES, ids=_id)
def test_every_text_stands_in_both_languages(file):
    text = file.read_text("utf-8")
    assert text.count('class="t" lang="zh-CN"') == text.count('class="t" lang="en"')
    pairs = re.findall(r'<span class="t" lang="zh-CN">.*?</span><span class="t" lang="en">', text)
    assert len(pairs) == text.count('class="t" lang="en"')


def test_every_persona_is_described_in_both_languages():
    described = orjson.loads((FOLDER / "personas.json").read_bytes())
    assert len({one["persona"] for one in described}) == len(described) == 13
    for one in described:
        assert all(
            one[f"{what}_{language}"]
            for what in ("name", "description")
            for language in ("zh", "en")
        )


def test_every_field_that_the_page_shows_has_a_word_in_both_languages():
    folders = (FOLDER / "stories", FOLDER / "examples")
    documents = [each.document for folder in folders for each in read_examples(folder)]
    shown = _names_in(documents) - SILENT - IN_VALUES - IN_MEASURES
    assert shown - _keys("FIELDS") == set()


def test_every_enum_value_that_the_page_may_show_has_a_word():
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    kinds = [one for one in schema.type_map.values() if isinstance(one, GraphQLEnumType)]
    unseen = {"DataClass", "Metric", "OrderDirection", "Purpose", "UserErrorCode"}
    values = {
        value
        for kind in kinds
        if not kind.name.startswith("__") and kind.name not in unseen
        for value in kind.values
    }
    assert values - _keys("VALUES") == set()


def _keys(table):
    body = WORDS.partition(f"const {table} = {{")[2].partition("\n};")[0]
    return {
        key for key, zh, en in re.findall(r'^  (\w+): \["(.+)", "(.+)"\],$', body, re.MULTILINE)
    }


class _Names(Visitor):
    def __init__(self):
        super().__init__()
        self.found = set()

    def enter_field(self, node: FieldNode, *_):
        self.found.add(node.alias.value if node.alias else node.name.value)


def _names_in(documents):
    names = _Names()
    for document in documents:
        visit(parse(document), names)
    return names.found
