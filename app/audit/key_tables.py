"""The one table of the keys of subjects; in a database of its own, which has its own backups."""

from sqlalchemy import Boolean, Column, LargeBinary, MetaData, String, Table, UniqueConstraint, Uuid

from app.audit.tables import metadata as record_metadata

metadata = MetaData(naming_convention=record_metadata.naming_convention)

subject_key = Table(
    "subject_key",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("key_id", Uuid, primary_key=True),
    Column("subject_tag", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("wrapped_by", String(16), nullable=False),
    Column("held", Boolean, nullable=False),
    UniqueConstraint("tenant", "subject_tag"),
)
