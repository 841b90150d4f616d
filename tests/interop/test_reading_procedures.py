"""Which operation is judged: known by code and site, and never ruled out because something was not said."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from app.interop.code_book import CodeBook
from app.interop.reading import Draft
from app.knowledge.codes import SNOMED
from tests.interop.as_form import response_of
from tests.interop.test_reading import draft_of

DAY = "2026-11-23"
MICRODISCECTOMY = {"system": SNOMED, "code": "178625001"}
LAMINECTOMY = {"system": SNOMED, "code": "387731002"}
LUMBAR = {"system": SNOMED, "code": "122496007"}
OPCS = "https://fhir.nhs.uk/CodeSystem/opcs-4"
ALL_SENT = frozenset({"Procedure"})
LATER = "2026-11-20"


def procedure(coding: Any = MICRODISCECTOMY, performed: Any = "2026-11-10", **members: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "id": f"pr{abs(hash(str((coding, performed))))}",
        "status": "completed",
        "code": {"coding": [coding]},
        "performedDateTime": performed,
        **members,
    }


def surgery_of(*resources: Any, **told: Any) -> Any:
    draft = draft_of(list(resources), DAY, **told)
    return draft.case.get("surgery", draft.finding)


def test_a_lumbar_microdiscectomy_is_the_operation_with_side_level_and_reason() -> None:
    told = procedure(
        performed="2026-11-10T14:00:00+01:00",
        bodySite=[
            {"coding": [{"system": SNOMED, "code": "7771000"}]},
            {"coding": [{"system": "urn:decompass:case:surgery.levels", "code": "L4-L5"}]},
        ],
        reasonReference=[{"reference": "Condition/c1"}],
    )
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M51.16"}]},
    }

    assert surgery_of(told, condition) == {
        "date": "2026-11-10",
        "procedure": "microdiscectomy",
        "region": "lumbar",
        "levels": ["L4-L5"],
        "side": "left",
        "indication": "disc_herniation",
    }


@pytest.mark.parametrize("code", ["entered-in-error", "refuted"])
def test_a_diagnosis_that_is_denied_is_no_reason_for_an_operation(code: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    denied = {
        "resourceType": "Condition",
        "id": "c1",
        "verificationStatus": {"coding": [{"system": system, "code": code}]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M51.16"}]},
    }

    assert "indication" not in surgery_of(procedure(reasonReference=[{"reference": "Condition/c1"}]), denied)


def test_the_latest_decompression_is_judged_and_earlier_operations_are_history() -> None:
    first, second = procedure(performed="2019-05-02"), procedure(performed="2026-11-10")
    draft = draft_of([second, first], DAY)

    assert draft.case["surgery"]["date"] == "2026-11-10"
    assert draft.case["prior_surgeries"] == [
        {"date": "2019-05-02", "procedure": "microdiscectomy", "region": "lumbar"}
    ]


def test_one_operation_alone_does_not_say_that_there_were_none_before() -> None:
    assert "prior_surgeries" not in draft_of([procedure()], DAY, complete=ALL_SENT).case


def test_a_period_is_of_the_day_on_which_it_began() -> None:
    told = procedure(performedPeriod={"start": "2026-11-10T23:00:00Z", "end": "2026-11-11T01:00:00Z"})
    del told["performedDateTime"]

    assert surgery_of(told)["date"] == "2026-11-10"


def test_a_laminectomy_is_lumbar_only_where_its_site_says_so() -> None:
    alone = draft_of([procedure(LAMINECTOMY)], DAY, complete=ALL_SENT)
    placed = procedure(LAMINECTOMY, bodySite=[{"coding": [LUMBAR]}])

    assert alone.finding == "cannot_tell"
    assert [(note.severity, note.path) for note in alone.notes] == [("warning", "surgery.region")]
    assert surgery_of(placed)["procedure"] == "laminectomy"


@pytest.mark.parametrize("status", ["entered-in-error", "not-done", "preparation"])
def test_what_was_never_done_is_no_operation(status: str) -> None:
    assert surgery_of(procedure(status=status), complete=ALL_SENT) == "no_operation"


@pytest.mark.parametrize("status", ["in-progress", "unknown", "stopped", "on-hold", None, 1])
def test_an_operation_that_is_not_said_to_be_completed_leaves_a_doubt(status: Any) -> None:
    assert surgery_of(procedure(status=status), complete=ALL_SENT) == "cannot_tell"


@pytest.mark.parametrize("performed", ["2026", "2026-11", "last week", None, 20261110, "2026-02-30"])
def test_an_operation_without_a_full_day_leaves_a_doubt(performed: Any) -> None:
    assert surgery_of(procedure(performed=performed), complete=ALL_SENT) == "cannot_tell"


def test_no_procedure_at_all_says_something_only_when_all_were_sent() -> None:
    assert surgery_of() == "cannot_tell"
    assert surgery_of(complete=ALL_SENT) == "no_operation"


@pytest.mark.parametrize(
    "text",
    [
        *("Descompresi\u00f3n v\u00e9rtebral", "Cirurgia da coluna", "Intervento alla colonna"),
        *(
            "Operacja kr\u0119gos\u0142upa",
            "Wervelkolomoperatie",
            "Ryggoperation",
            "P\u00e1te\u0159n\u00ed operace",
        ),
        *(
            "Chirurgie du canal \u00e9troit",
            "Lib\u00e9ration radiculaire",
            "Nerve root release",
            "Back surgery",
        ),
        *(
            "MED L5/S1",
            "Endoscopy l 4-5",
            "lum\u200bbar",
            "di\u00adscectomy",
            "\uff2c\uff15\uff0f\uff33\uff11",
        ),
        *(
            "\u041c\u0438\u043a\u0440\u043e\u0434\u0438\u0441\u043a\u044d\u043a\u0442\u043e\u043c\u0438\u044f",
            "\u8170\u690e\u690e\u5f13\u5207\u9664\u8853",
        ),
        "Surgery " * 300,
        "Knee " + "\u33c2" * 20,
    ],
)
def test_words_that_may_speak_of_the_spine_or_cannot_be_read_here_rule_nothing_out(text: str) -> None:
    told = procedure({"system": "http://example.org/local", "code": "X1", "display": text})
    worded = procedure() | {"code": {"text": text, "coding": [{"display": "Surgery"}]}}

    assert surgery_of(told, complete=ALL_SENT) == "cannot_tell"
    assert surgery_of(worded, complete=ALL_SENT) == "cannot_tell"


def test_a_procedure_of_more_codings_than_are_looked_at_is_not_ruled_out() -> None:
    told = procedure() | {
        "code": {"coding": [{"display": "Surgery"}] * 20 + [{"display": "Lumbar discectomy"}]}
    }

    assert surgery_of(told, complete=ALL_SENT) == "cannot_tell"


@pytest.mark.parametrize(
    "text", ["Appendectomy", "Koloskopie", "Hip replacement", "C\u00e6sarean section", "Ble\u00faroplastie"]
)
def test_what_is_plainly_another_operation_is_ruled_out_in_any_latin_spelling(text: str) -> None:
    told = procedure({"system": "http://example.org/local", "code": "X1", "display": text})

    assert surgery_of(told, complete=ALL_SENT) == "no_operation"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Colonoscopy", "no_operation"),
        ("Cataract surgery, lens 21.5", "no_operation"),
        ("Lumbar decompression L4/5", "cannot_tell"),
        ("MED L4/5 links", "cannot_tell"),
        ("Revision L5-S1", "cannot_tell"),
        ("PLIF L4L5", "cannot_tell"),
        ("Spondylodese", "cannot_tell"),
        ("", "cannot_tell"),
    ],
)
def test_words_never_make_an_operation_but_keep_one_from_being_ruled_out(text: str, finding: str) -> None:
    told = procedure({"system": "http://example.org/local", "code": "X1", "display": text})

    assert surgery_of(told, complete=ALL_SENT) == finding


SPINE_IN_MANY_LANGUAGES = (
    *("Chirurgie lombaire", "Chirurgia lombare", "Cirurgia lombar", "Erniectomia lombare"),
    *("TLIF", "MIS-TLIF L4", "PLIF", "ALIF", "XLIF", "T-LIF", "PELD", "PTED", "Endoscopic ULBD", "UBE"),
    *("Flavectomy", "Neurolysis of cauda equina", "HNP operatie", "Rugoperatie", "Operatie rug"),
    *("R\u00fcckenoperation", "Selk\u00e4leikkaus", "Gerincm\u0171t\u00e9t", "Operacja kr\u0105\u017cka"),
    *("Bel f\u0131t\u0131\u011f\u0131 ameliyat\u0131", "Operacja l\u0119d\u017awiowa"),
    *("Hernia operation", "Prolapsoperation", "Back operation"),
)
RULES_NOTHING_OUT = (
    *("-", "?", "n/a", "N.A.", "Unknown", "Other", "Other procedure", "Procedure", "Surgery", "Chirurgie"),
    *("OP", "Operation (see letter)", "\u200b", "12/2025", "Autre intervention", "Elective surgery, left"),
)


def uncoded(text: str, performed: str = LATER, **members: Any) -> dict[str, Any]:
    return procedure(performed=performed) | {"code": {"text": text}, **members}


@pytest.mark.parametrize("text", [*SPINE_IN_MANY_LANGUAGES, *RULES_NOTHING_OUT])
def test_words_of_the_spine_in_any_language_and_words_that_say_nothing_are_never_silence(text: str) -> None:
    draft = beside(uncoded(text))

    assert surgery_of(uncoded(text), complete=ALL_SENT) == "cannot_tell"
    assert (draft.notes[0].severity, draft.notes[0].path) == ("warning", ASKED)
    assert draft.finding == ("operation" if text in RULES_NOTHING_OUT else "cannot_tell")


NOT_RECOGNISED = (
    "Oper\u00e1cia bru\u0161nej steny",
    "Neurolysis",
    "Laser",
    "Implantation",
    "Endoscopic treatment",
)


@pytest.mark.parametrize("text", NOT_RECOGNISED)
def test_an_uncoded_procedure_that_is_not_recognised_is_asked_about_first(
    text: str,
) -> None:
    neck = [{"coding": [{"system": "urn:decompass:case:surgery.region", "code": "cervical"}]}]
    later, earlier = beside(uncoded(text)), beside(uncoded(text, "2026-11-09"))
    elsewhere = draft_of([procedure(LAMINECTOMY, bodySite=neck), uncoded(text, "2019-01-01")], DAY)

    for draft in (later, elsewhere):
        assert draft.finding == "operation"
        assert (draft.notes[0].severity, draft.notes[0].path) == ("warning", ASKED)
    assert [note.severity for note in earlier.notes] == ["information"]


@pytest.mark.parametrize("text", NOT_RECOGNISED)
def test_without_any_operation_it_leaves_a_doubt_only_beside_a_problem_of_the_lumbar_spine(text: str) -> None:
    problem = {
        "resourceType": "Condition",
        "id": "c1",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M51.16"}]},
    }
    by_reason = uncoded(text, reasonCode=[problem["code"]])

    assert surgery_of(uncoded(text), complete=ALL_SENT) == "no_operation"
    assert surgery_of(uncoded(text), problem, complete=ALL_SENT) == "cannot_tell"
    assert surgery_of(by_reason, complete=ALL_SENT) == "cannot_tell"
    assert beside(by_reason).finding == "cannot_tell"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Cataract surgery",
            "Colonoscopy",
            "Appendectomy",
            "Influenza vaccination",
            "ECG",
            "Dental extraction",
        ),
        *(
            "Total knee replacement",
            "Inguinal hernia repair",
            "Leistenhernie",
            "Cholezystektomie CHOLECYSTECTOMY",
        ),
        *("Caesarean section", "Tonsillektomie", "Hip replacement, left"),
    ],
)
def test_an_uncoded_procedure_that_is_recognised_as_something_else_changes_nothing(text: str) -> None:
    assert beside(uncoded(text)).notes == ()
    assert surgery_of(uncoded(text), complete=ALL_SENT) == "no_operation"


def test_a_display_is_never_believed_against_its_code() -> None:
    told = procedure({"system": SNOMED, "code": "80146002", "display": "Primary lumbar microdiscectomy"})

    assert surgery_of(told, complete=ALL_SENT) == "cannot_tell"


def test_the_codes_of_a_site_are_read_through_its_concept_map() -> None:
    book = CodeBook(
        concept_map={
            "resourceType": "ConceptMap",
            "group": [
                {
                    "source": OPCS,
                    "target": "urn:decompass:case:surgery.procedure",
                    "element": [{"code": "V33.1", "target": [{"code": "discectomy"}]}],
                }
            ],
        }
    )

    assert surgery_of(procedure({"system": OPCS, "code": "V33.1"}), book=book)["procedure"] == "discectomy"
    assert surgery_of(procedure({"system": OPCS, "code": "V33.1"})) == "cannot_tell"


def test_a_system_that_is_switched_off_is_not_read() -> None:
    assert surgery_of(procedure(), book=CodeBook(off=frozenset({SNOMED}))) == "cannot_tell"


def test_two_records_of_one_day_are_one_operation() -> None:
    local = {"system": "urn:decompass:case:surgery.procedure", "code": "fusion"}
    draft = draft_of([procedure(), procedure(local)], DAY)

    assert draft.case["surgery"]["procedure"] == "decompression_with_fusion"
    assert "prior_surgeries" not in draft.case


def test_an_operation_elsewhere_never_takes_the_place_of_the_lumbar_one() -> None:
    neck = {"system": "urn:decompass:case:surgery.region", "code": "cervical"}
    later = procedure(LAMINECTOMY, "2026-11-20", bodySite=[{"coding": [neck]}])
    draft = draft_of([later, procedure()], DAY)

    assert draft.case["surgery"]["date"] == "2026-11-10"
    assert [note.code for note in draft.notes] == ["business-rule"]


UNKNOWN = {"system": "http://example.org/local", "code": "X1"}
FUSION = {"system": "urn:decompass:case:surgery.procedure", "code": "fusion"}
ASKED = "surgery.date"


def beside(later: dict[str, Any], *more: Any, **told: Any) -> Draft:
    """What is read of a procedure beside a microdiscectomy of 10 November."""
    return draft_of([procedure(), {**later, "id": "other"}, *more], DAY, complete=ALL_SENT, **told)


def without(resource: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name != member}


def worded(text: str) -> dict[str, str]:
    return {**UNKNOWN, "display": text}


@pytest.mark.parametrize(
    "later",
    [
        procedure(FUSION, LATER),
        procedure({**FUSION, "code": "disc_replacement"}, LATER),
        procedure({**FUSION, "code": "other"}, LATER),
        procedure(worded("Lumbar fusion L4/5"), LATER),
        procedure(worded("Surgery"), LATER, bodySite=[{"coding": [LUMBAR]}]),
        procedure(worded("Surgery"), LATER, bodySite=[{"text": "Lumbar spine"}]),
        procedure(MICRODISCECTOMY, LATER, status="in-progress"),
        procedure(MICRODISCECTOMY, LATER, status="stopped"),
        procedure(MICRODISCECTOMY, LATER, status=None),
        without(procedure(MICRODISCECTOMY, status="in-progress"), "performedDateTime"),
        without(procedure(FUSION), "performedDateTime"),
        without(procedure(worded("Spinal surgery")), "performedDateTime"),
        procedure(MICRODISCECTOMY, "2026"),
        procedure(MICRODISCECTOMY, "2026-11"),
    ],
)
def test_the_operation_that_is_judged_cannot_be_told_while_a_later_one_may_have_to_be(later: Any) -> None:
    draft = beside(later)
    first = draft.notes[0]

    assert (draft.finding, draft.case) == ("cannot_tell", {})
    assert (first.severity, first.path, first.reference) == ("warning", ASKED, "Procedure/other")
    assert "?" in first.text
    assert "2026-11-10" in first.text


@pytest.mark.parametrize(
    "earlier",
    [
        procedure(FUSION, "2026-11-09"),
        procedure(worded("Lumbar fusion L4/5"), "2026-11-09"),
        procedure(worded("Lumbar fusion L4/5"), "2026-11-10"),
        procedure(MICRODISCECTOMY, "2026-11-09", status="in-progress"),
        procedure(MICRODISCECTOMY, "2026-10"),
        procedure(MICRODISCECTOMY, "2019"),
        procedure(UNKNOWN, "2026-11-09"),
        procedure(worded("Lumbar fusion L4/5"), "2026-12-24"),
    ],
)
def test_what_was_earlier_for_certain_or_is_still_to_come_leaves_the_latest_operation_judged(
    earlier: Any,
) -> None:
    draft = beside(earlier)

    assert draft.case["surgery"]["date"] == "2026-11-10"
    assert ASKED not in {note.path for note in draft.notes}


@pytest.mark.parametrize(
    "later",
    [
        procedure({"system": SNOMED, "code": "277762005", "display": "Lumbar puncture"}, LATER),
        procedure({"system": SNOMED, "code": "113091000", "display": "MRI of the lumbar spine"}, LATER),
        procedure({"system": "urn:decompass:no-operation", "code": "injection"}, LATER),
        procedure(
            worded("Lumbar spine MRI"), LATER, category={"coding": [{"system": SNOMED, "code": "363679005"}]}
        ),
        procedure(worded("Appendectomy"), LATER),
        procedure(FUSION, LATER, status="entered-in-error"),
        procedure(worded("Lumbar fusion"), LATER, status="not-done"),
    ],
)
def test_what_a_code_says_was_no_operation_or_was_never_done_changes_nothing(later: Any) -> None:
    draft = beside(later)

    assert draft.case["surgery"]["date"] == "2026-11-10"
    assert draft.notes == ()


def test_a_site_maps_its_codes_of_what_is_no_operation() -> None:
    element = {"code": "X1", "target": [{"code": "injection"}]}
    group = {"source": UNKNOWN["system"], "target": "urn:decompass:no-operation", "element": [element]}
    book = CodeBook(concept_map={"resourceType": "ConceptMap", "group": [group]})

    assert beside(procedure(worded("Epidural injection L5"), LATER)).finding == "cannot_tell"
    assert beside(procedure(worded("Epidural injection L5"), LATER), book=book).notes == ()


def test_a_later_procedure_without_any_meaning_is_the_first_thing_that_is_asked() -> None:
    draft = beside(procedure(UNKNOWN, LATER), procedure(worded("Laminectomy"), "2020-01-01", id="old"))

    assert draft.finding == "operation"
    assert [note.path for note in draft.notes] == [ASKED, "surgery"]


def test_an_operation_elsewhere_that_is_not_finished_leaves_the_lumbar_one_judged() -> None:
    neck = [{"coding": [{"system": "urn:decompass:case:surgery.region", "code": "cervical"}]}]
    unfinished = beside(procedure(LAMINECTOMY, LATER, status="in-progress", bodySite=neck))
    unknown = beside(procedure(worded("Fusion of the spine"), LATER, bodySite=neck))

    assert {unfinished.finding, unknown.finding} == {"operation"}


def test_no_other_operation_is_judged_while_an_earlier_procedure_may_have_been_a_lumbar_one() -> None:
    neck = [{"coding": [{"system": "urn:decompass:case:surgery.region", "code": "cervical"}]}]
    doubt = procedure(worded("Lumbar decompression"), "2026-01-05")

    assert surgery_of(procedure(LAMINECTOMY, bodySite=neck), doubt, complete=ALL_SENT) == "cannot_tell"
    assert surgery_of(procedure(FUSION), doubt, complete=ALL_SENT) == "cannot_tell"


@pytest.mark.parametrize(
    ("later", "finding"),
    [
        (procedure(worded("Lumbar fusion L4/5"), LATER), "operation"),
        (procedure(MICRODISCECTOMY, "2026"), "operation"),
        (procedure(FUSION, LATER), "cannot_tell"),
        (procedure(MICRODISCECTOMY, LATER, status="in-progress"), "cannot_tell"),
    ],
)
def test_a_form_of_the_day_that_names_the_operation_answers_what_is_unknown_and_not_what_is_known(
    later: Any, finding: str
) -> None:
    surgery = {"date": "2026-11-10", "procedure": "microdiscectomy"}
    today, before = (
        response_of({"assessed_on": day, "subject": "p1", "surgery": surgery}) for day in (DAY, "2026-11-21")
    )
    draft = beside(later, today)

    assert draft.finding == finding
    assert draft.notes[0].path == ASKED
    assert beside(later, before).finding == "cannot_tell"


def test_a_form_that_leaves_the_operation_to_others_is_about_the_lumbar_one_that_is_known() -> None:
    form = response_of({"assessed_on": DAY, "subject": "p1", "red_flags": {"saddle_numbness": "no"}})
    neck = [{"coding": [{"system": "urn:decompass:case:surgery.region", "code": "cervical"}]}]
    known = draft_of([procedure(), form], DAY, complete=ALL_SENT)
    elsewhere = draft_of([procedure(LAMINECTOMY, bodySite=neck), form], DAY, complete=ALL_SENT)

    assert (known.finding, [note.severity for note in known.notes]) == ("operation", [])
    assert known.case["red_flags"] == {"saddle_numbness": "no"}
    assert elsewhere.finding == "cannot_tell"
    assert "does not tell the operation" in elsewhere.notes[0].text


@pytest.mark.parametrize("performed", ["2026-12-01", "2026-11-25", "2062-11-10", "2026-11-23T23:00:00Z"])
def test_an_operation_that_is_said_to_be_done_on_a_day_still_to_come_leaves_a_doubt(performed: str) -> None:
    told = procedure(performed=performed)
    draft = beside(told)

    assert surgery_of(told, complete=ALL_SENT) == "cannot_tell"
    assert (draft.finding, draft.notes[0].path) == ("cannot_tell", ASKED)
    assert surgery_of(without(told, "performedDateTime"), complete=ALL_SENT) == "cannot_tell"


def test_an_operation_after_the_day_that_is_asked_for_is_not_judged() -> None:
    assert draft_of([procedure()], "2026-11-01", complete=ALL_SENT).finding == "no_operation"
    assert surgery_of(procedure(performed="2026-11-24"), complete=ALL_SENT)["date"] == DAY


def test_a_form_with_an_operation_that_is_still_to_come_leaves_a_doubt() -> None:
    form = response_of(
        {"assessed_on": DAY, "surgery": {"date": "2062-11-10", "procedure": "microdiscectomy"}}
    )

    assert draft_of([form], DAY, complete=ALL_SENT).finding == "cannot_tell"
    assert beside(procedure(), form).finding == "cannot_tell"


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (("fusion", "microdiscectomy"), "decompression_with_fusion"),
        (("other", "microdiscectomy"), "microdiscectomy"),
        (("foraminotomy", "disc_replacement", "laminectomy"), "laminectomy"),
    ],
)
def test_of_several_codes_of_one_procedure_the_decompression_is_judged_in_any_order(
    codes: tuple[str, ...], told: str
) -> None:
    codings = [{**FUSION, "code": code} for code in codes]

    for order in permutations(codings):
        assert surgery_of(procedure() | {"code": {"coding": list(order)}})["procedure"] == told
