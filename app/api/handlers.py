"""From exceptions to problems: one table, for the framework's exceptions and for the domain's."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.api.problems import (
    INVALID_REQUEST,
    InputError,
    Problem,
    RequestRefused,
    problem_for_status,
    problem_response,
)

# Any: each handler takes the exception it is registered for, which the framework's own type cannot say.
Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]
PASSED_ON = ("retry-after", "www-authenticate")


def exception_handlers(
    domain_errors: Mapping[type[Exception], Problem],
) -> dict[int | type[Exception], Handler]:
    """A handler for each kind of exception that is not a failure of the service."""
    handlers: dict[int | type[Exception], Handler] = {
        HTTPException: _answer_http_exception,
        RequestValidationError: _answer_invalid_parameters,
        RequestRefused: _answer_refusal,
    }
    handlers.update({error: _answer_with(problem) for error, problem in domain_errors.items()})
    return handlers


def trace_id_of(request: Request) -> str:
    """The id under which this request can be found in the log."""
    trace_id: str = request.scope["state"]["trace_id"]
    return trace_id


def _answer_with(problem: Problem) -> Handler:
    async def answer(request: Request, _error: Exception) -> Response:
        return problem_response(problem, trace_id_of(request))

    return answer


async def _answer_refusal(request: Request, error: RequestRefused) -> Response:
    return problem_response(error.problem, trace_id_of(request), error.errors, error.headers)


async def _answer_http_exception(request: Request, error: HTTPException) -> Response:
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() in PASSED_ON}
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    return problem_response(problem_for_status(error.status_code), trace_id_of(request), headers=headers)


async def _answer_invalid_parameters(request: Request, error: RequestValidationError) -> Response:
    errors = tuple(InputError.of(_parameter_name(each["loc"]), each["type"]) for each in error.errors())
    return problem_response(INVALID_REQUEST, trace_id_of(request), errors)


def _parameter_name(location: tuple[int | str, ...]) -> str:
    # ("query", "limit", ...): the second part is the name the endpoint declares, anything after it was sent.
    return str(location[1]) if len(location) > 1 else ""


def allowed_methods(request: Request) -> list[str]:
    """Every method that some route answers at the address of this request."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        matches = route.methods and route.path_regex.match(request.scope["path"])
        methods |= set(route.methods or ()) if matches else set()
    return sorted(methods)
