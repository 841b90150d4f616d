"""In a real browser, the docs page takes a credential by its Authorize button and sends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.access.scopes import Scope
from app.main import create_app
from tests.api.guarded import new_key, settings_of
from tests.api.serving import running
from tests.browser.chromium import Page, find_chromium, opened_page
from tests.stores import SECRETS

PROGRAM = find_chromium()
OPERATION = "#operations-rulesets-listEvidence"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed (Debian: apt-get install chromium)"),
]


def found(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)})"


def typed(selector: str, text: str) -> str:
    """The script that types into a field of the page, which listens to its own events alone."""
    return (
        "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set"
        f".call({found(selector)}, {json.dumps(text)});"
        f"{found(selector)}.dispatchEvent(new Event('input', {{bubbles: true}}))"
    )


def run_operation(page: Page, status: str) -> None:
    page.evaluate(found(f"{OPERATION} .execute") + ".click()")
    page.wait_until(
        found(f"{OPERATION} .live-responses-table .response") + f"?.innerText.startsWith('{status}')"
    )


def test_the_docs_page_asks_with_the_key_that_was_given_to_its_authorize_button(
    sqlite_url: str, tmp_path: Path
) -> None:
    assert PROGRAM
    key = new_key(sqlite_url, Scope.RULES)
    with (
        running(create_app(settings_of(sqlite_url, tmp_path), SECRETS)) as port,
        opened_page(PROGRAM, tmp_path / "profile") as page,
    ):
        page.open(f"http://127.0.0.1:{port}/docs")
        page.wait_until(found(f"{OPERATION} .opblock-summary-control"))
        page.evaluate(found(f"{OPERATION} .opblock-summary-control") + ".click()")
        page.wait_until(found(f"{OPERATION} .execute"))
        run_operation(page, "401")

        page.evaluate(found(".auth-wrapper .authorize") + ".click()")
        page.wait_until(found(".auth-container input"))
        page.evaluate(typed(".auth-container input", key))
        page.evaluate(found(".auth-container button.authorize") + ".click()")
        page.wait_until(found(".auth-container") + "?.innerText.includes('Logout')")
        page.evaluate(found(".modal-ux .close-modal") + ".click()")
        run_operation(page, "200")
