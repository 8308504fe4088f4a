"""Ready-made documents of the demo page: GraphQL files that begin with what they show."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

HEADER: Final = re.compile(r"# (?P<key>[a-z-]+): (?P<value>.+)")
TAKE: Final = re.compile(r"\$(?P<variable>\w+) from (?P<persona>\w+): (?P<path>.+)")
STEP: Final = re.compile(r"[^.()]+(?:\([^)]*\))?")  # `enrolments(first: 1)` is one step of a path


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A variable whose value one persona looks up first: ids are not known before the load.

    `path` leads through the answer to `document`: keys, and positions in lists.
    """

    variable: str
    persona: str
    document: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One document, whom it is asked as, and what its reader learns from it.

    `answers` says what comes back: `data`, `withheld <path>…`, `error <CODE>`, `problem <CODE>`.
    """

    name: str
    zh: str
    en: str
    zh_about: str
    en_about: str
    personas: tuple[str, ...]
    answers: str
    variables: dict[str, Any]
    ago: dict[str, int]
    takes: tuple[Take, ...]
    document: str


def read_examples(folder: Path) -> list[Example]:
    """All examples of a folder, in the order of their file names."""
    return [read_example(file) for file in sorted(folder.glob("*.graphql"))]


def read_example(file: Path) -> Example:
    """Read one file: `# key: value` lines, then the document.

    `ago` names variables that are instants so many days before now.
    """
    lines = file.read_text("utf-8").splitlines()
    headers = [found for line in lines if (found := HEADER.fullmatch(line))]
    said = {found["key"]: found["value"] for found in headers}
    return Example(
        name=file.stem.partition("-")[2],
        zh=said["zh"],
        en=said["en"],
        zh_about=said["zh-about"],
        en_about=said["en-about"],
        personas=tuple(re.findall(r"\w+", said["persona"])),
        answers=said["answers"],
        variables=orjson.loads(said.get("variables", "{}")),
        ago=orjson.loads(said.get("ago", "{}")),
        takes=tuple(_take(found["value"]) for found in headers if found["key"] == "take"),
        document="\n".join(lines[len(headers) :]).strip() + "\n",
    )


def _take(value: str) -> Take:
    if (found := TAKE.fullmatch(value)) is None:
        raise ValueError(f"Not a variable to take: {value}")
    steps = STEP.findall(found["path"])
    asked = [step for step in steps if not step.isdigit()]
    return Take(
        variable=found["variable"],
        persona=found["persona"],
        document="{ " + " { ".join(asked) + " }" * len(asked),
        path=tuple(int(step) if step.isdigit() else step.partition("(")[0] for step in steps),
    )
