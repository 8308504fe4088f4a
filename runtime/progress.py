"""How a long start says where it is, so that the step that hangs has a name."""

from collections.abc import Callable

Tell = Callable[[str], None]


def silent(line: str) -> None:
    """Tell nobody."""


class Once:
    """Tells a line in a loop only the first time."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def __call__(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._tell(line)
