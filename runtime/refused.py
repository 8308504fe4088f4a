"""How the process says that it does not start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot stand, and what to do about it."""

    name: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} {self.wrong}: {self.remedy}"


class SettingsRefused(Exception):
    """The process does not start with these settings; all that is wrong is named at once."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class StartRefused(Exception):
    """The process does not start on what it found; the message says what to do."""
