"""Whatever is done to a request, in whichever order: it goes on as it may, or not at all."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.kernel.errors import Refusal
from domain.privacy.request_states import RequestClosed
from domain.privacy.requesting import RequestPending
from runtime.settings import Settings
from tests.conftest import standing_on
from tests.domain.privacy.asking import asks, completes, grants, refuses, reviews, takes_back
from tests.people import Clock, found_group

ROWS = """
SELECT id, state, reviewed_at, decided_at, decided_by, ground, reason, closed_at, received_on,
  warn_on, due_on, row_version
FROM subject_request WHERE group_id = :g ORDER BY id
"""
MAY = {
    "review": {"OPEN": "IN_REVIEW"},
    "grant": {"IN_REVIEW": "GRANTED"},
    "refuse": {"IN_REVIEW": "REFUSED"},
    "complete": {"GRANTED": "DONE"},
    "take back": {"OPEN": "WITHDRAWN", "IN_REVIEW": "WITHDRAWN"},
}
STEPS = {
    "review": ("cora", reviews), "grant": ("cora", grants), "refuse": ("cora", refuses),
    "complete": ("cora", completes), "take back": ("ada", takes_back),
}  # fmt: skip
PENDING = {"OPEN", "IN_REVIEW", "GRANTED"}


def machine(runner, group, actors):
    class Requests(RuleBasedStateMachine):
        """Ada asks for erasure, over and over; `state` is what the latest request has come to."""

        def __init__(self):
            super().__init__()
            self.state, self.request, self.before = None, None, {}
            self.finish()

        def finish(self):
            """What the example before has left pending comes to its end."""
            for row in self.rows():
                if row.state in PENDING:
                    left = type("Left", (), {"id": row.id})
                    ways = {"OPEN": ["take back"], "IN_REVIEW": ["refuse"], "GRANTED": ["complete"]}
                    for name in ways[row.state]:
                        who, step = STEPS[name]
                        runner.run(step(group, actors[who], left))

        def rows(self):
            return runner.run(group.rows(ROWS))

        @rule()
        def ask(self):
            if self.state in PENDING:
                assert self.refusal(asks(group, actors["ada"])) is RequestPending
            else:
                self.request = runner.run(asks(group, actors["ada"]))
                self.state = "OPEN"

        @precondition(lambda self: self.request is not None)
        @rule()
        def day(self):
            group.clock.on(days=1)

        def take(self, name):
            who, step = STEPS[name]
            if self.state in MAY[name]:
                runner.run(step(group, actors[who], self.request))
                self.state = MAY[name][self.state]
            else:
                versions = self.rows()
                assert self.refusal(step(group, actors[who], self.request)) is RequestClosed
                assert self.rows() == versions

        def refusal(self, attempt):
            try:
                runner.run(attempt)
            except Refusal as refusal:
                return type(refusal)
            return None

        @precondition(lambda self: self.request is not None)
        @rule()
        def review(self):
            self.take("review")

        @precondition(lambda self: self.request is not None)
        @rule()
        def grant(self):
            self.take("grant")

        @precondition(lambda self: self.request is not None)
        @rule()
        def refuse(self):
            self.take("refuse")

        @precondition(lambda self: self.request is not None)
        @rule()
        def complete(self):
            self.take("complete")

        @precondition(lambda self: self.request is not None)
        @rule()
        def take_back(self):
            self.take("take back")

        @invariant()
        def each_says_what_has_happened_to_it_and_what_has_ended_stays(self):
            rows = self.rows()
            assert sum(row.state in PENDING for row in rows) <= 1
            for row in rows:
                assert (row.closed_at is None) == (row.state in PENDING)
                assert (row.ground is not None) == (row.reason is not None)
                assert (row.ground is not None) == (row.state == "REFUSED")
                if row.state in {"GRANTED", "REFUSED", "DONE"}:
                    assert row.reviewed_at <= row.decided_at
                    assert row.decided_by == group.principals["cora"]
                if row.state in {"OPEN", "WITHDRAWN"}:
                    assert row.decided_at is None
                assert row.received_on < row.warn_on < row.due_on
            ended = {row.id: row for row in rows if row.state not in PENDING}
            assert all(ended[known] == row for known, row in self.before.items())
            self.before = ended
            if self.request is not None:
                (mine,) = (row for row in rows if row.id == self.request.id)
                assert mine.state == self.state

    return Requests


def test_a_request_goes_on_as_it_may_and_no_other_way(addresses, scratch):
    clock = Clock()
    told = Settings(data_dir=scratch / "keys", key_file=scratch / "root.key")
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        installation = runner.run(stack.enter_async_context(standing_on(addresses, told, clock)))
        try:
            group = runner.run(found_group(installation, clock))
            actors = {  # tokens of May would end while days pass
                name: replace(runner.run(group.actor(name)), token_id=None)
                for name in ("ada", "cora")
            }
            run_state_machine_as_test(
                machine(runner, group, actors),
                settings=settings(max_examples=15, stateful_step_count=12, deadline=None),
            )
        finally:
            runner.run(stack.aclose())
