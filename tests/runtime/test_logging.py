"""What is written to the log: all of what happened, nothing of whom it happened to."""

import asyncio
import json
import logging
from dataclasses import dataclass, field
from io import StringIO
from uuid import UUID

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.access.tokens import TokenKind, mint
from domain.people.models import Person
from domain.privacy.container import new_key
from domain.privacy.sealed import Sealed
from runtime.logging import CHATTY, redact, sensitive_names, set_up_logging
from runtime.settings import Environment, LogFormat, LogLevel, Settings
from tests.runtime.tables import ALPHA, NORTH

CANARY = "欧阳金丝雀"
MOBILE = "13800001234"
IDENTITY = "11010119000101000X"
NOTE = "insert into note values (:g, :i, :t, :note)"
LOGIN = "insert into login values (:digest)"


class Stream(StringIO):
    """What stands for the terminal."""


@pytest.fixture
def log(monkeypatch):
    """Sets logging up as wanted and gives what is written; afterwards all is as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, {name: logging.getLogger(name).level for name in CHATTY}

    def set_up(**settings):
        stream = Stream()
        monkeypatch.setattr("sys.stderr", stream)
        set_up_logging(Settings(**{"log_format": LogFormat.JSON} | settings))
        return stream

    yield set_up
    root.handlers[:], level, levels = before
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    structlog.reset_defaults()


def written(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def told(**event):
    return redact(None, "info", event)


def test_a_line_is_one_json_object_with_its_time_level_and_logger(log):
    stream = log()
    logging.getLogger("peiyuan.test").warning("%s came up", "it", extra={"attempt": 2})

    (line,) = written(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "it came up",
        "level": "warning",
        "logger": "peiyuan.test",
        "attempt": 2,
    }


def test_in_text_the_same_is_a_line_for_people(log):
    stream = log(log_format=LogFormat.TEXT)
    logging.getLogger("peiyuan.test").warning("it came up", extra={"phone": MOBILE})

    assert "it came up" in stream.getvalue()
    assert MOBILE not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize(
    ("environment", "terminal", "json_lines"),
    [
        (Environment.DEVELOPMENT, True, False),
        (Environment.DEVELOPMENT, False, True),
        (Environment.PRODUCTION, True, True),
    ],
)
def test_left_to_itself_it_is_text_on_a_developers_terminal_only(
    log, monkeypatch, environment, terminal, json_lines
):
    monkeypatch.setattr(Stream, "isatty", lambda _: terminal)
    stream = log(log_format=LogFormat.AUTO, environment=environment)
    logging.getLogger("peiyuan.test").warning("it came up")

    assert stream.getvalue().startswith("{") == json_lines


def test_from_the_level_of_the_settings_on(log):
    stream = log(log_level=LogLevel.ERROR)
    for name in ("peiyuan.test", *CHATTY):
        logging.getLogger(name).warning("not written")
        logging.getLogger(name).error("written")

    assert {line["event"] for line in written(stream)} == {"written"}


def test_libraries_do_not_tell_statements_and_arguments_even_while_debugging(log):
    stream = log(log_level=LogLevel.DEBUG)
    logging.getLogger("sqlalchemy.engine.Engine").info("[cached] ('%s',)", CANARY)
    logging.getLogger("asyncio").debug("Using selector")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("name", ["uvicorn.error", "sqlalchemy.pool", "asyncio", "anything.else"])
def test_lines_of_libraries_pass_through_the_same_processors(log, name):
    stream = log()
    logging.getLogger(name).error("refused %s", f"Bearer {mint(TokenKind.PERSON)}")

    (line,) = written(stream)
    assert line["event"] == "refused Bearer [redacted]"


def test_the_request_is_named_in_every_line_that_it_causes_and_in_no_other(log):
    stream = log()

    async def request(name):
        structlog.contextvars.bind_contextvars(request_id=name)
        await asyncio.sleep(0)
        logging.getLogger("a.library").warning("in %s", name)
        structlog.get_logger("ours").warning(f"in {name}")

    async def both():
        await asyncio.gather(request("r1"), request("r2"))

    asyncio.run(both())
    logging.getLogger("a.library").warning("afterwards")

    lines = written(stream)
    assert len(lines) == 5
    assert all(line["event"] == f"in {line['request_id']}" for line in lines[:-1])
    assert "request_id" not in lines[-1]


@pytest.mark.parametrize("name", ["display_name", "displayName", "phone", "leaveReason", "score"])
def test_what_a_column_with_personal_data_is_called_is_not_written(name):
    assert told(**{name: CANARY}) == {name: "[redacted]"}
    assert CANARY not in str(told(found=[{"deep": {name: CANARY}}]))


def test_names_of_a_line_itself_are_no_names_of_personal_data():
    line = {"event", "level", "logger", "timestamp", "exception", "request_id", "requestId"}

    assert not line & sensitive_names()


@pytest.mark.parametrize(
    "name",
    ["Authorization", "set-cookie", "password", "PGPASSWORD", "access_token", "apiKey", "pepper"],
)
def test_whatever_is_called_a_secret_is_not_written(name):
    assert told(**{name: CANARY}) == {name: "[redacted]"}


def test_ids_versions_and_counts_are_written_for_a_trail_is_made_of_them():
    trail = {
        "token_id": "0197",
        "person_id": "0198",
        "token_kind": "pat",
        "row_version": 4,
        "monkey": "not a key",
        "ok": True,
        "nothing": None,
    }
    assert told(**trail) == trail
    number = UUID("01970000-1391-7391-8391-139123456789")
    assert told(id=number) == {"id": str(number)}


SECRETS = {
    "sealed": Sealed.of(CANARY),
    "bytes": CANARY.encode(),
    "bytearray": bytearray(CANARY.encode()),
    "key": new_key(),
    "mobile": f"call {MOBILE} now",
    "mobile in Chinese": f"电话{MOBILE}。",
    "identity": f"id {IDENTITY}",
    "bearer in a header": f"Authorization: Bearer {CANARY}",
    "bearer": f"bearer {CANARY}",
    "address of a database": f"postgresql://ada:{CANARY}@db/peiyuan",
    "token": mint(TokenKind.VENDOR),
    "tuple": (f"token={mint(TokenKind.SERVICE)}", {"x": f"Bearer {CANARY}"}),
    "name of a field": {f"Bearer {CANARY}": 1},
    "too deep to look": [[[[[[[[[CANARY]]]]]]]]],
    "name that is missed": f"KeyError: '{CANARY}'",
    "error": ValueError(f"no such number: {MOBILE}"),
}


@pytest.mark.parametrize("form", SECRETS)
def test_a_secret_is_known_by_its_type_or_by_its_form(form):
    line = json.dumps(told(found=SECRETS[form]), ensure_ascii=False)

    assert "[redacted]" in line
    for secret in (CANARY, MOBILE, IDENTITY, "peisvc_", "peiven_"):
        assert secret not in line


def test_a_command_is_told_field_by_field():
    @dataclass
    class Command:
        person_id: str
        display_name: str
        note: str = field(repr=False)

    line = told(command=Command("0197", CANARY, CANARY))

    assert line == {"command": {"person_id": "0197", "display_name": "[redacted]"}}


def test_an_entity_is_told_by_type_and_id():
    person = Person(tenant_id=NORTH, id=ALPHA, display_name=CANARY, staff_number="E1")

    assert told(found=person) == {"found": f"Person({ALPHA})"}


async def test_what_the_database_quotes_of_a_row_is_not_written(log, writer):
    """Behind the wall it quotes nothing by itself; a table of another kind is not behind it."""
    stream = log()
    for column, statement in (("note", NOTE), ("digest", LOGIN)):
        try:
            async with writer.transaction(ALPHA, None) as session:
                for number in (1, 2):
                    values = {"g": ALPHA, "i": UUID(int=number), "t": NORTH}
                    taken = {name: values[name] for name in values if f":{name}" in statement}
                    await session.execute(
                        text(statement), {**taken, column: f"{CANARY}\n\n{CANARY}"}
                    )
                await session.execute(text("set constraints all immediate"))
        except IntegrityError:
            logging.getLogger("peiyuan.test").exception("a request failed")

    lines = written(stream)
    assert all("UniqueViolationError" in line["exception"] for line in lines)
    assert "DETAIL:  [redacted]" in lines[1]["exception"]
    assert "insert into login" in lines[1]["exception"]
    assert CANARY not in stream.getvalue()


async def test_an_argument_that_does_not_fit_is_not_written(log, reader):
    stream = log()
    for statement, argument in (("select $1::uuid", CANARY), ("select ($1::text)::int", CANARY)):
        try:
            await reader.fetch_row(ALPHA, statement, [argument])
        except Exception:
            logging.getLogger("peiyuan.test").exception("a request failed")

    assert len(written(stream)) == 2
    assert CANARY not in stream.getvalue()


def test_an_error_about_a_sealed_value_does_not_open_it(log):
    stream = log()

    def refuse(value):
        raise ValueError(value)

    try:
        refuse(Sealed.of(CANARY))
    except ValueError:
        logging.getLogger("peiyuan.test").exception("failed over %s", Sealed.of(CANARY))

    (line,) = written(stream)
    assert line["event"] == "failed over Sealed(•••)"
    assert "ValueError" in line["exception"]
    assert CANARY not in stream.getvalue()
