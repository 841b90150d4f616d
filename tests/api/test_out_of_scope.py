"""An operation that is out of scope: no outcome, but the safety part, and a day to look again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.service import Service

pytestmark = pytest.mark.anyio


def fused(assessed_on: str, **more: Any) -> dict[str, Any]:
    surgery = {"date": "2025-01-15", "procedure": "fusion"}
    return {"subject": "fused", "assessed_on": assessed_on, "surgery": surgery, **more}


@pytest.mark.parametrize(
    ("assessed_on", "review_on"),
    [
        ("2025-01-15", "2025-02-26"),
        ("2025-02-25", "2025-02-26"),
        ("2025-02-26", "2025-04-15"),
        ("2025-04-15", "2026-01-15"),
        ("2025-07-01", "2026-01-15"),
        ("2026-01-14", "2026-01-15"),
        ("2026-01-15", None),
        ("2026-01-16", None),
    ],
)
async def test_out_of_scope_the_next_review_is_the_next_of_three_visits(
    service: Service, assessed_on: str, review_on: str | None
) -> None:
    said = await service.preview(fused(assessed_on))

    assert (said["verdict"]["status"], said["next_review_on"]) == ("out_of_scope", review_on)
    assert (said["verdict"]["judgeable_from"], said["milestones"], said["next_steps"]) == (None, [], [])


@pytest.mark.parametrize("assessed_on", ["2025-02-01", "2026-03-01"])
async def test_out_of_scope_a_flag_is_due_as_in_scope(service: Service, assessed_on: str) -> None:
    said = await service.preview(fused(assessed_on, red_flags={"urinary_retention": "yes"}))

    assert said["safety"]["tier"] == "emergency_now"
    assert said["next_review_on"] == assessed_on
