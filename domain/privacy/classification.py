"""The vocabulary of data classes: what a column is, said where it is declared.

Classes follow GB/T 45574-2025 and PIPL articles 28 and 51: P0 public, P1 internal, P2 personal,
P3 high-risk personal (always sealed), P4 sensitive personal (always sealed, never by default).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authz.catalogue import DataClass
from domain.kernel.traits import Traits

if TYPE_CHECKING:
    from collections.abc import Callable

P0, P1, P2, P3, P4 = DataClass.P0, DataClass.P1, DataClass.P2, DataClass.P3, DataClass.P4

PUBLIC = Traits(label="public", data_class=P0)
ORGANISATION = Traits(label="org", data_class=P1)
LEARNING = Traits(label="pi.learning", data_class=P2)
SYSTEM = Traits(label="system", data_class=P1)


def pi(
    label: str,
    data_class: DataClass,
    *,
    shown: Callable[[str], str] | None = None,
    padded: bool = False,
) -> dict[str, Any]:
    """Declare personal information: `pi("contact", P3, shown=phone)`."""
    return Traits(label=f"pi.{label}", data_class=data_class, shown=shown, padded=padded).info
