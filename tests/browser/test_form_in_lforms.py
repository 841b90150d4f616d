"""The form in a real filler of FHIR forms, in a real browser: shown whole, and read back as it was meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.interop.forms import case_of_form
from app.interop.paths import FIELDS
from app.interop.questionnaire import ASKED
from app.services.assessments import assess
from app.services.case import Case
from tests.api.service import CURRENT
from tests.api.serving import running
from tests.browser.chromium import Page, find_chromium, opened_page
from tests.browser.lforms import NotFetched, form_page, unpacked
from tests.interop.as_form import response_of
from tests.knowledge.corpus import examples

PROGRAM = find_chromium()
NOW = datetime(2030, 1, 15, 12, tzinfo=UTC)
"""After the day of every golden case."""
TAB, ENTER, DOWN = ("Tab", 9), ("Enter", 13), ("ArrowDown", 40)
FORM = "fetch('form').then(answer => answer.json())"
RESPONSE = "LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed (Debian: apt-get install chromium)"),
]


@pytest.fixture
def page(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Page]:
    """A page on which LForms has been loaded."""
    assert PROGRAM
    try:
        distribution = unpacked(pytestconfig.cache.mkdir("lforms"))
    except NotFetched as reason:
        pytest.skip(reason=f"LForms cannot be fetched: {reason}")
    with running(form_page(distribution)) as port, opened_page(PROGRAM, tmp_path) as page:
        page.open(f"http://127.0.0.1:{port}/")
        page.wait_until("window.LForms?.Util?.addFormToPage && LForms.FHIR?.R4")
        yield page


def show(page: Page, form: str) -> None:
    """Put a form on the page, and wait until its last question is there."""
    page.evaluate(f"{form}.then(form => LForms.Util.addFormToPage(form, 'form', {{fhirVersion: 'R4'}}))")
    page.wait_until(element(list(FIELDS)[-1]))


def element(link: str, suffix: str = "") -> str:
    """The script for the control of a question; groups that stand once are numbered 1."""
    levels = "/1" * (link.count(".") + 1)
    return f"document.getElementById({json.dumps(f'{link}{levels}{suffix}')})"


def press(page: Page, name: str, code: int) -> None:
    for event in ("keyDown", "keyUp"):
        page.command("Input.dispatchKeyEvent", type=event, key=name, code=name, windowsVirtualKeyCode=code)


def fill_in(page: Page, link: str, value: Any) -> None:
    """Answer one question as a person does: with mouse and keys."""
    field = FIELDS[link]
    if field.kind == "yes_no":
        page.evaluate(element(link, f"|{field.system}|{value}") + ".click()")
        return
    item = f"document.getElementById({json.dumps('item-' + link + '/1' * (link.count('.') + 1))})"
    control = f"{item}.querySelector('input')" if field.kind == "date" else element(link)
    page.evaluate(f"(control => {{ control.scrollIntoView(); control.focus(); control.click() }})({control})")
    if field.kind == "choice":
        for _ in range(field.options.index(value) + 1):
            press(page, *DOWN)
        press(page, *TAB)
    elif field.kind == "date":
        page.command("Input.insertText", text=datetime.fromisoformat(value).strftime("%m/%d/%Y"))
        press(page, *ENTER)
    else:
        page.command("Input.insertText", text=str(value))
        press(page, *TAB)
    page.evaluate("document.activeElement.blur()")


def preview(case: dict[str, Any]) -> bytes:
    """What POST /v1/assessments/preview answers to this body."""
    return assess(Case.model_validate_json(json.dumps(case)), NOW, CURRENT).answer().text


def test_every_question_and_group_of_the_form_is_shown(page: Page) -> None:
    show(page, FORM)
    shown = page.evaluate("document.getElementById('form').innerText")

    assert [field.path for field in ASKED.values() if field.question not in shown] == []
    assert page.complaints() == []


def test_a_form_that_is_filled_in_by_hand_is_assessed_as_the_same_case_over_rest(page: Page) -> None:
    case = {
        "subject": "patient-7",
        "assessed_on": "2025-04-23",
        "age_years": 45,
        "surgery": {"date": "2025-03-03", "procedure": "microdiscectomy", "indication": "disc_herniation"},
        "observations": [{"date": "2025-04-23", "leg_pain_nrs": 7.5}],
        "red_flags": {"saddle_numbness": "no", "fever": "yes", "rigors": "unknown"},
        "vitals": {"temperature_c": 38.5, "heart_rate_bpm": 104},
    }
    show(page, FORM)
    for name, value in case.items():
        members = value[0] if isinstance(value, list) else value
        if isinstance(members, dict):
            for member, answer in members.items():
                fill_in(page, f"{name}.{member}", answer)
        else:
            fill_in(page, name, members)
    found, notes = case_of_form(page.evaluate(RESPONSE))

    assert notes == []
    assert found == case
    assert preview(found) == preview(case)


def test_a_rich_case_passes_through_the_form_unchanged(page: Page) -> None:
    case = max((example.sent for example in examples()), key=lambda sent: len(json.dumps(sent)))
    filled = (
        "LForms.Util.mergeFHIRDataIntoLForms("
        f"{json.dumps(response_of(case))}, LForms.Util.convertFHIRQuestionnaireToLForms(form, 'R4'), 'R4')"
    )
    show(page, f"{FORM}.then(form => {filled})")
    found, notes = case_of_form(page.evaluate(RESPONSE))

    assert notes == []
    assert found == case
    assert preview(found) == preview(case)
