"""The page that explores the API: Swagger UI from our own files, no request to anywhere else.

All addresses are relative, so the page works below any prefix a proxy puts in front of it.
"""

import hashlib
from base64 import b64encode
from html import escape
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

STATIC = Path(__file__).parent / "static"
# Only what this table names is served. The sums are checked by a test against the release.
MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
    "LICENSE": "text/plain",
    "NOTICE": "text/plain",
    "swagger-ui-bundle.js.LICENSE.txt": "text/plain",
}

SCRIPT = """
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout"
});
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" type="image/png" href="docs/files/favicon-32x32.png">
<link rel="stylesheet" href="docs/files/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript. The document itself: <a href="openapi.json">openapi.json</a></noscript>
<script src="docs/files/swagger-ui-bundle.js"></script>
<script>{script}</script>
</body>
</html>
"""


def docs_router(title: str) -> APIRouter:
    """`/docs` and the files it needs."""
    router = APIRouter(include_in_schema=False)
    page = PAGE.format(title=escape(title), script=SCRIPT)
    headers = {"Content-Security-Policy": content_security_policy(SCRIPT), "Cache-Control": "no-cache"}

    async def docs(_request: Request) -> Response:
        return HTMLResponse(page, headers=headers)

    router.add_route("/docs", docs)
    router.add_route("/docs/files/{name}", _file)
    return router


def content_security_policy(script: str) -> str:
    """Our files and this one script may run; styles may be inline, because Swagger UI sets them so."""
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in MEDIA_TYPES:
        raise HTTPException(404)
    return FileResponse(
        STATIC / name, media_type=MEDIA_TYPES[name], headers={"Cache-Control": "public, max-age=86400"}
    )
