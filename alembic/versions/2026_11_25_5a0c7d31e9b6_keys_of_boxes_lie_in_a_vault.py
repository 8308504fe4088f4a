"""Keys of boxes lie in a vault, and come out for a committed ticket."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5a0c7d31e9b6"
down_revision: str | Sequence[str] | None = "190ca9d48255"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BOUND = "(select nullif(current_setting('app.group_id', true), '')::uuid)"
FIXED = "security definer set search_path = pg_catalog, pg_temp"
"""A function of the owner looks nothing up where a caller could have put it."""

TABLES = """
create schema vault;
create table vault.box_key (
  group_id uuid not null,
  subject_id uuid not null,
  kid bytea not null check (octet_length(kid) = 8),
  wrapped bytea not null,
  kept_at timestamptz not null default clock_timestamp(),
  constraint pk_box_key primary key (group_id, kid)
);
create index ix_box_key_group_id_subject_id on vault.box_key (group_id, subject_id);
create table vault.ticket (
  group_id uuid not null,
  id uuid not null,
  subjects uuid[] not null,
  kids bytea[] not null,
  xid xid8 not null default pg_current_xact_id(),
  asked_at timestamptz not null default clock_timestamp(),
  constraint pk_ticket primary key (group_id, id)
);
create index ix_ticket_group_id_asked_at on vault.ticket (group_id, asked_at);
create table vault.tombstone (
  group_id uuid not null,
  subject_id uuid not null,
  erased_at timestamptz not null default clock_timestamp(),
  constraint pk_tombstone primary key (group_id, subject_id)
);
"""
MOVE = """
alter table subject_key no force row level security;
insert into vault.box_key (group_id, subject_id, kid, wrapped, kept_at)
  select group_id, subject_id, kid, wrapped, created_at from subject_key where use = 'BOX';
delete from subject_key where use = 'BOX';
alter table subject_key force row level security;
"""
MOVE_BACK = """
alter table subject_key alter column use drop default, alter column use set not null,
  add constraint ck_subject_key_keyuse check (use in ('WINDOW', 'BOX'));
alter table subject_key no force row level security;
alter table vault.box_key no force row level security;
insert into subject_key
  (group_id, tenant_id, id, subject_id, use, kid, wrapped, row_version, created_at)
  select k.group_id, w.tenant_id, gen_random_uuid(), k.subject_id, 'BOX', k.kid, k.wrapped, 1,
    k.kept_at
  from vault.box_key k join lateral (
    select s.tenant_id from subject_key s
    where s.group_id = k.group_id and s.subject_id = k.subject_id limit 1) w on true;
alter table subject_key force row level security
"""
WALL = """
alter table vault.{table} enable row level security;
alter table vault.{table} force row level security;
create policy wall on vault.{table} for all using (group_id = {bound}) with check (group_id = {bound})
"""

# New keys go in, and none is changed: whoever writes a cell needs no key that is there already.
KEEP = f"""
create function vault.keep(subjects uuid[], kids bytea[], wrapped bytea[]) returns void
language sql {FIXED} as $$
  insert into vault.box_key (group_id, subject_id, kid, wrapped)
  select {BOUND}, one.subject_id, one.kid, one.wrapped
  from unnest(subjects, kids, wrapped) as one (subject_id, kid, wrapped)
$$;
"""

# The entries are the caller's words, and stay: of whom keys are given is taken from them alone.
REQUEST = f"""
create function vault.request(entries jsonb, kids bytea[]) returns uuid
language plpgsql {FIXED} as $$
declare
  bound uuid := {BOUND};
  ticket uuid := gen_random_uuid();
  opened public.audit_entry[];
begin
  if bound is null then
    raise exception 'no group is bound' using errcode = 'PY001';
  end if;
  opened := array(select one from jsonb_populate_recordset(null::public.audit_entry, entries) one);
  if cardinality(opened) not between 1 and 1000 then
    raise exception 'a ticket is for 1 to 1000 entries' using errcode = 'PY002';
  end if;
  if exists (
    select from unnest(opened) one
    where one.verb is distinct from 'decrypt' or one.outcome is distinct from 'DONE'
      or one.details ->> 'subject' is null or coalesce(one.purpose, '') = ''
      or coalesce(one.details @? '$.cells[0].field', false) is false
  ) then
    raise exception 'an opening names person, purpose and cells' using errcode = 'PY002';
  end if;
  insert into public.audit_entry select (one).* from unnest(opened) one;
  insert into vault.ticket (group_id, id, subjects, kids)
  values (bound, ticket, array(
    select distinct (one.details ->> 'subject')::uuid from unnest(opened) one), kids);
  delete from vault.ticket old
  where old.group_id = bound and old.asked_at < clock_timestamp() - interval '1 hour';
  return ticket;
