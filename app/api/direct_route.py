"""A route that asks its dependencies directly: FastAPI's own way to them takes longer than all the rules."""

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response


class _Reader(NamedTuple):
    """A dependency: the parameter that it is for, how it is asked, the parts of the address that it takes."""

    parameter: str
    read: Any
    parts: tuple[str, ...]


class DirectRoute(APIRoute):
    """For endpoints that take the request, and what dependencies read from it; they answer by themselves.

    A dependency takes the request, and parts of the address. What else it declares, such as a header, is for
    the published document.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Any = self.endpoint
        readers = [_reader(each) for each in self.dependant.dependencies]
        request_parameter = self.dependant.request_param_name

        async def handle(request: Request) -> Response:
            values = {}
            for parameter, read, parts in readers:
                values[parameter] = await read(request, *[request.path_params[part] for part in parts])
            if request_parameter:
                values[request_parameter] = request
            response: Response = await endpoint(**values)
            return response

        return handle


def _reader(dependency: Dependant) -> _Reader:
    parts = tuple(each.name for each in dependency.path_params)
    return _Reader(str(dependency.name), dependency.call, parts)
