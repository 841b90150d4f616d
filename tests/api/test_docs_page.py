"""The page that explores the API comes whole from our own package, and may run nothing else."""

import hashlib
import re
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest
from flit_core import buildapi  # type: ignore[import-untyped] # ships no types

from app.web.docs_page import MEDIA_TYPES, STATIC
from tests.api.sample import sample_application, send

# swagger-ui-dist 5.35.0
SHA256 = {
    "LICENSE": "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30",
    "NOTICE": "0d20d1adef18aee3f40dd258172155521ce702ac445cb5f7b7d60ed32dad2fb2",
    "favicon-32x32.png": "3ed612f41e050ca5e7000cad6f1cbe7e7da39f65fca99c02e99e6591056e5837",
    "swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "swagger-ui-bundle.js.LICENSE.txt": "37eb6e7e59aed57b2c1acf076574b818ea07b74265717e0bd67b59e0baf9abbb",
    "swagger-ui.css": "5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
}


def test_the_files_are_those_of_the_release_and_no_others() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in STATIC.iterdir()}

    assert found == SHA256
    assert set(MEDIA_TYPES) == set(SHA256)


@pytest.mark.parametrize("name", sorted(MEDIA_TYPES))
def test_each_file_is_served_with_its_type_and_may_be_cached(name: str) -> None:
    answer = send(sample_application(), "GET", f"/docs/files/{name}")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(MEDIA_TYPES[name])
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert hashlib.sha256(answer.content).hexdigest() == SHA256[name]


def test_every_address_on_the_page_is_relative_so_it_works_below_a_prefix() -> None:
    page = send(sample_application(), "GET", "/docs").text

    addresses = re.findall(r'(?:src|href|url)[=:]\s*"([^"]*)"', page)
    assert len(addresses) == 5
    assert not [address for address in addresses if "//" in address or address.startswith("/")]


def test_only_the_scripts_of_the_page_may_run() -> None:
    answer = send(sample_application(), "GET", "/docs")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))

    (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert not re.findall(r"\son\w+=", answer.text)


def test_the_page_never_asks_a_stranger_to_validate_the_document() -> None:
    assert "validatorUrl: null" in send(sample_application(), "GET", "/docs").text


def test_the_files_are_in_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])

    wheel = tmp_path / buildapi.build_wheel(str(tmp_path))

    packed = zipfile.ZipFile(wheel).namelist()
    assert {f"app/web/static/{name}" for name in SHA256} <= set(packed)
