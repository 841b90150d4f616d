"""The table of published cut-offs says what the named values are, and holds no figure nobody is sure of."""

import pytest

from app.engine.canonical import thresholds_of
from app.knowledge.citations import ANCHOR, MUCH_BETTER
from app.knowledge.published_thresholds import PUBLISHED_THRESHOLDS, PublishedThreshold
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.sources import CBS, CBS_PART, ENG, MHC

OF_RATINGS = (ANCHOR, MUCH_BETTER)
"""The global rating is the anchor that the cut-offs were found by, not one of them."""


@pytest.mark.parametrize(
    "cut_off", PUBLISHED_THRESHOLDS, ids=lambda each: f"{each.instrument} {each.threshold}"
)
def test_every_row_is_graded_and_shows_the_values_that_are_taken_from_it(cut_off: PublishedThreshold) -> None:
    used = set(thresholds_of(POSTOP_LUMBAR))

    assert cut_off.evidence.verified in (CBS, CBS_PART, MHC)
    assert cut_off.evidence.source.verified != ENG
    assert cut_off.evidence.says
    assert cut_off.population
    for value in cut_off.used_as:
        assert value in used
        assert f"{value.value:g}" in cut_off.threshold
        assert cut_off.evidence.source in {each.source for each in value.evidence}


def test_every_published_value_of_change_is_in_the_table() -> None:
    of_change = {cut_off.evidence.source.id for cut_off in PUBLISHED_THRESHOLDS}
    listed = {value.name for cut_off in PUBLISHED_THRESHOLDS for value in cut_off.used_as}
    named = {
        each.name
        for each in thresholds_of(POSTOP_LUMBAR)
        if each.evidence[0].source.id in of_change and each.evidence[0] not in OF_RATINGS
    }
    assert named == listed


def test_no_row_stands_twice() -> None:
    rows = [(each.instrument, each.threshold, each.evidence.source.id) for each in PUBLISHED_THRESHOLDS]

    assert len(set(rows)) == len(rows)
