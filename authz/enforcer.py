"""Casbin's own enforcer, holding lines in memory and proved to deny."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import casbin

from .catalogue import Catalogue
from .conditions import ALWAYS, Facts, Variables, holds
from .lines import EVERY, Inheritance, Line, under

MODEL: Final = (Path(__file__).parent / "model.conf").read_text(encoding="utf-8")

ACTING: Final = "#actor"
STRANGER: Final = "#stranger"
"""Subjects that no role can be called, since the name of a role is an identifier."""


class EnforcementFailed(RuntimeError):
    """Casbin allowed what no line allows, or was switched off. Nothing may be decided with it."""


class Row(NamedTuple):
    """What a condition is asked about: the facts of a row and the variables of the actor."""

    facts: Facts
    variables: Variables


@cache
def _parsed(matcher: str) -> Any:
    """Parse a matcher as Casbin does; that of the model is the only one there is."""
    return casbin.Enforcer._get_expression(matcher).ast_parsed_value  # noqa: SLF001


class Enforcer(casbin.Enforcer):  # type: ignore[misc]
    """Casbin's enforcer, which does not parse its matcher anew with each request."""

    @staticmethod
    def _get_expression(expr: str, functions: Any = None) -> Any:
        known = casbin.Enforcer._get_expression("", functions)  # noqa: SLF001
        known.ast_parsed_value = _parsed(expr)
        return known


NOTHING: Final = Row(Facts(), Variables(None, None, frozenset(), frozenset()))


def new_enforcer(lines: Iterable[Line], grants: Iterable[Inheritance], catalogue: Catalogue) -> Any:
    """Make an enforcer that holds these lines in memory: no adapter, no watcher, no log.

    Denies stand first, because only a deny ends Casbin's walk through the lines.
    """
    model = casbin.Enforcer.new_model(text=MODEL)
    ordered = sorted(lines, key=lambda line: line.allows)
    model["p"]["p"].policy = [list(line.row) for line in ordered]
    model["g"]["g"].policy = [list(grant) for grant in grants]
    enforcer = Enforcer(model, enable_log=False)
    enforcer.add_function("under", under)
    enforcer.add_function("objm", catalogue.matches)
    enforcer.add_function("cond", _holds)
    enforcer.add_named_domain_matching_func("g", under)
    enforcer.build_role_links()
    return enforcer


def ask(enforcer: Any, *request: object) -> tuple[bool, Sequence[str]]:
    """Put `sub, dom, obj, act, row` to an enforcer; gives the answer and the line that decided."""
    # A disabled enforcer answers yes to everything, so it is not asked.
    if enforcer.enabled is not True:
        message = "Casbin's enforcement was switched off"
        raise EnforcementFailed(message)
    allowed, line = enforcer.enforce_ex(*request)
    return allowed is True, line


def refuse_strangers(enforcer: Any, tenant_path: str, action: str, catalogue: Catalogue) -> None:
    """Ask for what no line can allow; raises EnforcementFailed if the answer is yes."""
    if ask(enforcer, STRANGER, tenant_path, catalogue.types[0], action, NOTHING)[0]:
        message = "Casbin allowed a subject without any role"
        raise EnforcementFailed(message)


def prove(catalogue: Catalogue) -> None:
    """Prove on three lines that a deny is one; raises EnforcementFailed if it is not."""
    everything = Line("probe", "/", EVERY, EVERY, ALWAYS, "allow")
    closed = Line("probe", "/", EVERY, "decrypt", ALWAYS, "deny")
    unsure = Line("probe", "/", EVERY, "export", "self", "deny")
    enforcer = new_enforcer((everything, closed, unsure), [(ACTING, "probe", "/")], catalogue)
    for action, expected in (("read", True), ("decrypt", False), ("export", False)):
        allowed, _ = ask(enforcer, ACTING, "/", catalogue.types[0], action, NOTHING)
        if allowed is not expected:
            message = f"Casbin answered {allowed} where the probe for {action} is {expected}"
            raise EnforcementFailed(message)
    refuse_strangers(enforcer, "/", "read", catalogue)


def _holds(row: Row, condition: str, effect: str) -> bool:
    return holds(condition, row.facts, row.variables, unknown=effect != "allow")
