"""Plans and statements as text that a reviewer can read, and answers without what chance made."""

import re
from dataclasses import fields, is_dataclass

from api.planner.shapes import Shape
from authz.masks import Cell

BREAKS = re.compile(r"(?<!LEFT) (?=(?:SELECT|FROM|WHERE|LEFT JOIN|JOIN|ORDER BY|LIMIT|AND|END)\b)")
IDS = re.compile(r'"([a-z]{3})_[0-9a-f]{32}"')
CURSORS = re.compile(r'("(?:cursor|startCursor|endCursor)": )"[\w-]+"')


def plan_text(node, depth=0) -> str:
    """A plan as an indented tree: what each cell is, and where it is open."""
    head = f"{'  ' * depth}{type(node).__name__} {_facts(node)}".rstrip() + "\n"
    return head + "".join(plan_text(child, depth + 1) for child in _children(node))


def _children(node):
    for one in fields(node):
        yield from _plans_in(getattr(node, one.name))


def _plans_in(value):
    if isinstance(value, tuple):
        for part in value:
            yield from _plans_in(part)
    elif is_dataclass(value) and type(value).__module__ == "api.planner.plan":
        yield value


def sql_text(sql: str) -> str:
    """A statement broken before its clauses, indented by its brackets."""
    depth, lines = 0, []
    for piece in BREAKS.split(sql):
        lines.append("  " * depth + piece.strip())
        plain = re.sub(r"E?'(?:[^']|'')*'", "", piece)
        depth = max(0, depth + plain.count("(") - plain.count(")"))
    return "\n".join(lines) + "\n"


def without_chance(answer: str) -> str:
    """An answer with cursors, which are sealed anew each time, and ids taken out."""
    return CURSORS.sub(r'\1"…"', IDS.sub(r'"\1_…"', answer))


def _facts(node) -> str:
    told = []
    for one in fields(node):
        value = getattr(node, one.name)
        match value:
            case Cell():
                told.append(f"{one.name}={_cell(value)}")
            case tuple() if value and isinstance(value[0], Cell):
                told.append(f"{one.name}={'|'.join(map(_cell, value))}")
            case Shape():
                told.append(value.name)
            case str() | bool() | int() if value != "" and value is not False:
                told.append(f"{one.name}={value}")
            case _:
                continue
    return " ".join(told)


def _cell(cell: Cell) -> str:
    allow = "|".join(sorted(cell.allow)) or "never"
    return f"[{allow}{''.join(f' but {one}' for one in sorted(cell.deny))}]"
