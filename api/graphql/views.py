"""What callers know of the schema: all of it, what their mask leaves, or what can be read of it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphql import build_schema

from authz.actor import DenialMode, PrincipalKind

from .documents import Documents
from .hidden import prune, without_mutations
from .schema import printed

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from authz.actor import Actor

    from .schema import Made

MOST: Final = 32


@dataclass(slots=True)
class Views:
    """The schema as each caller knows it, with the documents that fit; those who know the same
    share it, and the one that was used longest ago makes room.
    """

    made: Made
    kept: OrderedDict[str, Documents] = field(default_factory=OrderedDict)

    def of(self, actor: Actor | None) -> Documents:
        """Take the view against which documents of an actor, or of nobody, are held."""
        name = _name(actor)
        if name not in self.kept:
            self.kept[name] = Documents(self._seen(actor), self.made.graphql)
            if len(self.kept) > MOST:
                self.kept.popitem(last=False)
        self.kept.move_to_end(name)
        return self.kept[name]

    def _seen(self, actor: Actor | None) -> GraphQLSchema:
        auditor = _is_auditor(actor)
        text = without_mutations(printed()) if auditor else printed()
        if actor is None or actor.denials is DenialMode.HIDDEN:
            return prune(self.made, actor.mask if actor else None, printed=text)
        return build_schema(text, assume_valid=True) if auditor else self.made.graphql


def _name(actor: Actor | None) -> str:
    if actor is None:
        return "nobody"
    known = actor.mask.fingerprint if actor.denials is DenialMode.HIDDEN else "everything"
    return f"{known}, to read" if _is_auditor(actor) else known


def _is_auditor(actor: Actor | None) -> bool:
    return actor is not None and actor.kind is PrincipalKind.AUDITOR
