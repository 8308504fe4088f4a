"""The commands of `peiyuan`, as they are read from a command line."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

import uvloop

from runtime.refused import SettingsRefused, StartRefused
from runtime.settings import KeyPlace, Settings

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

STOPPED: Final = 130
LOGIN: Final = (
    ("list", "who there is in a group, by id"),
    ("set", "give a principal a login name and a password", "principal", "name"),
    ("forget-totp", "remove a second factor whose device is lost", "principal"),
    ("provider", "register an OpenID provider", "provider", "issuer", "client_id"),
    ("link", "say whom a provider means by a subject", "principal", "provider", "subject"),
)
"""The acts of `peiyuan login`, each with what it takes behind the group."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; what it refuses is said in a sentence, without a traceback."""
    given = parser().parse_args(arguments)
    try:
        _do(given, Settings.read())
    except (SettingsRefused, StartRefused) as refused:
        print(f"peiyuan: {refused}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return STOPPED
    return 0


def _do(given: argparse.Namespace, settings: Settings) -> None:
    """Import what a command needs when it is asked for: `schema` needs no database."""
    match given.command:
        case "run":
            from .run import run  # noqa: PLC0415 - see above

            _await(run(settings, tell=told))
        case "serve":
            from .serve import serve  # noqa: PLC0415

            _await(serve(settings, tell=told))
        case "migrate":
            from .migrate import migrate  # noqa: PLC0415

            _await(migrate(settings, tell=told))
        case "schema":
            from .schema import differences, schema  # noqa: PLC0415

            if given.diff is None:
                schema(check=given.check, tell=told)
            else:
                differences(given.diff, tell=told)
        case "keys":
            from .keys import keys  # noqa: PLC0415

            _await(keys(settings, given, tell=told))
        case "login":
            from .login import login  # noqa: PLC0415

            _await(login(settings, given, tell=told))
        case "audit":
            from .audit import audit  # noqa: PLC0415

            _await(audit(settings, given, tell=told))
        case _:
            _demo(given, settings)


def _demo(given: argparse.Namespace, settings: Settings) -> None:
    from .demo import load, reset  # noqa: PLC0415

    if given.action == "reset":
        reset(settings, tell=told)
    else:
        _await(load(settings, scale=given.scale, tell=told))


def _await(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


def told(line: str) -> None:
    """Say how far it is."""
    print(line, flush=True)


def parser() -> argparse.ArgumentParser:
    """Say what a command line may hold."""
    parser = argparse.ArgumentParser(prog="peiyuan", description="Training for groups.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="the demo: database, demo group, server")
    commands.add_parser("serve", help="serve what the settings say")
    commands.add_parser("migrate", help="bring the database up to date")
    schema = commands.add_parser("schema", help="write schema.graphql, whole and by role")
    schema.add_argument("--check", action="store_true", help="only say whether it is current")
    schema.add_argument(
        "--diff", nargs="?", const="", metavar="REV", help="what roles gain and lose since then"
    )
    demo = commands.add_parser("demo", help="load the demo group, or take it away")
    demo.add_argument("--scale", choices=("small", "large"), default="small")
    demo.add_argument("action", nargs="?", choices=("load", "reset"), default="load")
    _login(commands)
    _keys(commands)
    _audit(commands)
    return parser


def _keys(commands: Any) -> None:
    """`peiyuan keys`: where they move to stands in the settings."""
    acts = commands.add_parser("keys", help="where the root key lies").add_subparsers(
        dest="act", required=True
    )
    acts.add_parser("check", help="say whether this root key opens what is there")
    move = acts.add_parser("move", help="wrap all keys under the root of PEIYUAN_KEY_PROVIDER")
    move.add_argument("--from", dest="came_from", required=True, choices=[*map(str, KeyPlace)])


def _audit(commands: Any) -> None:
    """`peiyuan audit`: the trail, its places and its key."""
    acts = commands.add_parser("audit", help="prove the trail").add_subparsers(
        dest="act", required=True
    )
    acts.add_parser("sequence", help="give entries their places, and sign the trees, once")
    key = acts.add_parser("key", help="the public key that a group's checkpoints are signed with")
    export = acts.add_parser("export", help="write the trail of a group, to be verified")
    for parser in (key, export):
        parser.add_argument("group")
    export.add_argument("file")
    export.add_argument("--subjects", action="store_true", help="tell whom openings were about")


def _login(commands: Any) -> None:
    """`peiyuan login`: its acts take the id of the group first."""
    acts = commands.add_parser("login", help="let people in").add_subparsers(
        dest="act", required=True
    )
    for act, says, *words in LOGIN:
        parser = acts.add_parser(act, help=says)
        for word in ("group", *words):
            parser.add_argument(word)
        if act == "set":
            parser.add_argument("--ask", action="store_true", help="ask for the password")