end $$;
"""

# A commit that did not wait for the disk (synchronous_commit = off) may be lost with the server,
# and the trail of a key that was given with it. So whatever has been written up to now is brought
# to the disk before a key is given; mostly it is there. Where the next record would begin behind a
# page's head, nothing lies between the end of what was written and that place.
SETTLE = """
create function vault.settle() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  block bigint := current_setting('wal_block_size')::bigint;
  written pg_lsn := pg_current_wal_insert_lsn();
  beyond bigint := mod(written - '0/0'::pg_lsn, block)::bigint;
begin
  if beyond <= 40 then
    written := written - beyond::numeric;
  end if;
  if pg_current_wal_flush_lsn() < written
     and current_setting('server_version_num')::int >= 170000 then
    execute 'select pg_logical_emit_message(false, ''vault'', ''''::text, true)';
  end if;
  for turn in 1..400 loop
    if pg_current_wal_flush_lsn() >= written then
      return;
    end if;
    perform pg_sleep(0.005);
  end loop;
  raise exception 'the ticket is not on the disk yet' using errcode = 'PY004';
end $$;
"""
RELEASE = f"""
create function vault.release(ticket uuid)
returns table (kid bytea, subject_id uuid, wrapped bytea)
language plpgsql {FIXED} as $$
declare
  held vault.ticket;
begin
  select one.* into held from vault.ticket one where one.group_id = {BOUND} and one.id = ticket;
  if held.id is null then
    raise exception 'there is no such ticket' using errcode = 'PY003';
  end if;
  if pg_xact_status(held.xid) is distinct from 'committed' then
    raise exception 'the ticket has not been committed' using errcode = 'PY003';
  end if;
  if clock_timestamp() > held.asked_at + interval '10 seconds' then
    raise exception 'the ticket is older than ten seconds' using errcode = 'PY004';
  end if;
  perform vault.settle();
  return query
    select key.kid, key.subject_id, key.wrapped from vault.box_key key
    where key.group_id = held.group_id and key.kid = any (held.kids)
      and key.subject_id = any (held.subjects);
end $$;
"""

# What was sealed stays where it lies, and opens for nobody. The tombstone says so to whoever
# brings an older copy of the keys back; the entry says who did it.
SHRED = f"""
create function vault.shred(entry jsonb) returns void
language plpgsql {FIXED} as $$
declare
  done public.audit_entry := jsonb_populate_record(null::public.audit_entry, entry);
  subject uuid := (done.details ->> 'subject')::uuid;
begin
  if done.verb is distinct from 'eraseSubject' or subject is null
     or done.outcome is distinct from 'DONE' or coalesce(done.purpose, '') = '' then
    raise exception 'an erasure names whom and what for' using errcode = 'PY002';
  end if;
  insert into public.audit_entry select done.*;
  insert into vault.tombstone (group_id, subject_id) values (done.group_id, subject)
    on conflict on constraint pk_tombstone do nothing;
  delete from vault.box_key key
    where key.group_id = done.group_id and key.subject_id = subject;
  delete from public.window_key key
    where key.group_id = done.group_id and key.subject_id = subject;
end $$;
"""
GRANTS = """
revoke all on all functions in schema vault from public;
grant usage on schema vault to peiyuan_app;
grant execute on function vault.keep, vault.request, vault.release, vault.shred to peiyuan_app;
"""
RENAMED = ("pk_{}", "uq_{}_group_id_kid", "fk_{}_group_id_tenant_id")


def execute(statements: str) -> None:
    """Run statements one by one: the driver takes no more at once."""
    for statement in statements.strip().removesuffix(";").split(";\n"):
        op.execute(statement)


def upgrade() -> None:
    execute(TABLES)
    execute(MOVE)
    for table in ("box_key", "ticket", "tombstone"):
        execute(WALL.format(table=table, bound=BOUND))
    op.drop_index(op.f("ix_subject_key_group_id_subject_id_use"), table_name="subject_key")
    op.drop_column("subject_key", "use")
    op.rename_table("subject_key", "window_key")
    for name in RENAMED:
        op.execute(
            f"alter table window_key rename constraint {name.format('subject_key')}"
            f" to {name.format('window_key')}"
        )
    op.create_index(
        op.f("ix_window_key_group_id_subject_id"), "window_key", ["group_id", "subject_id"]
    )
    for function in (KEEP, REQUEST, SETTLE, RELEASE, SHRED):
        op.execute(function)
    execute(GRANTS)


def downgrade() -> None:
    op.drop_index(op.f("ix_window_key_group_id_subject_id"), table_name="window_key")
    for name in RENAMED:
        op.execute(
            f"alter table window_key rename constraint {name.format('window_key')}"
            f" to {name.format('subject_key')}"
        )
    op.rename_table("window_key", "subject_key")
    op.add_column("subject_key", sa.Column("use", sa.String(40), server_default="WINDOW"))
    execute(MOVE_BACK)
    op.create_index(
        op.f("ix_subject_key_group_id_subject_id_use"),
        "subject_key",
        ["group_id", "subject_id", "use"],
    )
    op.execute("drop schema vault cascade")
