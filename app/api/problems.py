"""Every error answer: RFC 9457 problems with fixed sentences, never the input, never an exception's text.

The table below is the whole vocabulary. Code that cannot go on raises `RequestRefused` with an entry of it;
exceptions of the layers below are mapped to entries where the application is put together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from starlette.responses import Response

from app.api.messages import message_for

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of error answer."""

    code: str
    status: int
    title: str
    detail: str
    retry_after_seconds: int | None = None

    @property
    def type_uri(self) -> str:
        return f"/problems/{self.code}"


@dataclass(frozen=True, slots=True)
class InputError:
    """One thing wrong with the request: where, what, and a sentence about it."""

    pointer: str
    code: str
    message: str

    @classmethod
    def of(cls, pointer: str, code: str) -> InputError:
        """With the sentence that stands for the code."""
        return cls(pointer, code, message_for(code))


MALFORMED_REQUEST = Problem(
    "malformed-request",
    400,
    "Malformed request",
    "The request does not follow HTTP or a header cannot be read.",
)
MALFORMED_BODY = Problem(
    "malformed-body", 400, "Malformed body", "The body is not JSON in UTF-8 that has exactly one meaning."
)
NOT_FOUND = Problem("not-found", 404, "Not found", "There is nothing at this address.")
METHOD_NOT_ALLOWED = Problem(
    "method-not-allowed", 405, "Method not allowed", "This address does not answer this method; see Allow."
)
REQUEST_TIMEOUT = Problem("request-timeout", 408, "Request timeout", "The request did not arrive in time.")
BODY_TOO_LARGE = Problem(
    "body-too-large",
    413,
    "Body too large",
    "The body is larger than 65536 bytes; under /fhir and /cds-services, than 2 MiB.",
)
UNSUPPORTED_MEDIA_TYPE = Problem(
    "unsupported-media-type",
    415,
    "Unsupported media type",
    "The body must be application/json in UTF-8, without a Content-Encoding; under /fhir and /cds-services "
    "it can be application/fhir+json too.",
)
HEAD_TOO_LARGE = Problem(
    "head-too-large", 431, "Head too large", "The address and the headers are larger than the service reads."
)
MISDIRECTED = Problem(
    "misdirected",
    421,
    "Misdirected request",
    "The service does not answer to this host name. The setting DECOMPASS_HOSTS names those it answers to.",
)
INVALID_REQUEST = Problem(
    "invalid-request",
    422,
    "Invalid request",
    "The request is well formed, but parts of it are missing, unknown or outside their range; see errors.",
)
RATE_LIMITED = Problem(
    "rate-limited",
    429,
    "Rate limited",
    "More requests came than the limit allows; RateLimit-Policy says how many, Retry-After when to go on.",
)
INTERNAL_ERROR = Problem(
    "internal-error",
    500,
    "Internal error",
    "The service failed. Nothing in the request caused it; quote the trace_id when you report it.",
)
OVERLOADED = Problem(
    "overloaded",
    503,
    "Overloaded",
    "More requests are open than the service accepts. Try again.",
    retry_after_seconds=1,
)
STOPPING = Problem(
    "stopping",
    503,
    "Stopping",
    "The service is stopping before it could answer. Try again.",
    retry_after_seconds=1,
)
NOT_READY = Problem(
    "not-ready",
    503,
    "Not ready",
    "The service cannot answer yet; errors names the checks that fail.",
    retry_after_seconds=1,
)

PROBLEMS = (
    MALFORMED_REQUEST,
    MALFORMED_BODY,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    REQUEST_TIMEOUT,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    MISDIRECTED,
    HEAD_TOO_LARGE,
    INVALID_REQUEST,
    RATE_LIMITED,
    INTERNAL_ERROR,
    OVERLOADED,
    STOPPING,
    NOT_READY,
)
# What a framework raises as a bare status, in our words.
BY_STATUS = {
    400: MALFORMED_REQUEST,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    413: BODY_TOO_LARGE,
    415: UNSUPPORTED_MEDIA_TYPE,
    422: INVALID_REQUEST,
    429: RATE_LIMITED,
    500: INTERNAL_ERROR,
    503: OVERLOADED,
}


class RequestRefused(Exception):
    """The request is answered with a problem instead of a result."""

    def __init__(
        self,
        problem: Problem,
        errors: tuple[InputError, ...] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.errors = errors
        self.headers = headers


def problem_for_status(status: int) -> Problem:
    """The problem for a status that somebody else's code chose; its kind is one of the table's."""
    known = BY_STATUS.get(status)
    return known or replace(MALFORMED_REQUEST if status < 500 else INTERNAL_ERROR, status=status)


def problem_body(problem: Problem, trace_id: str, errors: tuple[InputError, ...] = ()) -> bytes:
    """The JSON of a problem."""
    members: dict[str, object] = {
        "type": problem.type_uri,
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "trace_id": trace_id,
    }
    if errors:
        members["errors"] = [asdict(error) for error in errors[:MAX_ERRORS]]
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


def problem_response(
    problem: Problem,
    trace_id: str,
    errors: tuple[InputError, ...] = (),
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """A problem as an answer, with Retry-After where trying again helps."""
    sent = dict(headers)
    if problem.retry_after_seconds is not None:
        sent["Retry-After"] = str(problem.retry_after_seconds)
    return Response(
        problem_body(problem, trace_id, errors),
        status_code=problem.status,
        headers=sent,
        media_type=MEDIA_TYPE,
    )
