"""Rounds: a few askers, each with a role of their own, and the operations that all of them ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

from api.planner.shapes import Shape, is_core
from authz.actor import Actor, DenialMode
from tests.oracle.askers import Roles, asker
from tests.oracle.chance import Chance
from tests.oracle.drawing import Drawing
from tests.oracle.operations import Operations
from tests.oracle.rows import Rows
from tests.oracle.sight import readable
from tests.oracle.trial import Difference, Trial

SHOWN: Final = (DenialMode.PARTIAL,) * 5 + (DenialMode.STRICT,)
ASKERS: Final = 3  # of one operation
HIDDEN: Final = 8  # one round in so many: a hidden caller's view of the schema is dear to make


@dataclass(slots=True)
class Rounds:
    """Draws rounds by their seeds; a case is found again by its seed and its number."""

    trial: Trial
    strangers: Rows
    version: int  # of the group's policy

    async def differences(
        self, seeds: Iterable[int], numbers: Iterable[int]
    ) -> AsyncIterator[Difference]:
        """Try the cases of these numbers in each of these rounds."""
        for seed in seeds:
            askers = self.askers(seed)
            for number in numbers:
                operations = self._operations(Chance(f"{seed}:{number}"), askers)
                drawn = operations.any()
                self.trial.tally["operations"] += 1
                for who, actor in enumerate(askers):
                    case = f"{seed}:{number}:{who}"
                    async for one in self.trial.differences(case, actor, drawn):
                        yield one

    def askers(self, seed: int) -> list[Actor]:
        """Make the askers of a round: several who know the whole schema, or one who does not."""
        chance = Chance(f"{seed}")
        if seed % HIDDEN == 0:
            return [self._asker(chance, DenialMode.HIDDEN)]
        return [self._asker(chance, chance.choice(SHOWN)) for _ in range(ASKERS)]

    def _asker(self, chance: Chance, denials: DenialMode) -> Actor:
        paths = tuple(row["path"] for row in self.trial.rows.all("tenant"))
        path = chance.choice(paths)
        mask = Roles(self.trial.gateway.made.catalogue, paths).mask(chance, path)
        return asker(
            chance, self.trial.rows, mask=mask, path=path, version=self.version, denials=denials
        )

    def _operations(self, chance: Chance, askers: list[Actor]) -> Operations:
        """Make a source of operations that suit one of the askers; the others ask them too."""
        known = self.trial.gateway.made.map
        leader = chance.choice(askers)
        strangers = [f"psn_{row['id'].hex}" for row in self.strangers.all("person")]

        def may(act: str, shape: Shape, name: str) -> bool:
            rows = readable(leader.mask, shape)
            if is_core(shape.fields[name]):
                return True
            shown = leader.mask.cell("read", shape.policy_name, name)
            cell = (shown & leader.mask.cell(act, shape.policy_name, name)).under(rows)
            return cell.always if act == "sort" else not cell.never

        def opens(type_name: str, name: str) -> bool:
            return any(not one.mask.cell("decrypt", type_name, name).never for one in askers)

        view = self.trial.view(leader)
        drawing = Drawing(chance, view, self.trial.rows, known, strangers, may)
        return Operations(chance, drawing, opens)
