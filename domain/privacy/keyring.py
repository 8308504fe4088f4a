"""Keys: the provider's root wraps the group's key, which wraps two keys of each person."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from .container import OVERHEAD, Key, Place, new_key, seal, unseal
from .models import GroupKey, KeyUse, SystemKey, WindowKey
from .vault import keep_boxes

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.kernel.work import Work

    from .vault import HeldKey

MOST_GROUPS, MOST_WINDOWS = 1024, 16_384
ID, SECRET = 16, 32  # bytes
WRAPPED_KEY: Final = OVERHEAD + SECRET
"""The length of a person's key under that of the group."""
K = TypeVar("K", GroupKey, WindowKey)


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

    async def of_windows(
        self, work: Work, subjects: Collection[tuple[UUID, UUID]]
    ) -> dict[UUID, Key]:
        """Take the keys of people's windows, given with their tenants, making what is missing."""
        group_id = work.actor.group_id
        group = await self.of_group(work.session, group_id)
        found = {
            row.subject_id: unwrap_subject_key(
                group,
                row.wrapped,
                kid=row.kid,
                group_id=group_id,
                subject=row.subject_id,
                use=KeyUse.WINDOW,
            )
            for row in await work.rows(
                WindowKey, WindowKey.subject_id.in_([subject for subject, _ in subjects])
            )
        }
        for subject, tenant in sorted(subjects):
            if subject not in found:
                found[subject] = _make_window_key(work, group, subject, tenant)
        return found

    async def new_boxes(self, work: Work, subjects: Collection[UUID]) -> dict[UUID, Key]:
        """Make keys for the boxes that are about to be written, and put them into the vault.

        Nothing comes out of there without an audited act, so each writing seals under new ones.
        """
        group_id = work.actor.group_id
        group = await self.of_group(work.session, group_id)
        made = {subject: new_key() for subject in sorted(subjects)}
        wrapped = [
            wrap_subject_key(group, key, group_id=group_id, subject=subject, use=KeyUse.BOX)
            for subject, key in made.items()
        ]
        await keep_boxes(work.store.driver, list(made), [key.kid for key in made.values()], wrapped)
        return made

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
    """Whose key it is, for the authenticated context of what it is wrapped in."""
    return Place(
        group=group_id, table="subject_key", column="wrapped", row=subject, subject=subject
    )


def unwrap_subject_key(
    group: Key,
    wrapped: bytes,
    *,
    kid: bytes,
    group_id: UUID,
    subject: UUID,
    use: KeyUse,
) -> Key:
    """Unwrap a person's key with the key of the group."""
    place = subject_place(group_id, subject)
    return Key(kid, unseal(group, wrapped, place=place, label=use.value))


def unwrap_box(group: Key, held: HeldKey, *, group_id: UUID) -> Key:
    """Unwrap what the vault released."""
    return unwrap_subject_key(
        group, held.wrapped, kid=held.kid, group_id=group_id, subject=held.subject, use=KeyUse.BOX
    )


def wrap_subject_key(group: Key, key: Key, *, group_id: UUID, subject: UUID, use: KeyUse) -> bytes:
    """Wrap a person's key under that of the group, for this person and use only."""
    return seal(group, key.secret, place=subject_place(group_id, subject), label=use.value)


def _make_window_key(work: Work, group: Key, subject: UUID, tenant: UUID) -> Key:
    key, group_id = new_key(), work.actor.group_id
    wrapped = wrap_subject_key(group, key, group_id=group_id, subject=subject, use=KeyUse.WINDOW)
    row = WindowKey(tenant_id=tenant, subject_id=subject, kid=key.kid, wrapped=wrapped)
    work.store.put(_placed(work, row))
    return key


def _placed(work: Work, row: K) -> K:
    row.group_id, row.id, row.created_at = work.actor.group_id, work.new_id(), work.now
    return row


def _group_context(group_id: UUID, kid: bytes) -> bytes:
    return b"group_key|" + group_id.bytes + kid
