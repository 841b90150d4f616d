"""Every golden case with its answer, as a record would hold it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from app.services.assessments import assess, record_head
from app.services.case import Case
from tests.api.service import CURRENT, NOW, example
from tests.knowledge.corpus import examples

RECORD = UUID(int=7)


class Answered(NamedTuple):
    """A golden case, and what is answered."""

    name: str
    answer: dict[str, Any]


def answered(case: dict[str, Any], record_id: UUID = RECORD) -> dict[str, Any]:
    """The answer to a case, as it is recorded."""
    return _answer(Case.model_validate_json(json.dumps(case)), record_id)


def answered_example(name: str = "early_improving", **changes: Any) -> dict[str, Any]:
    """The same of a published example."""
    return answered(example(name, **changes))


@cache
def every_answer() -> tuple[Answered, ...]:
    """Of every golden case; some seconds."""
    return tuple(Answered(each.id, _answer(each.case, uuid5(NAMESPACE_URL, each.id))) for each in examples())


def _answer(case: Case, record_id: UUID) -> dict[str, Any]:
    now = max(NOW, datetime.combine(case.assessed_on or NOW, NOW.time(), UTC))
    answer: dict[str, Any] = json.loads(assess(case, now, CURRENT).answer(**record_head(record_id, now)).text)
    return answer
