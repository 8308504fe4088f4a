"""The embedded PostgreSQL: ordinary server binaries under a supervisor of our own."""

from runtime.postgres.cluster import Cluster

__all__ = ["Cluster"]
