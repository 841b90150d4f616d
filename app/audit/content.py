"""A record as the bytes that are sealed, and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any, get_type_hints
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from app.audit.errors import RecordDamaged
from app.audit.records import Record
from app.audit.sealing import pack, unpack

PARTS = tuple(name for name, kind in get_type_hints(Record).items() if kind is bytes)
"""The members that are bytes already."""
HEAD = tuple(each.name for each in fields(Record) if each.name not in PARTS)


def content_of(record: Record) -> bytes:
    """All of the record, in one piece."""
    head = to_json({name: getattr(record, name) for name in HEAD})
    return pack({"head": head, **{name: getattr(record, name) for name in PARTS}})


def record_of(content: bytes) -> Record:
    """The record. Raises RecordDamaged where no service wrote the content."""
    parts = dict(unpack(content))
    try:
        return RECORD.validate_python({**HEAD_OF.validate_json(parts.pop("head")), **parts})
    except (ValidationError, KeyError) as error:
        raise RecordDamaged(("content",)) from error


HEAD_OF: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
RECORD: TypeAdapter[Record] = TypeAdapter(Record)
_NAMED = (UUID, date, datetime)  # the types that pydantic finds by name in the annotations of Record
