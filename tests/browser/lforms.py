"""LForms of the US National Library of Medicine, a filler of FHIR forms, served to a page of a browser.

The package is fetched once with npm, as its maker released it, and kept in pytest's cache. Its dependencies
are for those who build it: what is released runs alone.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from app.interop.questionnaire import questionnaire

PACKAGE = "lforms@40.1.3"
SHA512 = (
    "58baee4e6f817159da7c2d2b480437fdc36a871bdc941531c811baf1ab9bfee8"
    "5ad8d68af47f1965c1174d3b8e46e1b3cc2b74c1aedfbe1ba2799b5c0c874fcd"
)
SECONDS_TO_FETCH = 120
DISTRIBUTION = "package/dist/lforms"
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>LForms</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="lforms/webcomponent/styles.css">
<body>
<div id="form"></div>
<script src="lforms/webcomponent/assets/lib/zone.min.js"></script>
<script src="lforms/webcomponent/lhc-forms.js"></script>
<script src="lforms/fhir/R4/lformsFHIR.min.js"></script>
"""


class NotFetched(Exception):
    """There is no npm here, or it does not reach its registry."""


def unpacked(cache: Path) -> Path:
    """The folder of the distribution; NotFetched where it is neither in the cache nor to be had."""
    if not (cache / DISTRIBUTION).is_dir():
        packed = _fetched(cache)
        assert hashlib.sha512(packed.read_bytes()).hexdigest() == SHA512, (
            f"{PACKAGE} is not what was released"
        )
        beside = cache / "unpacking"
        shutil.rmtree(beside, ignore_errors=True)
        with tarfile.open(packed) as archive:
            archive.extractall(beside, filter="data")
        (beside / "package").replace(cache / "package")
    return cache / DISTRIBUTION


def _fetched(cache: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetched("npm is not installed")
    command = [npm, "pack", PACKAGE, "--silent", "--ignore-scripts", "--pack-destination", str(cache)]
    try:
        subprocess.run(command, cwd=cache, check=True, capture_output=True, timeout=SECONDS_TO_FETCH)  # noqa: S603 - the program was found on the path, the rest is ours
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NotFetched("npm does not reach its registry") from error
    return cache / f"{PACKAGE.replace('@', '-')}.tgz"


def form_page(distribution: Path) -> Starlette:
    """A page with LForms, and beside it the form of the service."""

    async def page(_: Request) -> Response:
        return HTMLResponse(PAGE)

    async def form(_: Request) -> Response:
        return JSONResponse(questionnaire("https://decompass.example.org"))

    return Starlette(
        routes=[
            Route("/", page),
            Route("/form", form),
            Mount("/lforms", StaticFiles(directory=distribution)),
        ]
    )
