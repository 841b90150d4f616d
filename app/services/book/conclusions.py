"""What a rule concludes, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.engine.describe import plain
from app.engine.rules import Conclusion
from app.knowledge.conclusions import (
    Cause,
    Contradiction,
    Feature,
    Flag,
    Interim,
    Label,
    NextStep,
    Note,
    Prognosis,
    Verdict,
)
from app.services.book.markdown import sentence, text


def concluded(conclusion: Conclusion) -> list[str]:
    """The conclusion as lines: what it is first, then what it says."""
    lines: list[str] = IN_WORDS[type(conclusion)](conclusion)
    return lines


def _flag(flag: Flag) -> list[str]:
    when = _within(flag.within_days)
    lines = [f"Flag **{flag.code}**, tier **{plain(flag.tier)}**, {when}", sentence(flag.first_action)]
    return [*lines, "The answer calls the timing atypical."] if flag.atypical_timing else lines


def _verdict(verdict: Verdict) -> list[str]:
    return [f"Verdict **{plain(verdict.status)}**", sentence(verdict.says)]


def _note(note: Note) -> list[str]:
    return [f"Note **{plain(note.code)}**", sentence(note.says)]


def _prognosis(prognosis: Prognosis) -> list[str]:
    status, confidence = plain(prognosis.status), plain(prognosis.confidence)
    return [f"Prognosis **{status}**, confidence {confidence}", sentence(prognosis.says)]


def _cause(cause: Cause) -> list[str]:
    lines = [f"Cause **{plain(cause.condition)}**: **{plain(cause.grade)}**"]
    if cause.base_rate_low is not None and cause.base_rate_high is not None:
        low, high = (f"{rate * 100:g}" for rate in (cause.base_rate_low, cause.base_rate_high))
        lines.append(f"Base rate in the first source: {low} to {high} %")
    return [*lines, sentence(cause.says)] if cause.says else lines


def _feature(feature: Feature) -> list[str]:
    side = "neither for nor against" if feature.speaks == "neutral" else f"**{feature.speaks}**"
    return [f"Speaks {side}: {plain(feature.cause)}", sentence(feature.says)]


def _label(label: Label) -> list[str]:
    called = f" (also: {text('; '.join(label.synonyms))})" if label.synonyms else ""
    return [f"Label **{text(label.term)}**{called}", sentence(label.says)]


def _next_step(step: NextStep) -> list[str]:
    due = "on the day the clinician chooses" if step.within_days is None else _within(step.within_days)
    from_day = f", not before `{step.not_before}`" if step.not_before else ""
    return [f"Next step, {plain(step.urgency)}, {due}{from_day}", sentence(step.action)]


def _contradiction(contradiction: Contradiction) -> list[str]:
    between = ", ".join(map(plain, contradiction.facts))
    return [f"Contradiction **{plain(contradiction.code)}** between: {between}", sentence(contradiction.says)]


def _interim(interim: Interim) -> list[str]:
    certain = f", confidence {plain(interim.confidence)}" if interim.confidence else ""
    return [f"**{plain(interim.says)}**{certain}"]


def _within(days: int) -> str:
    return "today" if days == 0 else f"within {days} days"


IN_WORDS: dict[type[Conclusion], Callable[[Any], list[str]]] = {
    Flag: _flag,
    Verdict: _verdict,
    Note: _note,
    Prognosis: _prognosis,
    Cause: _cause,
    Feature: _feature,
    Label: _label,
    NextStep: _next_step,
    Interim: _interim,
    Contradiction: _contradiction,
}
