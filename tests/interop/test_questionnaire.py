"""The form asks for all that a case can say, in the vocabulary's words, and hides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.interop.code_book import CodeBook
from app.interop.paths import FIELDS
from app.interop.questionnaire import ASKED, questionnaire
from app.knowledge.vocabulary import RED_FLAGS
from app.version import VERSION

FORM = questionnaire("https://decompass.example.org")
EXTENSION = "http://hl7.org/fhir/StructureDefinition"


def items(within: dict[str, Any] = FORM) -> Iterator[dict[str, Any]]:
    for item in within.get("item", ()):
        yield item
        yield from items(item)


ITEMS = {item["linkId"]: item for item in items()}


def extension(link: str, name: str) -> dict[str, Any] | None:
    """The extension of an item, by the last word of its address."""
    found = (each for each in ITEMS[link].get("extension", ()) if each["url"] == f"{EXTENSION}/{name}")
    return next(found, None)


def test_every_member_of_the_case_is_asked_once_and_in_its_group() -> None:
    assert [item["linkId"] for item in items()] == list(dict.fromkeys(item["linkId"] for item in items()))
    assert set(ITEMS) - set(FIELDS) == {"any_prior_surgeries"}
    assert set(FIELDS) <= set(ITEMS)
    for link, item in ITEMS.items():
        assert all(ASKED[below["linkId"]].group == link for below in item.get("item", ()))


def test_no_question_is_hidden_behind_the_answer_to_another() -> None:
    assert "enableWhen" not in json.dumps(FORM)


def test_every_red_flag_is_asked_in_the_words_of_the_vocabulary() -> None:
    asked = {link: item["text"] for link, item in ITEMS.items() if link.startswith("red_flags.")}
    assert asked == {f"red_flags.{fact.name}": fact.question for fact in RED_FLAGS}


def test_a_question_of_yes_or_no_can_be_answered_by_unknown() -> None:
    assert [each["valueCoding"] for each in ITEMS["red_flags.fever"]["answerOption"]] == [
        {"system": "urn:decompass:answer", "code": "yes", "display": "yes"},
        {"system": "urn:decompass:answer", "code": "no", "display": "no"},
        {"system": "urn:decompass:answer", "code": "unknown", "display": "unknown"},
    ]


def test_options_are_codes_of_the_member_that_they_answer() -> None:
    assert ITEMS["surgery.procedure"]["answerOption"][0]["valueCoding"] == {
        "system": "urn:decompass:case:surgery.procedure",
        "code": "microdiscectomy",
        "display": "microdiscectomy",
    }


def test_a_number_says_its_unit_and_its_bounds() -> None:
    assert extension("vitals.temperature_c", "questionnaire-unit") == {
        "url": f"{EXTENSION}/questionnaire-unit",
        "valueCoding": {"system": "http://unitsofmeasure.org", "code": "Cel", "display": "°C"},
    }
    assert (extension("vitals.temperature_c", "minValue") or {})["valueDecimal"] == 25
    assert (extension("scores.paindetect", "minValue") or {})["valueInteger"] == -1
    assert extension("scores.paindetect", "questionnaire-unit") is None


def test_only_decimals_and_integers_carry_a_unit() -> None:
    kinds = {item["type"] for link, item in ITEMS.items() if extension(link, "questionnaire-unit")}
    assert kinds == {"decimal", "integer"}


def test_a_list_says_how_many_entries_it_takes() -> None:
    assert ITEMS["observations"]["repeats"] is True
    assert (extension("observations", "questionnaire-maxOccurs") or {})["valueInteger"] == 200


def test_what_the_contract_requires_is_required() -> None:
    required = {link for link, item in ITEMS.items() if item["required"]}
    assert {"subject", "surgery", "surgery.date", "surgery.procedure", "labs.date"} <= required
    assert not any(link.startswith("red_flags") for link in required)


def test_the_form_is_known_by_its_address_and_by_the_release_and_the_rules() -> None:
    assert FORM["url"] == "https://decompass.example.org/fhir/Questionnaire/postop-lumbar"
    assert FORM["version"].startswith(f"{VERSION}+rules.")
    assert FORM["status"] == "active"


def test_every_question_of_the_case_has_its_path_as_code_and_a_public_code_beside_it() -> None:
    found = {link: item["code"] for link, item in ITEMS.items() if "code" in item}

    assert found["vitals.temperature_c"] == [
        {"system": "urn:decompass:case", "code": "vitals.temperature_c", "display": "Body temperature"},
        {"system": "http://loinc.org", "code": "8310-5", "display": "Body temperature"},
    ]
    assert {link: coded[0]["code"] for link, coded in found.items()} == {link: link for link in FIELDS}


def test_a_site_that_may_not_use_a_system_does_not_publish_its_codes() -> None:
    form = questionnaire("https://decompass.example.org", CodeBook(frozenset({"http://loinc.org"})))
    systems = {code["system"] for item in items(form) for code in item.get("code", ())}
    assert systems == {"urn:decompass:case"}
