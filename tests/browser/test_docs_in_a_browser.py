"""In a real browser, the docs page shows every operation, runs one, and asks nobody but the service."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.api.published import operations
from tests.api.sample import sample_application
from tests.api.serving import running
from tests.browser.chromium import Page, find_chromium, opened_page

PROGRAM = find_chromium()
PREFIX = "/clinic/decompass"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed (Debian: apt-get install chromium)"),
]


def below_prefix(application: ASGIApp) -> ASGIApp:
    """What a proxy does that shows a service below a prefix."""

    async def proxied(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"].removeprefix(PREFIX)
            assert path != scope["path"], "the page asked outside its prefix"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await application(scope, receive, send)

    return proxied


def element(selector: str) -> str:
    """The script for a part of the operation that is tried."""
    return f"document.querySelector('#operations-assessments-assessCase {selector}')"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    assert PROGRAM
    with opened_page(PROGRAM, tmp_path) as page:
        yield page


@pytest.mark.parametrize("prefix", ["", PREFIX])
def test_the_docs_page_lists_and_runs_the_operations_and_asks_only_its_origin(
    page: Page, prefix: str
) -> None:
    application = sample_application()
    with running(below_prefix(application) if prefix else application) as port:
        base = f"http://127.0.0.1:{port}{prefix}/"
        page.open(base + "docs")
        page.wait_until(element(".opblock-summary-control"))
        shown = page.evaluate(
            "[...document.querySelectorAll('.opblock')].map(each => each.id.split('-').pop())"
        )
        page.evaluate(element(".opblock-summary-control") + ".click()")
        page.wait_until(element("textarea") + "?.value.includes('p-1')")
        page.evaluate(element(".execute") + ".click()")
        page.wait_until(element(".live-responses-table .response"))
        answer = page.evaluate(element(".live-responses-table .response") + ".innerText")

    assert sorted(shown) == sorted(
        operation["operationId"] for _, operation in operations(application.openapi())
    )
    assert answer.startswith("201")
    asked = [url for url in page.requested() if not url.startswith("data:")]
    assert base + "v1/cases" in asked
    assert [url for url in asked if not url.startswith(base)] == []
    assert page.complaints() == []


def test_the_docs_page_shows_the_examples_of_answers_and_of_problems(page: Page) -> None:
    answer = {"summary": "As answered", "value": {"subject": "shown-answer"}}
    with running(sample_application(answer_examples=lambda: {"Answer": answer})) as port:
        page.open(f"http://127.0.0.1:{port}/docs")
        page.wait_until(element(".opblock-summary-control"))
        page.evaluate(element(".opblock-summary-control") + ".click()")
        page.wait_until(element(".responses-table") + "?.innerText.includes('shown-answer')")
        shown = page.evaluate(element(".responses-table") + ".innerText")

    assert '"code": "body-too-large"' in shown
    assert page.complaints() == []
