"""The document tells of each operation who may ask it, as the guard will decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.access.scopes import NEEDS, Public, Scope
from app.main import create_app
from tests.api.guarded import settings_of
from tests.api.published import faults, operations
from tests.stores import SECRETS

pytestmark = pytest.mark.anyio


@pytest.fixture
def guarded_document(sqlite_url: str, tmp_path: Path) -> dict[str, Any]:
    """As it is published where credentials are required."""
    return create_app(settings_of(sqlite_url, tmp_path), SECRETS).openapi()


def needed(place: str) -> Any:
    """What the table says of `get /v1/...`, as the document writes it."""
    method, path = place.split(" ")
    templates = {(each, template.replace(":uuid", "")): need for (each, template), need in NEEDS.items()}
    return templates[method.upper(), path]


async def test_each_operation_names_the_scope_that_it_needs(guarded_document: dict[str, Any]) -> None:
    assert faults(guarded_document) == []
    for place, operation in operations(guarded_document):
        need = needed(place)
        if isinstance(need, Public):
            assert operation["security"] == [{}]
            assert "x-scope" not in operation
        else:
            assert operation["security"] == [{"bearer": []}]
            assert operation["x-scope"] == need
            assert operation["description"].endswith(f"Scope: `{need}`.")
            assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]


async def test_where_no_credential_is_asked_for_it_may_be_left_out(document: dict[str, Any]) -> None:
    requirements = [
        operation["security"]
        for place, operation in operations(document)
        if not isinstance(needed(place), Public)
    ]

    assert requirements
    assert all({} in each for each in requirements)


async def test_the_scheme_says_what_each_scope_opens(guarded_document: dict[str, Any]) -> None:
    scheme = guarded_document["components"]["securitySchemes"]["bearer"]

    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert all(f"`{scope}`" in scheme["description"] for scope in Scope)
