"""Search: the question in the archive's words, the page as JSON, and the opaque cursor between pages."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from pydantic_core import to_json

from app.api.problems import INVALID_REQUEST, InputError, RequestRefused
from app.api.record_answers import SearchRequest
from app.audit.archive import Cursor, Page, Search


def question_of(request: SearchRequest) -> Search:
    """The same question in the archive's words."""
    return Search(
        subject=request.subject,
        assessed_from=request.assessed_from,
        assessed_to=request.assessed_to,
        verdict=request.verdict,
        tier=request.tier,
    )


def page_answer(page: Page) -> bytes:
    """The page as JSON."""
    return to_json({"items": page.records, "next_cursor": write_cursor(page.after) if page.after else None})


def write_cursor(place: Cursor) -> str:
    """The place as opaque text."""
    return urlsafe_b64encode(f"{place.created_at.isoformat()} {place.id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The place that ``write_cursor`` wrote; anything else is refused."""
    try:
        padded = text + "=" * (-len(text) % 4)
        created_at, record_id = urlsafe_b64decode(padded).decode("ascii").split(" ")
        place = Cursor(datetime.fromisoformat(created_at), UUID(record_id))
    except (ValueError, binascii.Error) as error:
        raise _refused() from error
    if place.created_at.utcoffset() != timedelta(0) or write_cursor(place) != text:
        raise _refused()
    return place


def _refused() -> RequestRefused:
    return RequestRefused(INVALID_REQUEST, (InputError.of("/cursor", "cursor"),))
