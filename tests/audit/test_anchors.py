"""What is signed is outside the database soon, and a place that fails holds up nobody."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import httpx
import pytest

from app.audit.anchors import Anchors
from app.audit.pins import PinsRefused, load_pins
from app.audit.sinks import FileSink, NotAnchored, Sink, WebSink, sink_of
from app.audit.store import Store
from tests.audit.whole.generated import events, fill
from tests.stores import opened_store

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def filled(database_url: str) -> Iterator[Store]:
    """A log of three entries."""
    with opened_store(database_url) as store:
        fill(store, events(3))
        yield store


def anchors_to(store: Store, *sinks: Sink, every: float = 60) -> Anchors:
    return Anchors(store.database.reader, sinks, lambda: AT, every)


def sizes(file: Path, store: Store) -> list[int]:
    return sorted(load_pins(file, store.vault.verifier_keys).of("test.example/local"))


def test_every_change_is_pinned_once(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "pins"
    anchors = anchors_to(filled, FileSink(file))
    assert anchors.last_anchored_at is None
    assert [anchors.anchor(), anchors.anchor()] == [True, True]
    fill(filled, events(2))
    assert anchors.anchor()

    assert sizes(file, filled) == [3, 5]
    assert len(file.read_bytes().splitlines()) == 2
    assert anchors.last_anchored_at == AT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_a_crash_left_of_a_line_spoils_no_other(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "pins"
    file.write_bytes(b'{"at":"2026-')
    anchors_to(filled, FileSink(file)).anchor()
    pins = load_pins(file, filled.vault.verifier_keys)

    assert (sizes(file, filled), pins.unreadable) == ([3], 1)


def test_at_the_end_all_is_sent(filled: Store, tmp_path: Path) -> None:
    anchors = anchors_to(filled, FileSink(tmp_path / "pins"))
    anchors.start()
    anchors.close()

    assert sizes(tmp_path / "pins", filled) == [3]


def test_changes_are_sent_by_themselves(filled: Store) -> None:
    sent = Event()

    def take(_: httpx.Request) -> httpx.Response:
        sent.set()
        return httpx.Response(204)

    anchors = anchors_to(filled, WebSink("https://a.example/", httpx.MockTransport(take)), every=0.01)
    anchors.start()

    assert sent.wait(10)
    anchors.close()


def test_a_place_that_fails_gets_it_later_and_holds_up_no_other(filled: Store, tmp_path: Path) -> None:
    answers = iter([503, 503, 200])
    taken = []

    def answer(request: httpx.Request) -> httpx.Response:
        taken.append(json.loads(request.content))
        return httpx.Response(next(answers))

    failing = WebSink("https://anchor.example/", httpx.MockTransport(answer))
    anchors = anchors_to(filled, failing, FileSink(tmp_path / "pins"))

    assert [anchors.anchor(), anchors.last_anchored_at] == [False, None]
    assert sizes(tmp_path / "pins", filled) == [3]
    assert [anchors.anchor(), anchors.anchor(), anchors.last_anchored_at] == [False, True, AT]
    assert [each.keys() for each in taken] == [{"at", "checkpoint"}] * 3


def test_how_far_each_place_is_behind_is_known(filled: Store, tmp_path: Path) -> None:
    """In seconds since all was there, and in logs."""
    answers, now = iter([503, 200, 503]), [100.0]
    failing = WebSink("https://a.example/", httpx.MockTransport(lambda _: httpx.Response(next(answers))))
    sinks: list[Sink] = [failing, FileSink(tmp_path / "pins")]
    anchors = Anchors(filled.database.reader, sinks, lambda: AT, seconds=lambda: now[0])
    assert anchors.lags() == [(0, 0), (0, 0)]

    now[0] += 10
    anchors.anchor()
    now[0] += 10
    assert anchors.lags() == [(20, 1), (10, 0)]
    anchors.anchor()
    assert anchors.lags() == [(0, 0), (0, 0)]
    fill(filled, events(2, "ward"), tenant="ward")
    fill(filled, events(2))
    now[0] += 10
    anchors.anchor()
    assert anchors.lags() == [(10, 2), (0, 0)]


def test_a_place_that_does_not_answer_is_told_without_its_address(tmp_path: Path) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to anchor.example", request=request)

    with pytest.raises(NotAnchored, match=r"^The anchor did not answer: ConnectError\.$"):
        WebSink("https://anchor.example/", httpx.MockTransport(fail)).send([b"{}\n"])
    with pytest.raises(NotAnchored, match="No such file"):
        sink_of(f"file:{tmp_path}/nowhere/pins").send([b"{}\n"])


def test_pins_of_another_service_are_refused(filled: Store, tmp_path: Path) -> None:
    anchors_to(filled, FileSink(tmp_path / "pins")).anchor()
    with pytest.raises(PinsRefused, match="no checkpoint of this service"):
        load_pins(tmp_path / "pins", [])
    with pytest.raises(PinsRefused, match="cannot be read"):
        load_pins(tmp_path / "none", [])
