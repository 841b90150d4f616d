"""A card tells the most urgent thing first, reassures only where nothing is open, and keeps the protocol."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from app.interop.cds.card_text import escaped, is_open, shortened
from app.interop.cds.cards import assessment_card, cannot_assess_card, response, says_nothing
from app.interop.cds.proposals import suggestions
from app.interop.code_book import CodeBook
from app.interop.notes import Note
from app.interop.recorded import Recorded
from app.interop.requests import ADVICE, proposals, service_of
from tests.api.service import full_case
from tests.interop.cds.answered import answered, answered_example, every_answer
from tests.interop.cds.invariants import faults_of_response

PUBLIC = "https://decompass.example.org"
OPERATIONS = "The operations: not complete: there are more than were sent."
WARNING = Note("warning", "incomplete", OPERATIONS, path="surgery")
REMARK = Note("information", "informational", "Laboratory results: not supplied.")
DRUGS = re.compile(
    r"\b(pregabalin|gabapentin|morphine|oxycodone|tramadol|codeine|fentanyl|ibuprofen|naproxen|diclofenac|"
    r"paracetamol|acetaminophen|amitriptyline|duloxetine|dexamethasone|prednisolone|heparin|enoxaparin|"
    r"warfarin|apixaban|rivaroxaban|flucloxacillin|vancomycin|ceftriaxone|diazepam)\b",
    re.IGNORECASE,
)
CLAIMS = re.compile(r"\b(diagnosis is|diagnosed with|the patient has)\b", re.IGNORECASE)


def card_of(answer: dict[str, Any], *notes: Note, encounter: str | None = None) -> dict[str, Any]:
    return assessment_card(answer, notes, public_url=PUBLIC, patient="patient-1", encounter=encounter)


def test_the_card_of_every_golden_case_keeps_to_the_protocol() -> None:
    faults = {
        name: found
        for name, answer in every_answer()
        if (found := faults_of_response(response(card_of(answer, REMARK, encounter="e1"), answer)))
    }

    assert faults == {}


def test_the_indicator_of_every_golden_case_is_as_urgent_as_the_answer() -> None:
    found: Counter[str] = Counter()
    for name, answer in every_answer():
        indicator, safety = card_of(answer)["indicator"], answer["safety"]
        if safety["tier"] == "emergency_now":
            assert indicator == "critical", name
        elif safety["tier"] in ("same_day", "within_days") or is_open(answer, ()):
            assert indicator == "warning", name
        else:
            assert indicator == "info", name
            assert safety["complete"], name
            assert safety["ask"] == [], name
        found[indicator] += 1

    assert found.keys() == {"critical", "warning", "info"}


def test_the_card_names_the_day_of_the_operation_that_is_judged() -> None:
    for name, answer in every_answer():
        judged = f"{answer['days_since_surgery']} days before {answer['assessed_on']}"
        assert judged in card_of(answer)["detail"], name


def test_a_card_names_every_flag_every_step_and_what_they_rest_on() -> None:
    for name, answer in every_answer():
        card = card_of(answer)
        for flag in answer["safety"]["flags"]:
            assert escaped(flag["title"]) in card["detail"], name
            assert escaped(flag["first_action"]) in card["detail"], name
        for step in answer["next_steps"]:
            assert escaped(step["action"]) in card["detail"], name
        cited = {each["source"] for flag in answer["safety"]["flags"] for each in flag["evidence"]}
        titles = {source["id"]: source["title"] for source in answer["sources"]}
        assert all(escaped(titles[source]) in card["detail"] for source in cited), name


def test_a_card_names_no_drug_and_claims_no_diagnosis() -> None:
    for name, answer in every_answer():
        card = card_of(answer)
        text = " ".join((card["summary"], card["detail"], *_labels(card)))
        assert not DRUGS.search(text), name
        assert not CLAIMS.search(text), name


def test_the_ids_of_a_card_are_those_of_the_record_each_time() -> None:
    for _, answer in every_answer():
        cards = card_of(answer), card_of(answer, WARNING)
        ids = [[each["uuid"] for each in card.get("suggestions", [])] for card in cards]

        assert cards[0]["uuid"] == cards[1]["uuid"] == answer["id"]
        assert ids[0] == ids[1]
        assert len(set(ids[0])) == len(ids[0])


def test_every_proposal_is_a_draft_for_the_patient_and_the_encounter() -> None:
    kinds = set()
    for _, answer in every_answer():
        for suggestion in card_of(answer, encounter="e1").get("suggestions", []):
            resource = suggestion["actions"][0]["resource"]
            subject = resource["for" if resource["resourceType"] == "Task" else "subject"]
            kinds.add(resource["resourceType"])
            assert (resource["status"], resource["intent"]) == ("draft", "proposal")
            assert subject == {"reference": "Patient/patient-1"}
            assert resource["encounter"] == {"reference": "Encounter/e1"}

    assert kinds == {"ServiceRequest", "Task"}


def test_a_card_proposes_each_step_as_the_kind_that_the_resources_of_the_record_propose() -> None:
    for name, answer in every_answer():
        steps = [step for step in answer["next_steps"] if step["code"] not in ADVICE]
        for step, proposed in zip(steps, card_of(answer).get("suggestions", []), strict=False):
            assert proposed["actions"][0]["description"] == step["action"], name
            kind = "ServiceRequest" if service_of(step) else "Task"
            assert proposed["actions"][0]["resource"]["resourceType"] == kind, name


def test_advice_stands_among_the_next_steps_of_a_card_and_is_no_suggestion() -> None:
    seen = set()
    for name, answer in every_answer():
        card = card_of(answer)
        suggested = {
            action["description"] for each in card.get("suggestions", []) for action in each["actions"]
        }
        for step in answer["next_steps"]:
            if step["code"] in ADVICE:
                assert escaped(step["action"]) in card["detail"], name
                assert step["action"] not in suggested, name
                seen.add(step["code"])
        if {step["code"] for step in answer["next_steps"]} <= ADVICE:
            assert not {"suggestions", "selectionBehavior"} & card.keys(), name

    assert seen == ADVICE


def test_what_was_not_used_is_on_the_card_and_takes_the_reassurance_away() -> None:
    settled = next(answer for _, answer in every_answer() if card_of(answer)["indicator"] == "info")

    card = card_of(settled, WARNING, REMARK)

    assert card["indicator"] == "warning"
    assert card["summary"].startswith("Not all could be used: The operations")
    assert escaped(WARNING.text) in card["detail"]
    assert escaped(REMARK.text) in card["detail"]
    assert card_of(settled, REMARK)["indicator"] == "info"


def test_the_links_lead_to_the_record_to_its_trace_and_to_the_evidence() -> None:
    answer = answered(full_case())
    links = card_of(answer)["links"]
    page = f"{PUBLIC}/v1/assessments/{answer['id']}"

    assert [link["url"] for link in links[:2]] == [page, f"{page}/trace"]
    assert {link["url"] for link in links[2:]} <= {source["url"] for source in answer["sources"]}
    assert len(links) > 2


def test_the_answer_names_the_record_and_the_rules() -> None:
    answer = answered_example()
    extension = response(card_of(answer), answer)["extension"]["org.decompass.record"]

    assert extension == {"id": answer["id"], "ruleset": answer["ruleset"]}


def test_a_card_that_cannot_assess_says_what_is_missing() -> None:
    answer_id = answered_example()["id"]
    card = cannot_assess_card(answer_id, [REMARK, WARNING], PUBLIC)

    assert faults_of_response(response(card)) == []
    assert card["summary"] == "Cannot assess: the operations: not complete: there are more than were sent."
    assert card["indicator"] == "warning"
    assert card["uuid"] == answer_id
    assert escaped(REMARK.text) in card["detail"]


def test_what_is_said_of_the_operation_is_the_reason_that_stands_first() -> None:
    other = Note(
        "error", "value", "Temperature: in a unit that cannot be converted; not used.", path="vitals"
    )
    card = cannot_assess_card(answered_example()["id"], [other, WARNING], PUBLIC)

    assert card["summary"].startswith("Cannot assess: the operations")


def test_a_later_operation_that_may_have_to_be_judged_is_the_reason_before_all_others() -> None:
    asked = Note("warning", "incomplete", "A later lumbar operation: which is judged?", path="surgery.date")
    card = cannot_assess_card(answered_example()["id"], [WARNING, REMARK, asked], PUBLIC)

    assert card["summary"] == "Cannot assess: a later lumbar operation: which is judged?"
    assert card["detail"].index(asked.text) < card["detail"].index("The operations")


def test_a_card_that_cannot_assess_has_a_reason_also_where_nobody_gave_one() -> None:
    card = cannot_assess_card(answered_example()["id"], [], PUBLIC)

    assert faults_of_response(response(card)) == []
    assert card["summary"].startswith("Cannot assess: ")


def test_only_another_operation_without_any_flag_or_question_is_worth_no_card() -> None:
    silent = [answer for _, answer in every_answer() if says_nothing(answer, (REMARK,))]

    for answer in silent:
        assert (answer["verdict"]["status"], answer["safety"]["tier"]) == ("out_of_scope", "none")
        assert answer["safety"]["complete"]
        assert answer["safety"]["ask"] == []
        assert not says_nothing(answer, (WARNING,))
        assert not says_nothing({**answer, "safety": {**answer["safety"], "complete": False}}, ())
        assert not says_nothing({**answer, "safety": {**answer["safety"], "tier": "within_days"}}, ())
    assert len(silent) > 10
    assert response(None) == {"cards": []}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, 3.7 of 5 (4-)", "plain words, 3.7 of 5 (4-)"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("[a](javascript:alert(1))", r"\[a\](javascript:alert(1))"),
        ("**bold** `code` a_b ~~c~~ |", r"\*\*bold\*\* \`code\` a\_b \~\~c\~\~ \|"),
        ("# heading\n- item", "&#35; heading - item"),
        ("1. item", "&#49;. item"),
        ("12) item", "&#49;2) item"),
        ("see https://x.example and www.x.example", r"see https:\//x.example and www\.x.example"),
        ("a &lt; b & c", "a &amp;lt; b &amp; c"),
        ("&#60;b&#62;", "&amp;#60;b&amp;#62;"),
        (r"a\b", r"a\\b"),
    ],
)
def test_a_text_from_outside_is_shown_as_it_is_and_never_as_markup(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_long_text_is_cut_between_words() -> None:
    assert shortened("one two three", 13) == "one two three"
    assert shortened("one two three", 12) == "one two…"
    assert shortened("x" * 20, 10) == "x" * 9 + "…"


def _labels(card: dict[str, Any]) -> list[str]:
    return [each["label"] for each in (*card.get("suggestions", []), *card.get("links", []))]


def test_a_suggestion_is_of_the_type_that_the_resource_of_the_record_has() -> None:
    for answered_one in every_answer()[::10]:
        answer = answered_one.answer
        recorded = Recorded(answer, {}, "https://decompass.example.org", CodeBook())
        written = [each["resourceType"] for each in proposals(recorded)[1:]]
        suggested = [
            action["resource"]["resourceType"]
            for each in suggestions(answer, "patient-1", None)
            for action in each["actions"]
        ]
        assert suggested == written[: len(suggested)], answered_one.name
