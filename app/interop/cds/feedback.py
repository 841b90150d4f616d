"""What a clinician did with cards, as the EHR tells it. Ids and known codes are taken, and no free text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.interop.cds.cards import REASON_SYSTEM, REASONS
from app.interop.cds.request import UUID_TEXT, Flaw, NotACall

MOST_TOLD = 100
MOST_SUGGESTIONS = 20
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{2,18}(Z|[+-][0-9]{2}:[0-9]{2})")
"""What else Python reads as ISO 8601 can look like a moment with a zone, and have none: 2026-11-22-05:00."""
OUTCOMES = ("accepted", "overridden")
OTHER_REASON = "other"
"""What stands for a reason that is not ours: the code of another system could be a name."""


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to one card: when, and what is kept of it."""

    card: UUID
    at: datetime
    detail: Mapping[str, str | int]

    @property
    def key(self) -> str:
        """The same for every repetition, and for nothing else that is kept."""
        kept = (f"{name}={value}" for name, value in sorted(self.detail.items()))
        return " ".join((str(self.card), *kept))


def read_feedback(document: Any) -> tuple[Told, ...]:
    """All that a document tells. Raises NotACall with everything that is wrong: then nothing is taken."""
    if not isinstance(document, dict):
        raise NotACall((Flaw("", "model_type"),))
    told = document.get("feedback")
    if not isinstance(told, list):
        raise NotACall((Flaw("/feedback", "missing" if told is None else "list_type"),))
    if len(told) > MOST_TOLD:
        raise NotACall((Flaw("/feedback", "too_long"),))
    flaws = [flaw for place, each in enumerate(told) for flaw in _flaws(f"/feedback/{place}", each)]
    if flaws:
        raise NotACall(tuple(flaws))
    return tuple(_told(each) for each in told)


def _flaws(place: str, entry: Any) -> Iterator[Flaw]:
    if not isinstance(entry, dict):
        yield Flaw(place, "model_type")
        return
    yield from _flaw_of_uuid(f"{place}/card", entry.get("card"))
    outcome, at = entry.get("outcome"), entry.get("outcomeTimestamp")
    if outcome not in OUTCOMES:
        yield Flaw(f"{place}/outcome", "missing" if outcome is None else "literal_error")
    if not _is_moment(at):
        yield Flaw(f"{place}/outcomeTimestamp", "missing" if at is None else "datetime_parsing")
    yield from _flaws_of_suggestions(f"{place}/acceptedSuggestions", entry)
    yield from _flaws_of_reason(f"{place}/overrideReason", entry.get("overrideReason"))


def _flaws_of_suggestions(place: str, entry: Mapping[str, Any]) -> Iterator[Flaw]:
    accepted = entry.get("acceptedSuggestions")
    if accepted is None:
        if entry.get("outcome") == "accepted":
            yield Flaw(place, "missing")
    elif not isinstance(accepted, list):
        yield Flaw(place, "list_type")
    elif not 0 < len(accepted) <= MOST_SUGGESTIONS:
        yield Flaw(place, "too_long" if accepted else "too_short")
    else:
        for number, each in enumerate(accepted):
            if isinstance(each, dict):
                yield from _flaw_of_uuid(f"{place}/{number}/id", each.get("id"))
            else:
                yield Flaw(f"{place}/{number}", "model_type")


def _flaws_of_reason(place: str, reason: Any) -> Iterator[Flaw]:
    if reason is None:
        return
    if not isinstance(reason, dict):
        yield Flaw(place, "model_type")
    elif reason.get("reason") is None and reason.get("userComment") is None:
        yield Flaw(place, "missing")


def _flaw_of_uuid(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, str) or not UUID_TEXT.fullmatch(value):
        yield Flaw(place, "missing" if value is None else "uuid_parsing")


def _told(entry: Mapping[str, Any]) -> Told:
    at = datetime.fromisoformat(entry["outcomeTimestamp"]).astimezone(UTC)
    override = entry.get("overrideReason") or {}
    detail: dict[str, str | int] = {"what": entry["outcome"], "happened": at.isoformat()}
    if accepted := entry.get("acceptedSuggestions"):
        detail["suggestions"] = ",".join(sorted({str(UUID(each["id"])) for each in accepted}))
    if override.get("reason") is not None:
        detail["reason"] = _known_reason(override["reason"])
    if override.get("userComment") is not None:
        detail["commented"] = 1
    return Told(UUID(entry["card"]), at, detail)


def _known_reason(reason: Any) -> str:
    coding = reason if isinstance(reason, dict) else {}
    code, system = coding.get("code"), coding.get("system")
    known = system == REASON_SYSTEM and isinstance(code, str) and code in REASONS
    return str(code) if known else OTHER_REASON


def _is_moment(text: Any) -> bool:
    """Whether it is a moment that names its zone."""
    if not isinstance(text, str) or not MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True
