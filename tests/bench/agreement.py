"""Before anything is timed, everyone answers the same: what is compared is the same work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from .load import ask
from .rig import OURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .questions import Question
    from .rig import Rig

SAMPLES: Final = 6


async def agree(stand: Rig, question: Question, requests: Mapping[str, Sequence[bytes]]) -> None:
    """Compare parsed answers, for several sets of variables; of a write, its shape."""
    count = len(next(iter(requests.values())))
    for at in {n * count // SAMPLES for n in range(SAMPLES)}:
        answers = {
            name: await ask(stand.candidates[name].port, sent[at])
            for name, sent in requests.items()
        }
        expected = _seen(answers[OURS], question)
        for name, answer in answers.items():
            if "errors" in answer or _seen(answer, question) != expected:
                sys.exit(f"{question.name}: {name} answers otherwise\n{answer}\n{answers[OURS]}")


def _seen(answer: Any, question: Question) -> Any:
    if not question.write:
        return answer.get("data")
    return _shape(answer.get("data"))


def _shape(value: Any) -> Any:
    """The keys alone: each write moves the row on."""
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in value.items()}
    return [_shape(one) for one in value] if isinstance(value, list) else ...
