"""API keys: made once, shown once, kept as a keyed hash under a seal, and looked up anew for every request.

    dcp_<id, 16 hex digits>_<secret, 43 of 0-9A-Za-z: 256 bits>_<CRC-32 of all before, 8 hex digits>

The prefix is for scanners of leaked secrets; the sum refuses a mistyped key without a look into the database.

The seal is an HMAC over every column with a key that is not in the database: whoever can write the database
alone can neither add a key nor give one another tenant, another scope or more time. What it cannot show is an
old copy of a whole row put back, such as that of a key from before it was revoked: the log has both acts, and
another pepper ends every key at once.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
import secrets
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import RowMapping, insert, update

from app.access.caller import Caller
from app.access.errors import AccessMisconfigured, CredentialExpired, CredentialInvalid, KeyUnknown
from app.access.scopes import Scope, known_scopes
from app.audit.connected import connected
from app.audit.database import Database
from app.audit.rows import Reading
from app.audit.tables import api_key

PREFIX = "dcp_"
FORM = re.compile(r"(dcp_([0-9a-f]{16})_[0-9A-Za-z]{43})_([0-9a-f]{8})", re.ASCII)
ALPHABET = string.digits + string.ascii_letters
SECRET_LENGTH = 43
"""62 to the power of 43 is a little more than 2 to the power of 256."""
PEPPER_BYTES = 32
LONGEST_LABEL = 100

Found = Caller | type[CredentialInvalid] | type[CredentialExpired]
"""Who calls, or the kind of error that says why nobody does."""

log = logging.getLogger("decompass.access")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key as it is kept; without its secret, which nobody has but its owner."""

    key_id: str
    tenant: str
    label: str
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """`revoked`, `expired` or `active`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "active"

    @property
    def caller(self) -> Caller:
        """Who calls with this key."""
        return Caller(self.tenant, f"key:{self.key_id}", self.scopes)


class ApiKeys:
    """The API keys of one database, under one pepper."""

    def __init__(self, database: Database, pepper: bytes, clock: Callable[[], datetime]) -> None:
        if len(pepper) < PEPPER_BYTES:
            raise AccessMisconfigured(f"The pepper of the API keys needs {PEPPER_BYTES} random bytes.")
        self._reader, self._writer = database.reader, database.writer
        self._hash_key = hmac.digest(pepper, b"decompass api key: secret", "sha256")
        self._seal_key = hmac.digest(pepper, b"decompass api key: seal", "sha256")
        self._clock = clock
        self._reading = Reading(api_key.c, database.reader.dialect)

    def create(
        self, tenant: str, scopes: Iterable[Scope], label: str, valid_for: timedelta
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which is never seen again. Raises StoreUnavailable."""
        now = self._clock().astimezone(UTC)
        key = ApiKey(
            secrets.token_hex(8), tenant, label[:LONGEST_LABEL], frozenset(scopes), now, now + valid_for, None
        )
        text = _text(key.key_id)
        row = _columns(key) | {"secret_hash": self._hashed(text)}
        with connected(self._writer) as connection, connection.begin():
            connection.execute(insert(api_key).values(**row, seal=self._seal(row)))
        return key, text

    def listed(self) -> list[tuple[str, ApiKey | None]]:
        """Every key by its id, the oldest first; None for one that was altered. Raises StoreUnavailable."""
        query = self._reading.query().order_by(api_key.c.made_at, api_key.c.key_id)
        with connected(self._reader) as connection:
            rows = connection.execute(query).mappings().all()
        return [(str(row["key_id"]), self._sound(row)) for row in rows]

    def require_known_pepper(self) -> None:
        """Refuse a pepper under which every key that is there would be refused.

        Raises AccessMisconfigured, StoreUnavailable.
        """
        with connected(self._reader) as connection:
            rows = connection.execute(self._reading.query()).mappings().all()
        if rows and not any(self._is_sealed(row) for row in rows):
            raise AccessMisconfigured(
                "None of the API keys was made with this pepper, and every one would be refused: bring back "
                "the pepper that they were made with, or make a new key with `decompass keys create`."
            )

    def revoke(self, key_id: str) -> ApiKey | None:
        """From its commit on the key opens nothing, in no process; None for one whose row was altered.

        Raises KeyUnknown, StoreUnavailable.
        """
        at_this_key = api_key.c.key_id == key_id
        with connected(self._writer) as connection, connection.begin():
            found = connection.execute(self._reading.query().where(at_this_key)).mappings().first()
            if found is None:
                raise KeyUnknown("There is no such key; `decompass keys list` shows them.")
            row = dict(self._reading.row(found).values)
            key = self._sound(found)
            if key is None or key.revoked_at is not None:
                return key  # an altered key opens nothing, and a seal would only make it look right
            row["revoked_at"] = self._clock().astimezone(UTC)
            changed = {"revoked_at": row["revoked_at"], "seal": self._seal(row)}
            connection.execute(update(api_key).where(at_this_key).values(**changed))
        return replace(key, revoked_at=row["revoked_at"])

    def callers(self, texts: Iterable[str]) -> dict[str, Found]:
        """Who calls with each of these keys, by one look into the database. Raises StoreUnavailable.

        Nothing is cached: a key that was revoked is refused by every process from the next look on.
        """
        ids = {text: key_id for text in texts if (key_id := key_id_in(text)) is not None}
        rows = self._rows(set(ids.values())) if ids else {}
        return {text: self._found(rows.get(ids.get(text, "")), text) for text in texts}

    def _rows(self, key_ids: set[str]) -> dict[str, RowMapping]:
        query = self._reading.query().where(api_key.c.key_id.in_(key_ids))
        with connected(self._reader) as connection:
            return {str(row["key_id"]): row for row in connection.execute(query).mappings()}

    def _found(self, row: RowMapping | None, text: str) -> Found:
        if row is None or not self._has_secret(row, text) or (key := self._sound(row)) is None:
            return CredentialInvalid
        match key.state(self._clock()):
            case "revoked":
                return CredentialInvalid
            case "expired":
                return CredentialExpired
        return key.caller

    def _has_secret(self, found: RowMapping, text: str) -> bool:
        kept = self._reading.row(found).values.get("secret_hash", b"")
        return hmac.compare_digest(kept, self._hashed(text))

    def _sound(self, found: RowMapping) -> ApiKey | None:
        row = self._reading.row(found)
        if not self._is_sealed(found):
            log.error("the row of an API key was altered in the database; the key is refused")
            return None
        columns = {name: row.values[name] for name in ApiKey.__slots__}
        return ApiKey(**columns | {"scopes": known_scopes(columns["scopes"].split())})

    def _is_sealed(self, found: RowMapping) -> bool:
        row = self._reading.row(found)
        return not row.damaged and hmac.compare_digest(row.values["seal"], self._seal(row.values))

    def _hashed(self, text: str) -> bytes:
        # No slow hash: nobody guesses 256 random bits. Keyed, so that a copy of the database proves no key.
        return hmac.digest(self._hash_key, text.encode(), "sha256")

    def _seal(self, row: Mapping[str, Any]) -> bytes:
        sealed = [_sealed(row[column.name]) for column in api_key.c if column is not api_key.c.seal]
        return hmac.digest(self._seal_key, json.dumps(sealed).encode(), "sha256")


def key_id_in(text: str) -> str | None:
    """The id in the text of a key; None for what is mistyped or no key at all."""
    match = FORM.fullmatch(text)
    if match is None or f"{crc32(match[1].encode()):08x}" != match[3]:
        return None
    return match[2]


def _text(key_id: str) -> str:
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    body = f"{PREFIX}{key_id}_{secret}"
    return f"{body}_{crc32(body.encode()):08x}"


def _columns(key: ApiKey) -> dict[str, Any]:
    columns = {name: getattr(key, name) for name in ApiKey.__slots__}
    return columns | {"scopes": " ".join(sorted(key.scopes))}


def _sealed(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
