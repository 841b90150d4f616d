"""The service that was told of an anchor leaves its newest checkpoint there when it stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.audit.pins import load_pins
from app.main import create_app
from app.settings import Settings, SettingsError
from tests.audit.whole.generated import events, fill
from tests.stores import SECRETS, environment_of, opened_store

pytestmark = pytest.mark.anyio


async def test_what_was_signed_is_outside_when_the_service_has_stopped(
    sqlite_url: str, tmp_path: Path
) -> None:
    pins = tmp_path / "pins"
    settings = Settings.from_environment({**environment_of(sqlite_url), "DECOMPASS_ANCHORS": f"file:{pins}"})
    app = create_app(settings, SECRETS)
    async with app.router.lifespan_context(app):
        with opened_store(sqlite_url) as store:
            fill(store, events(3))
            keys = store.vault.verifier_keys

    assert load_pins(pins, keys).newest_size("test.example/local") == 3


@pytest.mark.parametrize("place", ["file:pins", "http://anchor.example/", "ftp://a/", "pins", "https://"])
async def test_a_place_that_is_no_anchor_is_refused_and_not_repeated(place: str) -> None:
    with pytest.raises(SettingsError, match=r"DECOMPASS_ANCHORS must be file:/") as refusal:
        Settings.from_environment({"DECOMPASS_ANCHORS": place})

    assert f": {place}" not in str(refusal.value)
