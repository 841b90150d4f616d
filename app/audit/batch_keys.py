"""The keys that a batch is sealed with; none is made for what will not be stored.

A key is made and committed before its record, and no leaf tells of it. A request that is refused, or that
is a repetition, must therefore make none: its subject may be one that was erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select

from app.audit.append import Keys
from app.audit.connected import act_for
from app.audit.database import Database
from app.audit.prepare import Prepared
from app.audit.subject_keys import Owner, SubjectKeys
from app.audit.tables import entry


class BatchKeys:
    """Finds the keys of subjects, and makes those of new ones."""

    def __init__(self, database: Database, subject_keys: SubjectKeys) -> None:
        self._reader = database.reader
        self._subject_keys = subject_keys

    def of(self, entries: Sequence[Prepared]) -> Keys:
        """The key of each subject that something can be stored of, committed; none where it was damaged.

        What was stored before stays stored: behind the lock it is found again, and needs no key.
        Raises the errors of SQLAlchemy, and KeyReplaced.
        """
        wanted = set(_owners(entries))
        if not wanted:
            return {}
        known = self._subject_keys.known(wanted)
        keys = {owner: key for owner, key in known.items() if key is not None}
        if missing := wanted - known.keys():
            keys |= self._subject_keys.keys_for(missing & set(_owners(self._new(entries))))
        return keys

    def _new(self, entries: Sequence[Prepared]) -> Iterator[Prepared]:
        """The first under each idempotency key that was not used before, and whatever has none."""
        tenant_of = attrgetter("tenant")
        for tenant, group in groupby(sorted(entries, key=tenant_of), key=tenant_of):
            mine = list(group)
            tagged = {each.idempotency_tag: each for each in reversed(mine) if each.idempotency_tag}
            used = self._used(tenant, list(tagged))
            yield from (each for each in mine if not each.idempotency_tag)
            yield from (each for tag, each in tagged.items() if tag not in used)

    def _used(self, tenant: str, tags: Sequence[bytes | None]) -> set[bytes | None]:
        if not tags:
            return set()
        asked = select(entry.c.idempotency_tag).where(
            entry.c.tenant == tenant, entry.c.idempotency_tag.in_(tags)
        )
        with self._reader.connect() as connection:  # the recorder has to see the errors of SQLAlchemy
            act_for(connection, tenant)
            return set(connection.scalars(asked))


def _owners(entries: Iterable[Prepared]) -> Iterator[Owner]:
    return ((each.tenant, each.subject) for each in entries if each.subject is not None)
