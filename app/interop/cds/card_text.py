"""The words of a card: those of the answer, in one sentence and in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.interop.notes import SEVERITIES, SIGN, WHICH_OPERATION, Note
from app.interop.paths import RED_FLAGS
from app.interop.recorded import OPEN_GRADES

LONGEST_SUMMARY = 139
LONGEST_LABEL = 100
MOST_QUESTIONS = 12
"""Of those that complete the safety part, most urgent first; the record has all of them."""
TIERS = {
    "emergency_now": "Emergency now",
    "same_day": "Same day",
    "within_days": "Within days",
    "routine": "Routine",
}
NOT_EXCLUDED = {
    "emergency_now": "an emergency is not excluded",
    "same_day": "what needs action on the same day is not excluded",
    "within_days": "what needs action within days is not excluded",
    "routine": "a flag is not excluded",
    "none": "the safety questions are not complete",
}
CAN_WAIT = frozenset({"within_days", "routine"})
CANNOT_WAIT = frozenset({"emergency_now", "same_day"})
LONGEST_LEAD = 90
"""Characters of what is open, where it stands before a flag that was found."""
FINDINGS = ("examination.", "vitals.", "scores.")
CANNOT_ASSESS = "Cannot assess"
NOTHING_FIRES = "None of the flags that are looked for fires on what was supplied."
NO_MARKUP = str.maketrans(
    {**{sign: f"\\{sign}" for sign in r"\`*_[]|~"}, "&": "&amp;", "<": "&lt;", ">": "&gt;"}
)
STARTS_A_BLOCK = re.compile(r"^([#+-]|\d+(?=[.)]))")
ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)


def escaped(text: str) -> str:
    """A text as one line of Markdown that shows just that text: no markup, no HTML, no address to follow."""
    line = " ".join(text.split()).translate(NO_MARKUP)
    return STARTS_A_BLOCK.sub(lambda match: f"&#{ord(match[1][0])};{match[1][1:]}", ADDRESS.sub(r"\\", line))


def shortened(text: str, longest: int) -> str:
    """A text as one line of at most so many characters, cut between words where it must be."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    kept = line[: longest - 1]
    return f"{kept.rpartition(' ')[0] or kept}…".replace(",…", "…").replace(":…", "…")


def is_open(answer: Mapping[str, Any], notes: Iterable[Note]) -> bool:
    """Whether anything is left to ask, to look at, or to do: only where nothing is, may a card reassure."""
    return (
        not answer["safety"]["complete"]
        or not answer["settled"]
        or answer["verdict"]["further_action_required"] is not False
        or bool(answer["contradictions"])
        or any(note.severity != "information" for note in notes)
    )


def summary(answer: Mapping[str, Any], notes: Sequence[Note]) -> str:
    """The most urgent first: a flag, what to ask again or is open, what was not used; then the verdict."""
    safety = answer["safety"]
    if safety["flags"]:
        return _of_flags(safety, notes)
    if first := _first_question(notes) or _open(safety, notes):
        return shortened(first, LONGEST_SUMMARY)
    if warnings := [note.text for note in worst_first(notes) if note.severity != "information"]:
        return shortened(f"Not all could be used: {warnings[0]}", LONGEST_SUMMARY)
    return shortened(f"{_verdict(answer)}. No flag that is looked for fires", LONGEST_SUMMARY)


def _first_question(notes: Iterable[Note]) -> str:
    """Whether another operation is to be judged; empty where that is not asked."""
    return next((note.text for note in notes if note.path == WHICH_OPERATION), "")


def _open(safety: Mapping[str, Any], notes: Sequence[Note]) -> str:
    """What to ask again, or how urgent what is not excluded is; empty where the safety part is complete."""
    if safety["complete"]:
        return ""
    if again := _to_ask_again(notes):
        return again[0].text
    left, count = NOT_EXCLUDED[safety["worst_not_excluded"]], len(safety["ask"])
    questions = "1 question is" if count == 1 else f"{count} questions are"
    return f"{left[0].upper()}{left[1:]}: {questions} open"


def _of_flags(safety: Mapping[str, Any], notes: Sequence[Note]) -> str:
    """The first flag, and how many more there are.

    A flag that can wait for days does not lead while what cannot wait is not excluded, nor while another
    operation may have to be judged.
    """
    tier, worst, flags = safety["tier"], safety["worst_not_excluded"], safety["flags"]
    is_worse = not safety["complete"] and worst != tier
    lead = _first_question(notes) or (_open(safety, notes) if is_worse else "")
    before, remarks = f"{TIERS[tier]}: ", [f"and {len(flags) - 1} more"] if len(flags) > 1 else []
    if lead and tier in CAN_WAIT:
        before = f"{shortened(lead, LONGEST_LEAD)}. {before}"
    elif is_worse:
        remarks.append(NOT_EXCLUDED[worst])
    behind = f" ({'; '.join(remarks)})" if remarks else ""
    return before + shortened(flags[0]["title"], LONGEST_SUMMARY - len(before) - len(behind)) + behind


