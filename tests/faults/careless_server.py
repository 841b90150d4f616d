"""Serves as frameworks do by default: repeats and fails on bad input, logs it, and forgets nothing."""

from __future__ import annotations

import os
import sys
from typing import Annotated

from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app.api.server import serve
from app.settings import Settings
from tests.api.sample import Case

KEPT_BYTES = 100_000


def careless_application() -> FastAPI:
    """One route that takes anything to be a case."""
    application = FastAPI()
    kept: list[bytes] = []

    @application.post("/{path:path}")
    async def take(request: Request, case: Annotated[Case, Body()]) -> str:
        return f"{case.subject} {await request.body()!r}"

    @application.exception_handler(RequestValidationError)
    async def refuse(request: Request, error: RequestValidationError) -> JSONResponse:
        kept.append(os.urandom(KEPT_BYTES))
        sys.stderr.write(f"refused: {await request.body()!r}\n")
        return JSONResponse({"detail": [{"input": each["input"]} for each in error.errors()]}, 422)

    return application


if __name__ == "__main__":
    serve(lambda _: careless_application(), Settings.from_environment(os.environ))
