"""The tables of the record; the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and always UTC, also where the database forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True
    python_type = datetime

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it could be any of 26."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """SQLite keeps no zone; PostgreSQL answers in the zone of the session."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

ruleset = Table(
    "ruleset",
    metadata,
    Column("digest", String(80), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("json", LargeBinary, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("tenant", String(40), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
)
"""The tree of each tenant: how many leaves, the roots of its complete subtrees, and the signed checkpoint."""

WITH_CONTENT, A_CORRECTION = text("content IS NOT NULL"), text("corrects IS NOT NULL")

entry = Table(
    "entry",
    metadata,
    Column("tenant", String(40), ForeignKey(log_head.c.tenant), primary_key=True),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("meta", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("idempotency_tag", LargeBinary, nullable=True),
    Column("key_id", Uuid, nullable=True),
    Column("content", LargeBinary, nullable=True),
    Column("assessed_on", Date, nullable=True),
    Column("ruleset_digest", String(80), ForeignKey(ruleset.c.digest), nullable=True),
    Column("corrects", Uuid, nullable=True),
    UniqueConstraint("tenant", "id"),
    UniqueConstraint("tenant", "idempotency_tag"),
    Index(None, "tenant", "at", "id", sqlite_where=WITH_CONTENT, postgresql_where=WITH_CONTENT),
    Index(None, "tenant", "key_id", "at", "id", sqlite_where=WITH_CONTENT, postgresql_where=WITH_CONTENT),
    Index(None, "tenant", "corrects", sqlite_where=A_CORRECTION, postgresql_where=A_CORRECTION),
)
"""A leaf of the log, with what it commits to. All but `receipt` stands in `meta`, or a digest of it."""

HAS_CONTENT = entry.c.content.is_not(None)

subtree = Table(
    "subtree",
    metadata,
    Column("tenant", String(40), ForeignKey(log_head.c.tenant), primary_key=True),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
"""Roots of complete subtrees of 256, 65536, ... leaves, so that a proof reads few rows. Can be made anew."""

erased = Table(
    "erased",
    metadata,
    Column("tenant", String(40), ForeignKey(log_head.c.tenant), primary_key=True),
    Column("key_id", Uuid, primary_key=True),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
)
"""The keys of erased subjects, and the leaf that says so: no record is sealed with them any more.

A key may have several rows: whoever can write to the database can put a forged one there first.
"""

log_key = Table(
    "log_key",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("verifier_key", String(300), nullable=False, unique=True),
)
"""The public keys that have signed the logs of this database, the newest last: only that one signs."""

api_key = Table(
    "api_key",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("tenant", String(40), nullable=False),
    Column("label", String(100), nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("seal", LargeBinary, nullable=False),
)

used_token = Table(
    "used_token",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("jti", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "expires_at"),
)
"""Tokens that may be used once; their ids as SHA-256 in hexadecimal: an issuer may put anything there."""
