"""The vignettes of the dossier and the cases around every boundary: the title of each is its promise."""

from datetime import UTC, datetime

import pytest

from app.services.timeline import refuse_impossible
from tests.knowledge.answers import ASSESSOR, Answers, differences
from tests.knowledge.corpus import Example, examples

NOW = datetime(2030, 1, 1, tzinfo=UTC)
"""A day after every case."""


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.id)
def test_the_case_keeps_its_promise(example: Example) -> None:
    facts = example.facts
    refuse_impossible(example.case, facts["assessed_on"], NOW)
    ASSESSOR.check(facts)

    assert differences(Answers.to(facts), example.expect) == {}, f"{example.title} ({example.source})"
