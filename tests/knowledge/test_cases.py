"""The vignettes of the dossier and the cases around every boundary: each says what it promises in its title."""

from datetime import datetime, timezone

import pytest

from app.services.timeline import refuse_impossible
from tests.knowledge.answers import ASSESSOR, Answers, differences
from tests.knowledge.corpus import Example, examples

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""A day after every case."""


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.id)
def test_the_case_keeps_its_promise(example: Example) -> None:
    facts = example.facts
    refuse_impossible(example.case, facts["assessed_on"], NOW)
    ASSESSOR.check(facts)

    assert differences(Answers.to(facts), example.expect) == {}, f"{example.title} ({example.source})"
