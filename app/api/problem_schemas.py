"""How the document tells of errors: schemas and sentences made from the tables of problems and messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from app.api.access_problems import EVERY_PROBLEM
from app.api.messages import MESSAGES
from app.api.problems import MAX_ERRORS, MEDIA_TYPE, Problem
from app.api.shapes import ONE_LINE
from app.services.errors import CaseCode

Schema = dict[str, Any]
Responses = dict[int | str, dict[str, Any]]

PROBLEM: Schema = {
    "title": "Problem",
    "description": "An error answer (RFC 9457). It never repeats the input.",
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "title", "status", "code", "detail", "trace_id"],
    "properties": {
        "type": {
            "description": "A stable reference for the kind of problem: its `code` as an address.",
            "type": "string",
            "format": "uri-reference",
            "enum": [problem.type_uri for problem in EVERY_PROBLEM],
        },
        "title": {
            "description": "The kind of problem in words; the same for every problem of a `code`.",
            "type": "string",
            "enum": [problem.title for problem in EVERY_PROBLEM],
        },
        "status": {
            "description": "The HTTP status code.",
            "type": "integer",
            "format": "int32",
            "minimum": 400,
            "maximum": 599,
        },
        "code": {
            "description": "The kind of problem for programs.",
            "$ref": "#/components/schemas/ProblemCode",
        },
        "detail": {
            "description": "What it means and what to do.",
            "type": "string",
            "maxLength": 300,
            "pattern": ONE_LINE,
        },
        "trace_id": {
            "description": "Quote this when you report the problem; the header `Trace-Id` says the same.",
            "type": "string",
            "maxLength": 32,
            "pattern": "^[0-9a-f]{32}$",
        },
        "errors": {
            "description": "What is wrong, each with its place. Absent where the code says it all.",
            "type": "array",
            "maxItems": MAX_ERRORS,
            "items": {"$ref": "#/components/schemas/InputError"},
        },
    },
}
INPUT_ERROR: Schema = {
    "title": "InputError",
    "description": "One thing wrong with the request.",
    "type": "object",
    "additionalProperties": False,
    "required": ["pointer", "code", "message"],
    "properties": {
        "pointer": {
            "description": "A JSON pointer (RFC 6901) into the body, or the name of a parameter or check. "
            "It ends before a member whose name is not known.",
            "type": "string",
            "maxLength": 1000,
            "pattern": ONE_LINE,
        },
        "code": {
            "description": "What is wrong, for programs.",
            "$ref": "#/components/schemas/InputErrorCode",
        },
        "message": {
            "description": "What is wrong, in words.",
            "type": "string",
            "maxLength": 200,
            "pattern": ONE_LINE,
        },
    },
}


def sentence(problem: Problem) -> str:
    """What an error answer means, as its status is described."""
    return f"`{problem.code}`: {problem.detail}"


def _list_of(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


PROBLEM_CODE: Schema = {
    "title": "ProblemCode",
    "description": f"Every kind of problem.\n\n{_list_of(map(sentence, EVERY_PROBLEM))}",
    "type": "string",
    "enum": [problem.code for problem in EVERY_PROBLEM],
}
CASE_CODES = get_args(CaseCode)
INPUT_ERROR_CODE: Schema = {
    "title": "InputErrorCode",
    "description": "Everything that can be wrong with a request.\n\n"
    + _list_of(f"`{code}`: {message}" for code, message in MESSAGES.items())
    + f"\n- {', '.join(f'`{code}`' for code in CASE_CODES)}: parts of the case contradict each other or the "
    "calendar; `message` says how.",
    "type": "string",
    "enum": [*MESSAGES, *CASE_CODES],
}
SCHEMAS: Schema = {
    "Problem": PROBLEM,
    "ProblemCode": PROBLEM_CODE,
    "InputError": INPUT_ERROR,
    "InputErrorCode": INPUT_ERROR_CODE,
}


def problem_responses(*problems: Problem) -> Responses:
    """What a route can be answered with besides what every route can, for its ``responses``."""
    responses: Responses = {}
    add_problems(responses, problems)
    return responses


def add_problems(responses: Responses, problems: Iterable[Problem]) -> None:
    """Describe problems by their status; one status can mean several. Each has an example of its own."""
    for problem in problems:
        response = responses.setdefault(str(problem.status), {"description": ""})
        response["description"] = f"{response['description']}\n\n{sentence(problem)}".strip()
        shown = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}
        content = response.setdefault("content", {}).setdefault(MEDIA_TYPE, shown)
        content["examples"][problem.code] = {"$ref": f"#/components/examples/{problem.code}"}
