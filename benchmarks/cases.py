"""The cases that every benchmark is run on: vignettes of the dossier, as a client would send them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from app.services.case import Case
from app.services.facts import facts_of

FILE = Path(__file__).with_name("cases.json")
ALWAYS_THERE = frozenset({"surgery_date", "assessed_on", "procedure", "region"})
SEED = 20_261_123


def bodies() -> list[bytes]:
    """The request bodies."""
    return [json.dumps(case).encode() for case in json.loads(FILE.read_bytes())]


def now() -> datetime:
    """A moment after every case."""
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def given_facts() -> list[dict[str, Any]]:
    """The facts of every case."""
    cases = (Case.model_validate_json(body) for body in bodies())
    return [facts_of(case, case.assessed_on or now().date()) for case in cases]


def with_gaps(facts: list[dict[str, Any]], copies: int) -> list[dict[str, Any]]:
    """Variants of the cases: facts missing, and facts of other cases in their place."""
    chance = Random(SEED)
    variants = []
    for case in facts * copies:
        share = chance.choice((0.1, 0.3, 0.6))
        kept = {n: v for n, v in case.items() if n in ALWAYS_THERE or chance.random() > share}
        other = chance.choice(facts)
        taken = {n: v for n, v in other.items() if n not in ALWAYS_THERE and chance.random() < 0.15}
        variants.append(kept | taken)
    return variants


def golden_facts() -> list[dict[str, Any]]:
    """The facts of every case that the tests know, where each rule holds, is ruled out and stays open."""
    from tests.knowledge.corpus import examples  # noqa: PLC0415 - only the comparison of both ways needs them

    return [example.facts for example in examples() if example.facts.keys() >= ALWAYS_THERE]
