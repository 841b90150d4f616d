"""The tables of the record; the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
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
    Column("stored_at", UtcDateTime, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("subject", String(64), nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("tier", String(32), nullable=False),
    Column("worst_not_excluded", String(32), nullable=False),
    Column("ruleset_digest", String(80), ForeignKey(ruleset.c.digest), nullable=False),
    Column("engine_version", String(32), nullable=False),
    Column("case_json", LargeBinary, nullable=False),
    Column("facts_json", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("truths", LargeBinary, nullable=False),
    Column("idempotency_key", String(128), nullable=True, unique=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Index(None, "subject", "created_at", "id"),
    Index(None, "created_at", "id"),
)

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
