"""The contents of entries, with the secrets: can each be opened, and do the tags beside it belong to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from sqlalchemy import select, type_coerce
from sqlalchemy.types import NULLTYPE

from app.audit.content import record_of
from app.audit.database import Database
from app.audit.errors import RecordDamaged, Unsealable
from app.audit.key_tables import subject_key
from app.audit.meta import UNREADABLE, Members, columns_of
from app.audit.records import Record
from app.audit.sealing import Sealed, SubjectKey, unseal
from app.audit.vault import Vault
from app.audit.whole.rows import CONTENT, INDEX, Some, Values
from app.audit.wrapping import Place, unwrap, wrapping_id

Held = tuple[str, str]
"""A tenant, and a key of its subjects in hexadecimal."""
GONE = "the key of its subject is gone, and no leaf says that it was erased"
STILL_THERE = "its subject was erased, and the key is still there: repeat the erasure"
NOT_OPENED = "the content cannot be opened"


class Contents:
    """Opens what is sealed, some entries at a time."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def flaws(self, tenant: str, some: Some, erased: Mapping[str, int]) -> Iterator[tuple[int, str]]:
        """The index and the flaw of each entry that is wrong. *erased* has the leaf for each erased key."""
        sealed = [(row, members) for row, members in some if members is not None and "key" in members]
        keys = self._vault.subject_keys.keys(tenant, set(filter(None, map(_key_of, sealed))))
        tagged: dict[tuple[str, UUID], bool] = {}
        for row, members in sealed:
            for what in self._flaws_of(tenant, row, members, keys, erased, tagged):
                yield row[INDEX], what

    def _flaws_of(
        self,
        tenant: str,
        row: Values,
        members: Members,
        keys: Mapping[UUID, SubjectKey],
        erased: Mapping[str, int],
        tagged: dict[tuple[str, UUID], bool],
    ) -> Iterator[str]:
        key_id = _key_of((row, members))
        if key_id is None:
            return  # told of the leaf already
        if (key := keys.get(key_id)) is None:
            if erased.get(key_id.hex, -1) < row[INDEX]:
                yield GONE
            return
        if key_id.hex in erased:
            yield STILL_THERE
        try:
            sealed = Sealed(row[CONTENT], bytes.fromhex(members["commitment"]))
            record = record_of(unseal(key, tenant, UUID(members["id"]), sealed))
            fits = _fits(members, record)
        except (RecordDamaged, Unsealable, *UNREADABLE):
            yield NOT_OPENED
            return
        if not fits:
            yield "the leaf does not tell of this content"
        if not self._is_tagged(tenant, record.subject, key_id, tagged):
            yield "the key of its subject is not found by its subject"

    def _is_tagged(
        self, tenant: str, subject: str, key_id: UUID, known: dict[tuple[str, UUID], bool]
    ) -> bool:
        if (subject, key_id) not in known:
            known[subject, key_id] = key_id in self._vault.subject_keys.key_ids_of(tenant, subject)
        return known[subject, key_id]


def flaws_of_keys(
    database: Database, vault: Vault, tenant: str | None, held: Collection[Held]
) -> Iterator[tuple[str, str]]:
    """The tenant and the flaw of each stored key that these secrets do not open, or that is held wrongly.

    *held* are the keys under a legal hold, as the leaves say.
    """
    place = (subject_key.c.tenant, subject_key.c.subject_tag, subject_key.c.key_id)
    columns = (*place, subject_key.c.wrapped, subject_key.c.wrapped_by)
    asked = select(*columns, type_coerce(subject_key.c.held, NULLTYPE))
    if tenant is not None:
        asked = asked.where(subject_key.c.tenant == tenant)
    made_with = wrapping_id(vault.secrets)
    with (
        database.reader.connect() as connection,
        connection.execute(asked, execution_options={"yield_per": 1000}) as result,
    ):
        for owner, tag, key_id, wrapped, wrapped_by, on_hold in result:
            whole = isinstance(owner, str) and isinstance(wrapped, bytes)
            if not whole or unwrap(vault.secrets.master, Place(owner, tag, key_id), wrapped) is None:
                yield str(owner), "a key of a subject was altered, or wrapped for another subject"
            elif wrapped_by != made_with:
                yield owner, "a key of a subject names other secrets than these"
            if on_hold != ((owner, key_id.hex) in held):  # 0 and 1, or false and true, but no other number
                yield str(owner), "the legal hold on a key is not what its log says: repeat it, or end it"


def _fits(members: Members, record: Record) -> bool:
    columns = columns_of(members)
    return all(
        (
            columns["id"] == record.id,
            columns["at"] == record.created_at,
            columns["assessed_on"] == record.assessed_on,
            columns["ruleset_digest"] == record.ruleset_digest,
            columns["corrects"] == record.corrects,
        )
    )


def _key_of(entry: tuple[Values, Members]) -> UUID | None:
    try:
        return UUID(entry[1]["key"])
    except UNREADABLE:
        return None
