"""Administrators apart, auditors who only read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7b1f0c9e24ad"
down_revision: str | Sequence[str] | None = "acdfe032b8f8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Its functions lie apart, so that nothing in the schema of the tables acts. Where an administrator
# of the database has made it already, wherever it lies, nothing is asked of the owner.
BTREE_GIST = """
do $$ begin
  if not exists (select from pg_extension where extname = 'btree_gist') then
    create schema if not exists extensions;
    create extension btree_gist schema extensions;
  end if;
end $$
"""


def upgrade() -> None:
    op.execute(BTREE_GIST)
    op.create_exclude_constraint(
        "ex_role_assignment_administrators",
        "role_assignment",
        (sa.column("group_id"), "="),
        (sa.column("principal_id"), "="),
        (sa.column("role"), "<>"),
        (sa.literal_column("tstzrange(valid_from, valid_to)"), "&&"),
        where=sa.text("role IN ('audit_admin', 'security_admin', 'system_admin')"),
        using="gist",
    )
    op.create_check_constraint(
        op.f("ck_policy_line_readonly"),
        "policy_line",
        "NOT role IN ('audit_admin', 'auditor') OR ptype = 'g' OR effect = 'deny'"
        " OR action IN ('aggregate', 'filter', 'read', 'sort')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_policy_line_readonly"), "policy_line", type_="check")
    op.drop_constraint("ex_role_assignment_administrators", "role_assignment")
