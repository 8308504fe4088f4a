"""Every root that is computed, listed here: each is declared by being imported."""

from api.graphql.computed import explanations, preview, proofs, rights, roles

__all__ = ["explanations", "preview", "proofs", "rights", "roles"]
