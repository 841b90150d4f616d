"""A service whose second answer is not as its document says, to see that a check of answers finds it."""

import os

from fastapi import APIRouter
from starlette.responses import Response

from app.api.application import Application, create_application
from app.api.health import Alive
from app.api.server import serve
from app.settings import Settings


def flawed(_settings: Settings) -> Application:
    """One operation that is as documented, and one that is not."""
    router = APIRouter()

    @router.get("/as-told", response_model=Alive)
    async def as_told() -> Response:
        return Response(b'{"status":"alive"}', media_type="application/json")

    @router.get("/otherwise", response_model=Alive)
    async def otherwise() -> Response:
        return Response(b'{"status":1}', media_type="application/json")

    return create_application(routers=[router], version="0", domain_errors={})


if __name__ == "__main__":
    serve(flawed, Settings.from_environment(os.environ))
