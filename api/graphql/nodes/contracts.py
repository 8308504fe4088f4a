"""Processing contracts with vendors, as clients see them."""

from __future__ import annotations

from api.graphql.binding import core, node, one, shown
from domain.access import contract_models


@node(
    contract_models.ProcessingContract, prefix="con", locked=True, listed=True, order=("code", "id")
)
class ProcessingContract:
    """委托处理合同 What a vendor may process for the group: of whom, for what, and how long."""

    code = core("Its short code, unique in the group.")
    counterparty = shown("Who is entrusted, as the contract names them.")
    principal = one("Principal", "The account of theirs that it is with.", by="principal_id")
    purposes = core("What it entrusts the processing for.")
    fields = core("What may be processed, as policy lines name it: types, fields, labels, classes.")
    cohort = one("Cohort", "Whose information it is; without a cohort, nobody's.", by="cohort_id")
    starts_on = core("The first day on which it is in force.")
    ends_on = core("The last day on which it is in force, unless it is ended before.")
    ended_at = core("When it was ended, if it was.")
    return_confirmed_at = core(
        "When it was confirmed that everything has been erased or given back; null until then."
    )
