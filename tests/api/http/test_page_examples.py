import re
from pathlib import Path

import orjson
import pytest
from graphql import build_schema, parse, validate
from graphql.language import OperationDefinitionNode
from graphql.utilities import value_from_ast_untyped

from api.http.examples import read_example, read_examples
from api.http.page import FOLDER

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = [ROOT / "schema.graphql"]
PERSONAS = {one["persona"] for one in orjson.loads((FOLDER / "personas.json").read_bytes())}
STORIES = read_examples(FOLDER / "stories")
EXAMPLES = read_examples(FOLDER / "examples")
ALL = [pytest.param(each, id=each.name) for each in STORIES + EXAMPLES]
ANSWER = re.compile(r"data|withheld \w+(\.\w+)*|error [A-Z_]+|problem [A-Z_]+")


@pytest.fixture(
    scope="module",
    params=[pytest.param(file, id=file.stem) for file in SCHEMAS if file.exists()],
)
def schema(request):
    return build_schema(request.param.read_text("utf-8"))


@pytest.mark.parametrize("example", ALL)
def test_the_document_is_valid(schema, example):
    assert validate(schema, parse(example.document)) == []


@pytest.mark.parametrize("example", ALL)
def test_what_is_looked_up_first_can_be_asked(schema, example):
    for take in example.takes:
        assert validate(schema, parse(take.document)) == []
        assert take.persona in PERSONAS


@pytest.mark.parametrize("example", ALL)
def test_every_variable_gets_a_value_and_no_other_is_sent(example):
    given = [*example.variables, *example.ago, *(take.variable for take in example.takes)]
    assert sorted(given) == sorted(_variables(example.document))


@pytest.mark.parametrize("example", ALL)
def test_it_is_asked_as_personas_that_there_are(example):
    assert example.personas
    assert set(example.personas) <= PERSONAS


@pytest.mark.parametrize("example", ALL)
def test_it_says_in_both_languages_what_it_shows(example):
    for text in (example.zh, example.zh_about):
        assert re.search(r"[\u4e00-\u9fff]", text)
    for text in (example.en, example.en_about):
        assert not re.search(r"[\u4e00-\u9fff]", text)


@pytest.mark.parametrize("example", ALL)
def test_it_says_what_comes_back(example):
    assert ANSWER.fullmatch(example.answers)


@pytest.mark.parametrize("example", ALL)
def test_whatever_it_changes_is_taken_back(example):
    """Someone who clicks through the examples leaves the demo as it was."""
    for field in _fields_of_mutations(example.document):
        given = {one.name.value: one.value for one in field.arguments[0].value.fields}
        assert value_from_ast_untyped(given["dryRun"]) is True


def test_the_names_are_unique():
    names = [each.name for each in STORIES + EXAMPLES]
    assert len(names) == len(set(names))


def test_there_are_five_stories_of_several_personas_each():
    assert len(STORIES) == 5
    assert all(len(story.personas) == 5 for story in STORIES)
    assert {"learner", "supervisor", "hq_manager", "auditor", "vendor"} == set(STORIES[0].personas)


def test_the_examples_show_each_way_of_being_refused():
    shown = {each.answers.split()[0] for each in EXAMPLES}
    assert shown == {"data", "withheld", "error", "problem"}


def test_a_value_is_looked_up_along_its_path(tmp_path):
    example = read_example(
        _written(tmp_path, "# take: $x from mentor: people(first: 1).nodes.0.tenant.id")
    )
    (take,) = example.takes
    assert take.document == "{ people(first: 1) { nodes { tenant { id } } } }"
    assert take.path == ("people", "nodes", 0, "tenant", "id")


def test_a_variable_that_says_not_whence_it_comes_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Not a variable to take"):
        read_example(_written(tmp_path, "# take: $x somewhere"))


def _written(folder, line):
    file = folder / "1-made-up.graphql"
    heads = ["zh: 例", "en: example", "zh-about: 例", "en-about: example", "persona: learner"]
    lines = [*(f"# {head}" for head in heads), "# answers: data", line, "{ viewer { denials } }"]
    file.write_text("\n".join(lines), "utf-8")
    return file


def _variables(document):
    (operation,) = parse(document).definitions
    return [one.variable.name.value for one in operation.variable_definitions or ()]


def _fields_of_mutations(document):
    return [
        field
        for operation in parse(document).definitions
        if isinstance(operation, OperationDefinitionNode)
        and operation.operation.value == "mutation"
        for field in operation.selection_set.selections
    ]