def detail(answer: Mapping[str, Any], notes: Sequence[Note]) -> str:
    """What was found, what is not known, what to do, what was not used, and the sources.

    Before all stands whether another operation is to be judged, but for flags that cannot wait.
    """
    first, again = [note for note in notes if note.path == WHICH_OPERATION], _to_ask_again(notes)
    leading = {"To be clarified first": _not_used(first), "What was found": _found(answer)}
    if answer["safety"]["tier"] in CANNOT_WAIT:
        leading = dict(reversed(leading.items()))
    parts = leading | {
        "What is not known": (*_not_used(again), *_unknown(answer)),
        "Next steps": _steps(answer),
        "What was not used": _not_used(note for note in notes if note not in (*first, *again)),
        "Sources": (escaped(_cited(each)) for each in sources(answer)),
    }
    sections = (_section(title, lines) for title, lines in parts.items())
    return "\n\n".join((*filter(None, sections), escaped(answer["notice"])))


def detail_of_notes(notes: Sequence[Note]) -> str:
    """Why nothing can be said, after the warning signs that are on record all the same."""
    signs = [note for note in notes if is_sign(note)]
    parts = {
        "Warning signs, not judged": (escaped(note.text) for note in signs),
        "What is missing": _not_used(note for note in notes if note not in signs),
    }
    return "\n\n".join(filter(None, (_section(title, lines) for title, lines in parts.items())))


def worst_first(notes: Iterable[Note]) -> list[Note]:
    """The notes, errors first; those of one severity in their order."""
    return sorted(notes, key=lambda note: SEVERITIES.index(note.severity))


def sources(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sources of what the card says, in the order in which it says it, each once."""
    safety, verdict = answer["safety"], answer["verdict"]
    cited = (
        each["source"]
        for part in (*safety["flags"], verdict, *answer["contradictions"], *answer["next_steps"])
        for each in part["evidence"]
    )
    known = {source["id"]: source for source in answer["sources"]}
    return [known[name] for name in dict.fromkeys(cited)]


def _section(title: str, lines: Iterable[str]) -> str:
    """A title with its lines; empty without lines."""
    text = "\n".join(f"- {line}" for line in lines)
    return f"**{title}**\n\n{text}" if text else ""


def _found(answer: Mapping[str, Any]) -> Iterator[str]:
    for flag in answer["safety"]["flags"]:
        yield f"**{TIERS[flag['tier']]}**: {escaped(flag['title'])}. {escaped(flag['first_action'])}"
    if not answer["safety"]["flags"]:
        yield NOTHING_FIRES
    yield _judged(answer)
    yield f"{escaped(_verdict(answer))}: {escaped(answer['verdict']['says'])}"
    for each in answer["contradictions"]:
        yield f"Contradiction: {escaped(each['says'])}"
    for cause in answer["causes"]:
        if cause["grade"] in OPEN_GRADES:
            yield f"To be weighed: {escaped(cause['term'])} ({cause['grade']})"


def _judged(answer: Mapping[str, Any]) -> str:
    """The day of the operation: whoever knows of a later one sees that another was judged."""
    day, passed = answer["assessed_on"], answer["days_since_surgery"]
    operated_on = date.fromisoformat(day) - timedelta(days=passed)
    return f"Judged: the operation of {operated_on}, {passed} days before {day}"


def _unknown(answer: Mapping[str, Any]) -> Iterator[str]:
    safety = answer["safety"]
    if not safety["complete"]:
        yield f"Until these are answered {NOT_EXCLUDED[safety['worst_not_excluded']]}:"
    yield from (f"Ask: {escaped(each['question'])}" for each in safety["ask"][:MOST_QUESTIONS])
    if len(safety["ask"]) > MOST_QUESTIONS:
        yield f"{len(safety['ask']) - MOST_QUESTIONS} more to ask stand in the assessment"
    asked = {each["fact"] for each in safety["ask"]}
    deciding = [each for each in answer["missing"] if each["changes"] and each["fact"] not in asked]
    for each in deciding[:MOST_QUESTIONS]:
        yield f"Could still change the {' and the '.join(each['changes'])}: {escaped(each['question'])}"
    if safety["not_covered"]:
        yield f"Not looked for: {escaped('; '.join(safety['not_covered']))}"


def _steps(answer: Mapping[str, Any]) -> Iterator[str]:
    for step in answer["next_steps"]:
        until = f" (by {step['due_on']})" if step["due_on"] else ""
        yield f"**{TIERS[step['urgency']]}**{until}: {escaped(step['action'])}"
    if answer["next_review_on"]:
        yield f"Next review by {answer['next_review_on']}"


def _to_ask_again(notes: Iterable[Note]) -> list[Note]:
    """What is on record of red flags and findings and could not be used: a "yes" of an earlier day."""
    return [
        note
        for note in notes
        if note.severity != "information"
        and (
            note.path.startswith(RED_FLAGS) or (note.code == "incomplete" and note.path.startswith(FINDINGS))
        )
    ]


def is_sign(note: Note) -> bool:
    """Whether it tells a warning sign of the day, of a patient who cannot be assessed."""
    return note.code == SIGN and note.path.startswith((RED_FLAGS, *FINDINGS))


def _not_used(notes: Iterable[Note]) -> Iterator[str]:
    yield from dict.fromkeys(escaped(note.text) for note in worst_first(notes))


def _verdict(answer: Mapping[str, Any]) -> str:
    return f"Verdict: {answer['verdict']['status'].replace('_', ' ')}"


def _cited(source: Mapping[str, Any]) -> str:
    return f"{source['title']}, {source['year']}" if source["year"] else source["title"]
