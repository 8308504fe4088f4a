"""Keys: the provider's root wraps the group's key, which wraps two keys of each person."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from .container import OVERHEAD, Key, Place, new_key, seal, unseal
from .models import GroupKey, KeyUse, SubjectKey, SystemKey

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.kernel.work import Work

MOST_GROUPS, MOST_WINDOWS = 1024, 16_384
ID, SECRET = 16, 32  # bytes
WRAPPED_KEY: Final = OVERHEAD + SECRET
"""The length of a person's key under that of the group."""
K = TypeVar("K", GroupKey, SubjectKey)


class KeyProvider(Protocol):
    """Whoever holds the root key: a file, an environment, a key management service."""

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap a key under the root, bound to a context."""
        ...

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap what `wrap` made, for the same context only."""
        ...


@dataclass(slots=True)
class Keyring:
    """The unwrapped keys of the groups that this process serves.

    Of people's keys only those of windows are kept, which open masked forms and nothing else. They
    are found by group, person and what they came wrapped in: once its row is erased, nothing leads
    to them.
    """

    provider: KeyProvider
    groups: dict[UUID, Key] = field(default_factory=dict, repr=False)
    windows: OrderedDict[bytes, Key] = field(default_factory=OrderedDict, repr=False)

    async def of_group(self, session: AsyncSession, group_id: UUID) -> Key:
        """Take the key of a group, unwrapping it the first time."""
        known = self.groups.get(group_id)
        if known is None:
            row = (
                await session.scalars(
                    select(GroupKey).where(
                        GroupKey.group_id == group_id, GroupKey.retired_at.is_(None)
                    )
                )
            ).one()
            secret = await self.provider.unwrap(row.wrapped, _group_context(group_id, row.kid))
            known = self._keep(group_id, Key(row.kid, secret))
        return known

    async def found_group(self, work: Work) -> None:
        """Make the key of a new group."""
        group_id = work.actor.group_id
        key = new_key()
        wrapped = await self.provider.wrap(key.secret, _group_context(group_id, key.kid))
        self._keep(group_id, key)
        work.store.put(_placed(work, GroupKey(tenant_id=group_id, kid=key.kid, wrapped=wrapped)))

    async def of_system(self, session: AsyncSession, name: str) -> bytes:
        """Take a key of the installation by name, making it the first time anyone asks.

        Of two who ask first at once, one waits for the other's key.
        """
        row = await session.get(SystemKey, name)
        if row is None:
            wrapped = await self.provider.wrap(new_key().secret, name.encode())
            await session.execute(
                insert(SystemKey).values(name=name, wrapped=wrapped).on_conflict_do_nothing()
            )
            row = await session.get_one(SystemKey, name)
        return await self.provider.unwrap(row.wrapped, name.encode())

    async def of_subjects(
        self, work: Work, subjects: Collection[tuple[UUID, UUID]], *, use: KeyUse
    ) -> dict[UUID, Key]:
        """Take the keys of people, given with their tenants, making those that do not exist yet."""
        group = await self.of_group(work.session, work.actor.group_id)
        found = {
            row.subject_id: unwrap_subject_key(group, row)
            for row in await work.rows(
                SubjectKey,
                SubjectKey.subject_id.in_([subject for subject, _ in subjects]),
                SubjectKey.use == use,
            )
        }
        for subject, tenant in sorted(subjects):
            if subject not in found:
                found[subject] = _make_subject_key(work, group, subject, tenant, use)
        return found

    def of_window(self, group: Key, held: bytes, *, group_id: UUID) -> Key:
        """Take the key of a person's masked forms, unwrapping it the first time.

        It is held as it came with a cell: the person's id, then the key under that of the group.
        """
        name = group_id.bytes + held
        known = self.windows.get(name)
        if known is None:
            place = subject_place(group_id, UUID(bytes=held[:ID]))
            secret = unseal(group, held[ID:], place=place, label=KeyUse.WINDOW.value)
            known = self.windows[name] = Key(b"", secret)  # opens, and seals nothing: needs no id
            if len(self.windows) > MOST_WINDOWS:
                self.windows.popitem(last=False)
        else:
            self.windows.move_to_end(name)
        return known

    def _keep(self, group_id: UUID, key: Key) -> Key:
        if len(self.groups) >= MOST_GROUPS:
            self.groups.pop(next(iter(self.groups)))
        self.groups[group_id] = key
        return key


def subject_place(group_id: UUID, subject: UUID) -> Place:
    """Where the wrapped key of a person lies, for its authenticated context."""
    return Place(
        group=group_id, table="subject_key", column="wrapped", row=subject, subject=subject
    )


def unwrap_subject_key(group: Key, row: SubjectKey) -> Key:
    """Unwrap a person's key with the key of the group."""
    place = subject_place(row.group_id, row.subject_id)
    return Key(row.kid, unseal(group, row.wrapped, place=place, label=row.use.value))


def _make_subject_key(work: Work, group: Key, subject: UUID, tenant: UUID, use: KeyUse) -> Key:
    key = new_key()
    place = subject_place(work.actor.group_id, subject)
    wrapped = seal(group, key.secret, place=place, label=use.value)
    row = SubjectKey(tenant_id=tenant, subject_id=subject, use=use, kid=key.kid, wrapped=wrapped)
    work.store.put(_placed(work, row))
    return key


def _placed(work: Work, row: K) -> K:
    row.group_id, row.id, row.created_at = work.actor.group_id, work.new_id(), work.now
    return row


def _group_context(group_id: UUID, kid: bytes) -> bytes:
    return b"group_key|" + group_id.bytes + kid
