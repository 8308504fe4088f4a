"""Keys: the provider's root wraps the group's key, which wraps two keys of each person."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from .ciphers import Algorithm
from .container import OVERHEAD, Key, Place, new_key, unseal, wrap_key
from .held import HeldKeys, Wrapped, context_of, proof_of
from .models import GroupKey, KeyUse, SystemKey, WindowKey
from .providing import KmsUnavailable, NotUnwrapped, OutOfReach
from .vault import keep_boxes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from sqlalchemy.ext.asyncio import AsyncSession

    from domain.kernel.work import Work

    from .providing import KeyProvider
    from .vault import HeldKey

MOST_WINDOWS: Final = 16_384
WAIT: Final = 3.0  # seconds for one answer of the provider
ID, SECRET = 16, 32  # bytes
WRAPPED_KEY: Final = OVERHEAD + SECRET
"""The length of a person's key under that of the group, whichever cipher it is for."""
K = TypeVar("K", GroupKey, WindowKey)


@dataclass(slots=True)
class Keyring:
    """The unwrapped keys of the groups that this process serves.

    Of people's keys only those of windows are kept, which open masked forms and nothing else. They
    are found by group, person and what they came wrapped in: once its row is erased, nothing leads
    to them. Keys of the installation are kept as long as the process: without them nobody could be
    told from anybody.
    """

    provider: KeyProvider
    wait: float = WAIT
    groups: HeldKeys = field(init=False, repr=False)
    system: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    windows: OrderedDict[bytes, Key] = field(default_factory=OrderedDict, repr=False)

    def __post_init__(self) -> None:
        self.groups = HeldKeys(self.provider, self.wait)

    async def of_group(self, session: AsyncSession, group_id: UUID) -> Key:
        """Take the key of a group, unwrapping it the first time."""
        young = self.groups.young(group_id)
        if young is not None:
            return young
        row = (
            await session.scalars(
                select(GroupKey).where(GroupKey.group_id == group_id, GroupKey.retired_at.is_(None))
            )
        ).one()
        return await self.groups.take(Wrapped.of(row))

    async def found_group(
        self, work: Work, *, algorithm: Algorithm = Algorithm.AES_256_GCM
    ) -> None:
        """Make the key of a new group."""
        group_id = work.actor.group_id
        key = new_key(algorithm)
        context = context_of(group_id, key.kid)
        row = GroupKey(
            tenant_id=group_id,
            kid=key.kid,
            algorithm=algorithm,
            wrapped=await self._answered(self.provider.wrap(bytes(key.secret), context)),
            proof=proof_of(key, group_id),
        )
        work.store.put(_placed(work, row))
        self.groups.keep(key, Wrapped.of(row))

    async def of_system(self, session: AsyncSession, name: str) -> bytes:
        """Take a key of the installation by name, making it the first time anyone asks.

        Of two who ask first at once, one waits for the other's key.
        """
        row = await session.get(SystemKey, name)
        if row is None:
            fresh = os.urandom(SECRET)  # of a Key nobody holds the bytes would be wiped already
            wrapped = await self._answered(self.provider.wrap(fresh, name.encode()))
            await session.execute(
                insert(SystemKey).values(name=name, wrapped=wrapped).on_conflict_do_nothing()
            )
            row = await session.get_one(SystemKey, name)
        return await self.learn(name, row.wrapped)

    async def learn(self, name: str, wrapped: bytes) -> bytes:
        """Take a key of the installation out of what it is wrapped in, asking for it once."""
        known = self.system.get(wrapped)
        if known is None:
            known = await self._answered(self.provider.unwrap(wrapped, name.encode()))
            self.system[wrapped] = known
        return known

    async def finished(self) -> None:
        """Wait until nothing is being asked of the provider any more."""
        await self.groups.finished()

    async def of_windows(
        self, work: Work, subjects: Collection[tuple[UUID, UUID]]
    ) -> dict[UUID, Key]:
        """Take the keys of people's windows, given with their tenants, making what is missing."""
        group_id = work.actor.group_id
        group = await self.of_group(work.session, group_id)
        found = {
            row.subject_id: unwrap_window(group, row)
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
        made = {subject: new_key(group.algorithm) for subject in sorted(subjects)}
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

    async def _answered(self, asked: Awaitable[bytes]) -> bytes:
        """Wait for the provider, as long as one waits."""
        try:
            async with asyncio.timeout(self.wait):
                return await asked
        except (OutOfReach, NotUnwrapped, TimeoutError) as failure:
            raise KmsUnavailable from failure


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


def unwrap_window(group: Key, row: WindowKey) -> Key:
    """Unwrap the key of a person's masked forms."""
    return unwrap_subject_key(
        group,
        row.wrapped,
        kid=row.kid,
        group_id=row.group_id,
        subject=row.subject_id,
        use=KeyUse.WINDOW,
    )


def unwrap_box(group: Key, held: HeldKey, *, group_id: UUID) -> Key:
    """Unwrap what the vault released."""
    return unwrap_subject_key(
        group, held.wrapped, kid=held.kid, group_id=group_id, subject=held.subject, use=KeyUse.BOX
    )


def wrap_subject_key(group: Key, key: Key, *, group_id: UUID, subject: UUID, use: KeyUse) -> bytes:
    """Wrap a person's key under that of the group, for this person and use only."""
    return wrap_key(group, key, place=subject_place(group_id, subject), label=use.value)


def _make_window_key(work: Work, group: Key, subject: UUID, tenant: UUID) -> Key:
    key, group_id = new_key(group.algorithm), work.actor.group_id
    wrapped = wrap_subject_key(group, key, group_id=group_id, subject=subject, use=KeyUse.WINDOW)
    row = WindowKey(tenant_id=tenant, subject_id=subject, kid=key.kid, wrapped=wrapped)
    work.store.put(_placed(work, row))
    return key


def _placed(work: Work, row: K) -> K:
    row.group_id, row.id, row.created_at = work.actor.group_id, work.new_id(), work.now
    return row
