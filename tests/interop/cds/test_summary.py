"""The summary of a card: what cannot wait stands first, and nothing reassures while anything is open."""

from __future__ import annotations

import re
from typing import Any

from app.interop.cds.card_text import escaped
from app.interop.notes import Note
from tests.interop.cds.answered import every_answer
from tests.interop.cds.test_cards import card_of

NO_FLAG = re.compile(r"no flag|no red flag|none of", re.IGNORECASE)
URGENCY = ("emergency_now", "same_day", "within_days", "routine", "none")
LEADS = {
    "emergency_now": "An emergency is not excluded",
    "same_day": "What needs action on the same day is not excluded",
    "within_days": "What needs action within days is not excluded",
}


def test_no_golden_case_is_reassured_while_its_safety_is_not_complete() -> None:
    for name, answer in every_answer():
        summary, safety = card_of(answer)["summary"], answer["safety"]
        if not safety["complete"]:
            assert not NO_FLAG.search(summary), name
            if safety["worst_not_excluded"] != safety["tier"]:
                assert "not excluded" in summary, name
        if safety["flags"]:
            tier = safety["tier"].replace("_", " ").capitalize()
            assert f"{tier}: {safety['flags'][0]['title'][:20]}" in summary, name
            assert summary.startswith(f"{tier}: ") or _leads_with_what_is_open(summary, safety), name


def test_a_flag_that_can_wait_never_leads_while_what_is_more_urgent_is_not_excluded() -> None:
    led = 0
    for name, answer in every_answer():
        summary, safety = card_of(answer)["summary"], answer["safety"]
        if safety["flags"] and safety["tier"] in ("routine", "within_days") and not safety["complete"]:
            can_lead = safety["worst_not_excluded"] == safety["tier"]
            assert can_lead or _leads_with_what_is_open(summary, safety), name
            led += not can_lead

    assert led > 50


def test_what_is_to_ask_again_stands_before_a_flag_that_can_wait() -> None:
    answer = next(
        each
        for _, each in every_answer()
        if (each["safety"]["tier"], each["safety"]["worst_not_excluded"]) == ("routine", "emergency_now")
    )
    again = "Answered yes on 2025-03-01 to: Numbness of the saddle; ask again."
    note = Note("warning", "incomplete", again, path="red_flags.saddle_numbness")

    summary = card_of(answer, note)["summary"]

    assert summary.startswith(again[:-1])
    assert "Routine: " in summary


def test_a_finding_of_an_earlier_day_is_told_before_the_count_of_questions() -> None:
    answer = next(
        each for _, each in every_answer() if not (each["safety"]["complete"] or each["safety"]["flags"])
    )
    again = "A warning sign was recorded on 2025-03-01: Post-void residual; look again."
    note = Note("warning", "incomplete", again, path="examination.post_void_residual_ml")
    card = card_of(answer, note)

    assert card["summary"] == again
    assert card["detail"].index(again) < card["detail"].index("Until these are answered")


ASKED = Note("warning", "incomplete", "A later procedure: was it an operation?", path="surgery.date")


def test_which_operation_is_judged_is_asked_before_all_but_a_flag_that_cannot_wait() -> None:
    tiers = set()
    for name, answer in every_answer():
        card, tier = card_of(answer, ASKED), answer["safety"]["tier"]
        clarify, found = (card["detail"].index(f"**{each}") for each in ("To be clarified", "What was f"))
        tiers.add(tier)
        assert card["detail"].count(ASKED.text) == 1, name
        assert card["indicator"] != "info", name
        if tier in ("emergency_now", "same_day"):
            assert card["summary"].startswith(f"{tier.replace('_', ' ').capitalize()}: "), name
            assert found < clarify, name
        else:
            assert card["summary"].startswith(ASKED.text), name
            assert clarify < found, name

    assert tiers == set(URGENCY)


def test_the_summary_says_how_many_flags_there_are_beside_the_one_that_it_names() -> None:
    several = 0
    for name, answer in every_answer():
        flags, card = answer["safety"]["flags"], card_of(answer)
        assert (f" (and {len(flags) - 1} more" in card["summary"]) == (len(flags) > 1), name
        assert len(card["summary"]) < 140, name
        found = [line for line in card["detail"].splitlines() if line.startswith("- ")][: len(flags)]
        assert all(escaped(flag["title"]) in line for flag, line in zip(flags, found, strict=True)), name
        several += len(flags) > 2

    assert several > 5


def _leads_with_what_is_open(summary: str, safety: dict[str, Any]) -> bool:
    """Whether it does, and may: what is not excluded is more urgent than the flag that was found."""
    is_worse = URGENCY.index(safety["worst_not_excluded"]) < URGENCY.index(safety["tier"])
    return is_worse and summary.startswith(LEADS[safety["worst_not_excluded"]])
