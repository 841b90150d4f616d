"""Every error is a problem: its status and code, a trace id, and nothing of the request or the failure."""

import json
import logging
from typing import Any

import pydantic_core
import pytest

from app.api import access_problems, fhir_problems, hook_problems, problems, record_problems
from app.api.access_problems import EVERY_PROBLEM
from app.api.log_lines import JsonLines
from app.api.messages import MESSAGES, UNEXPECTED, message_for
from app.api.problems import BY_STATUS, MEDIA_TYPE, Problem, problem_for_status
from app.api.strict_json import Flaw
from tests.api.sample import CANARY, sample_application, send

JSON = {"Content-Type": "application/json"}
LEAKY = '{"subject":"' + CANARY + ' x","' + CANARY + '":1}'

ERRORS: list[tuple[str, str, dict[str, Any], int, str]] = [
    # method, path, request, status, code
    ("GET", f"/{CANARY}", {}, 404, "not-found"),
    ("GET", "/v1/cases/", {}, 404, "not-found"),
    ("GET", f"/docs/files/{CANARY}", {}, 404, "not-found"),
    ("GET", "/docs/files/..%2fdocs_page.py", {}, 404, "not-found"),
    ("PATCH", f"/v1/cases/{CANARY}", {}, 405, "method-not-allowed"),
    ("DELETE", "/openapi.json", {}, 405, "method-not-allowed"),
    (
        "POST",
        "/v1/cases",
        {"content": LEAKY, "headers": {"Content-Type": "text/plain"}},
        415,
        "unsupported-media-type",
    ),
    ("POST", "/v1/cases", {"content": LEAKY[:-1], "headers": JSON}, 400, "malformed-body"),
    ("POST", "/v1/cases", {"content": LEAKY, "headers": JSON}, 422, "invalid-request"),
    ("POST", "/v1/cases", {"content": LEAKY * 2000, "headers": JSON}, 413, "body-too-large"),
    ("GET", f"/v1/cases/{CANARY}?limit={CANARY}", {}, 422, "invalid-request"),
    ("GET", "/v1/cases/a", {"headers": {"Idempotency-Key": "Zq7 ... canary"}}, 422, "invalid-request"),
    ("POST", "/v1/failing", {}, 500, "internal-error"),
    ("GET", "/v1/broken-answer", {}, 500, "internal-error"),
    ("GET", "/v1/queue", {}, 503, "queue-full"),
]


@pytest.mark.parametrize(("method", "path", "request_", "status", "code"), ERRORS)
def test_an_error_is_a_problem_that_tells_nothing_of_the_input(
    method: str, path: str, request_: dict[str, Any], status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = send(sample_application(log_requests=True), method, path, **request_)
    problem = answer.json()

    assert answer.headers["content-type"] == MEDIA_TYPE
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"/problems/{code}"
    assert problem["trace_id"] == answer.headers["trace-id"]
    assert set(problem) <= {"type", "title", "status", "code", "detail", "trace_id", "errors"}
    ours = "\n".join(map(JsonLines().format, caplog.records))
    for told in (answer.text, str(answer.headers), ours):
        assert "canary" not in told.lower()


def test_a_method_that_is_not_allowed_is_answered_with_all_that_are() -> None:
    answer = send(sample_application(), "PUT", "/v1/cases/a")

    assert answer.headers["allow"] == "DELETE, GET, HEAD"


def test_trying_again_is_advised_where_it_helps() -> None:
    assert send(sample_application(), "GET", "/v1/queue").headers["retry-after"] == "2"


def test_wrong_parameters_are_named_and_not_repeated() -> None:
    answer = send(sample_application(), "GET", "/v1/cases/A?limit=0", headers={"Idempotency-Key": "short"})

    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("case_id", "string_pattern_mismatch"),
        ("limit", "greater_than_equal"),
        ("idempotency-key", "string_too_short"),
    ]


def test_a_failure_is_logged_by_its_class_and_trace_id_alone(caplog: pytest.LogCaptureFixture) -> None:
    answer = send(sample_application(), "POST", "/v1/failing")

    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    line = json.loads(JsonLines().format(record))
    assert (line["exception"], line["trace_id"]) == ("RuntimeError", answer.json()["trace_id"])
    assert "sample.py" in line["places"][-1]
    assert CANARY not in str(line)
    assert record.exc_info is None


def test_every_kind_of_problem_has_its_own_code_and_fixed_sentences() -> None:
    modules = (problems, record_problems, access_problems, hook_problems, fhir_problems)
    declared = {each for module in modules for each in vars(module).values() if isinstance(each, Problem)}
    assert set(EVERY_PROBLEM) == declared
    assert len({problem.code for problem in EVERY_PROBLEM}) == len(EVERY_PROBLEM)
    for problem in EVERY_PROBLEM:
        assert 400 <= problem.status <= 599
        assert problem.title
        assert problem.detail.endswith(".")


def test_a_status_that_other_code_chose_becomes_a_problem() -> None:
    assert all(problem_for_status(status).status == status for status in range(400, 600))
    assert all(problem.status == status for status, problem in BY_STATUS.items())


# What only Python objects can cause; a JSON text or a parameter cannot.
NOT_FROM_JSON = frozenset(
    [
        "no_such_attribute",
        "needs_python_object",
        "frozen_field",
        "frozen_instance",
        "get_attribute_error",
        "default_factory_not_called",
        "ordered_dict_type",
        "counter_type",
        "deque_type",
        "set_item_not_hashable",
        "iteration_error",
        "missing_sentinel_error",
        "ellipsis_error",
        "is_instance_of",
        "is_subclass_of",
        "callable_type",
        "arguments_type",
        "missing_argument",
        "unexpected_keyword_argument",
        "missing_keyword_only_argument",
        "unexpected_positional_argument",
        "missing_positional_only_argument",
        "multiple_argument_values",
        "complex_type",
        "complex_str_parsing",
        "fraction_type",
        "fraction_parsing",
        "frozen_dict_type",
        "bytes_type",
        "bytes_too_short",
        "bytes_too_long",
        "bytes_invalid_encoding",
        "url_type",
        "url_parsing",
        "url_syntax_violation",
        "url_too_long",
        "url_scheme",
    ]
)
ERROR_TYPES = [error["type"] for error in pydantic_core._pydantic_core.list_all_errors()]


@pytest.mark.parametrize("error_type", ERROR_TYPES)
def test_every_way_a_value_can_be_wrong_has_a_fixed_sentence(error_type: str) -> None:
    assert (error_type in MESSAGES) != (error_type in NOT_FROM_JSON)
    assert "{" not in message_for(error_type), "a sentence takes no values"


def test_every_flaw_of_a_text_has_a_sentence() -> None:
    assert all(flaw in MESSAGES for flaw in Flaw)


def test_an_unknown_error_is_told_without_details() -> None:
    assert message_for(CANARY) == UNEXPECTED
