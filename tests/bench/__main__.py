"""`python3 dev.py bench`: one run, all candidates, rounds interleaved, one table.

CPU time a request, from /proc, is the figure to trust: clocks on a shared machine are noise.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson
import uvloop

from api.demo.load import GROUP

from . import documents, groups
from .agreement import agree
from .load import request
from .questions import QUESTIONS, variables
from .rig import NAMES, OURS, rig
from .rounds import Measured, one_round
from .table import table

WARM = 0.7  # seconds before the first round: prepared statements, caches, JIT-less Python


async def bench(given: argparse.Namespace) -> None:
    """Ask everything of everyone, and print what it cost."""
    measured: dict[tuple[str, str], Measured] = {}
    questions = [one for one in QUESTIONS if given.only is None or one.name in given.only]
    async with rig(given.data.resolve(), tuple(given.candidates)) as stand:
        for question in questions:
            async with stand.reading() as connection:
                sets = await variables(connection, question, GROUP)
            token = stand.tokens[question.persona]
            requests = {
                name: [request(one.port, token, question.document, given) for given in sets]
                for name, one in stand.candidates.items()
                if question.is_for(name)
            }
            await agree(stand, question, requests)
            for name, sent in requests.items():
                await one_round(stand, name, sent, seconds=WARM)
            for number in range(given.rounds):
                for name, sent in requests.items():
                    held = measured.setdefault((question.name, name), Measured())
                    held.rounds.append(await one_round(stand, name, sent, seconds=given.seconds))
                _tell(f"{question.name}: round {number + 1} of {given.rounds}")
        crowd = [await one.told(stand) for one in (groups, documents)] if given.crowd else []
    print(table(questions, measured), *crowd, sep="\n\n")  # noqa: T201 - this is what it is for
    if given.json:
        told = {f"{question}/{name}": one.told() for (question, name), one in measured.items()}
        given.json.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    parser.add_argument(
        "--crowd", action="store_true", help="also ask for 50 groups, and 10,000 documents"
    )
    parser.add_argument("--only", nargs="*", help="only these questions")
    parser.add_argument("--candidates", nargs="*", default=list(NAMES), choices=NAMES)
    parser.add_argument("--data", type=Path, default=Path(".peiyuan/bench"))
    given = parser.parse_args()
    if OURS not in given.candidates:
        parser.error(f"{OURS} is what everything is compared with")
    uvloop.run(bench(given))


if __name__ == "__main__":
    main()
