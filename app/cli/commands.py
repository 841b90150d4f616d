"""What each command of the command line does, and the exit status that says how it went."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from rich.console import Console

from app.api.answers import Preview
from app.api.json_body import MAX_BODY_BYTES, JsonBody
from app.api.problems import RequestRefused
from app.audit.secrets import passing_secrets
from app.cli.page import page, rule_page, rules_table
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.main import create_app
from app.services.assessments import assess
from app.services.case import Case
from app.services.errors import CaseRefused
from app.services.rule_book import write_rule_book
from app.services.rulesets import Rulesets
from app.settings import Settings

DONE, NOT_VERIFIED = 0, 1


class InputRefused(Exception):
    """The input of a command cannot be used; ``problems`` says why, a line each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def say(text: str) -> None:
    """Print a text as it is, however wide the terminal is."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)


@cache
def _rulesets() -> Rulesets:
    """Compiled once, however many commands a process runs."""
    return Rulesets(POSTOP_LUMBAR)


def assess_file(name: str, *, as_json: bool) -> int:
    """Assess a case from a file and print the result; nothing is recorded."""
    case = read_case(name)
    try:
        answer = assess(case, datetime.now(UTC), _rulesets()).answer().text
    except CaseRefused as refusal:
        raise InputRefused(*(f"{each.pointer}: {each.message}" for each in refusal.problems)) from refusal
    if as_json:
        print(answer.decode())  # noqa: T201 - what the command is for
    else:
        Console().print(page(Preview.model_validate_json(answer)))
    return DONE


def read_case(name: str) -> Case:
    """The case of a file, read as strictly as a request; refused with the place of everything wrong."""
    body: JsonBody[Case] = JsonBody(Case)
    try:
        text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputRefused(f"{name} cannot be read: {error.strerror}.") from error
    if len(text) > MAX_BODY_BYTES:
        raise InputRefused(f"A case has at most {MAX_BODY_BYTES} bytes.")
    try:
        return body.parse(text)
    except RequestRefused as refusal:
        raise InputRefused(*_told(refusal)) from refusal


def _told(refusal: RequestRefused) -> Iterator[str]:
    yield refusal.problem.detail
    for error in refusal.errors:
        yield f"{error.pointer or '(the whole case)'}: {error.message}"


def show_rules(rule_id: str | None) -> int:
    """List every rule, or show one in full."""
    if rule_id is None:
        Console().print(rules_table(POSTOP_LUMBAR))
        return DONE
    rule = POSTOP_LUMBAR.rule(rule_id)
    if rule is None:
        raise InputRefused(f"There is no rule {rule_id!r}. `decompass rules` lists them.")
    Console().print(rule_page(rule))
    return DONE


def write_docs(folder: Path) -> int:
    """Write the rule book."""
    write_rule_book(folder)
    return DONE


def print_openapi() -> int:
    """Print the OpenAPI document."""
    document = create_app(Settings.from_environment({}), passing_secrets()).openapi()
    print(json.dumps(document, indent=2, ensure_ascii=False))  # noqa: T201 - what the command is for
    return DONE
