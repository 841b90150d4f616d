"""The metrics count what happened, name rules and routes, and nothing that anybody sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.main import create_app
from app.settings import Settings
from tests.api.service import ASSESS, Service, example, running_service
from tests.stores import SECRETS, environment_of

pytestmark = pytest.mark.anyio

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]
CANARY = "Zq7-canary-John-Smith"


@pytest.fixture
async def counting(sqlite_url: str) -> AsyncIterator[Service]:
    """A service of this test alone: what it counts is what the test did."""
    application = create_app(Settings.from_environment(environment_of(sqlite_url)), SECRETS)
    async with running_service(application, sqlite_url) as running:
        yield running


async def samples(service: Service) -> Samples:
    answer = await service.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0)


async def test_requests_are_counted_by_template_method_and_status(counting: Service) -> None:
    await counting.client.get(f"{ASSESS}/{'0' * 8}-0000-4000-8000-{'0' * 12}")
    await counting.client.get(f"/{CANARY}")
    await counting.client.request(CANARY, "/health/live")
    found = await samples(counting)

    route = ASSESS + "/{assessment_id}"
    assert value(found, "decompass_http_requests_total", method="GET", route=route, status="404") == 1
    assert value(found, "decompass_http_request_seconds_count", method="GET", route=route) == 1
    assert value(found, "decompass_http_requests_total", method="GET", route="-", status="404") == 1
    assert value(found, "decompass_http_requests_total", method="other", route="/health/live", status="405")


async def test_a_record_is_counted_once_and_a_preview_not_at_all(counting: Service) -> None:
    case = example()
    await counting.record(case, "key-of-a-visit")
    await counting.record(case, "key-of-a-visit")
    await counting.preview(case)
    found = await samples(counting)

    assert value(found, "decompass_assessments_total", version="2.0.0") == 1
    assert value(found, "decompass_batch_records_sum") == 3  # the replay is a read
    assert value(found, "decompass_batch_commit_seconds_count") == 3
    assert value(found, "decompass_queue_records") == 0


async def test_each_rule_is_counted_as_the_trace_of_the_record_tells_it(counting: Service) -> None:
    record_id = await counting.recorded(example())
    rules = (await counting.client.get(f"{ASSESS}/{record_id}/trace")).json()["rules"]
    found = await samples(counting)

    truths = {"holds": "true", "open": "unknown", "ruled_out": "false"}
    for rule in rules:
        labels = {"version": "2.0.0", "rule": rule["rule"], "truth": truths[rule["truth"]]}
        assert value(found, "decompass_rule_truths_total", **labels) == 1


async def test_how_far_the_anchors_are_behind_is_told_by_the_number_of_the_place(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A place that was never reached grows old from the start; no address is told."""
    places = f"file:{tmp_path}/pins,file:{tmp_path}/{CANARY}/pins"
    environment = environment_of(sqlite_url) | {"DECOMPASS_ANCHORS": places}
    application = create_app(Settings.from_environment(environment), SECRETS)
    async with running_service(application, sqlite_url) as service:
        found = await samples(service)
        text = (await service.client.get("/metrics")).text

    for place in ("1", "2"):
        assert 0 <= value(found, "decompass_anchor_age_seconds", place=place) < 60
        assert found["decompass_anchor_waiting_heads", frozenset({("place", place)})] == 0
    assert CANARY not in text


async def test_without_anchors_none_is_told_of(counting: Service) -> None:
    assert "decompass_anchor_age_seconds{" not in (await counting.client.get("/metrics")).text


async def test_no_label_holds_what_was_sent(counting: Service) -> None:
    await counting.record(example(subject=CANARY), f"key-{CANARY}")
    await counting.client.get(f"/v1/rulesets/{CANARY}?{CANARY}={CANARY}", headers={CANARY: CANARY})

    text = (await counting.client.get("/metrics")).text
    assert "canary" not in text.lower()


async def test_the_number_of_series_does_not_grow_with_what_is_sent(counting: Service) -> None:
    for number in range(3):
        await counting.record(example(subject=f"patient-{number}"))
        await counting.client.get(f"/nowhere/{number}")
    before = set(await samples(counting))
    before = set(await samples(counting))  # now with the series of the request above
    for number in range(3, 30):
        await counting.record(example(subject=f"patient-{number}"))
        await counting.client.get(f"/nowhere/{number}")
        await counting.client.request(f"METHOD-{number}", "/nowhere")
    after = set(await samples(counting))

    others = {key for key in after - before if ("method", "other") not in key[1]}
    assert others == set()
    assert len(after) < 3000
