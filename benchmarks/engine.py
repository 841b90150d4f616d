"""One case through the rules: compiled rules against the same rules by hand. Run with `make bench`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter_ns
from typing import Any

from app.engine.assess import Assessor
from app.engine.canonical import digest
from app.engine.compile import Program
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.answer.writer import AnswerWriter
from app.services.case import Case
from app.services.facts import facts_of
from app.services.timeline import refuse_impossible
from benchmarks.cases import bodies, given_facts, golden_facts, now, with_gaps
from benchmarks.chance import Changed
from benchmarks.handwritten import assess as assess_by_hand
from benchmarks.report import Figure, print_figures

ROUNDS = 9
REPEATS = 40
BY_HAND = {0: 0, 1: 1, 3: 2}
"""The handwritten truths as those of the engine."""
ALL_FOUND = "assess with every finding"
"""Each with its truth and its trace, whose parts are looked up in the assessment when they are read.
The words and the evidence that an answer adds are measured on the way to its bytes, without a goal."""

Facts = dict[str, Any]


def main() -> None:
    """Check that both ways agree, then measure them in turn."""
    assessor, writer = Assessor(POSTOP_LUMBAR), AnswerWriter(POSTOP_LUMBAR, digest(POSTOP_LUMBAR))
    facts, sent = given_facts(), bodies()
    known = golden_facts()
    changed = Changed(POSTOP_LUMBAR).copies(known, number=3)
    refuse_disagreement(assessor.program, [*facts, *known, *with_gaps(facts, copies=40), *changed])
    ways: dict[str, tuple[Callable[[Any], object], Iterable[Any]]] = {
        "by hand": (assess_by_hand, facts),
        "compiled": (assessor.program.run, facts),
        "assess": (assessor.assess, facts),
        ALL_FOUND: (lambda case: list(assessor.assess(case).findings()), facts),
        "facts to answer bytes": (lambda case: writer.write(assessor.assess(case), now().date()), facts),
        "JSON to answer bytes": (lambda body: answer(assessor, writer, body), sent),
    }
    gc.collect()
    gc.freeze()  # as the service does once it has started
    took: dict[str, list[int]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (work, cases) in ways.items():
            took[name] += measure(work, cases)
    print_figures(f"Engine: {len(POSTOP_LUMBAR.rules)} rules, {len(facts)} cases", figures(took))


def figures(took: dict[str, list[int]]) -> list[Figure]:
    """Ratios first, then the middle of every way in microseconds."""
    middle = {name: median(times) / 1000 for name, times in took.items()}
    return [
        Figure("compiled / by hand", middle["compiled"] / middle["by hand"], "x", at_most=3),
        *(
            Figure(f"{name}, p50", value, "µs", at_most=250 if name == ALL_FOUND else None)
            for name, value in middle.items()
        ),
    ]


def measure(work: Callable[[Any], object], cases: Iterable[Any]) -> list[int]:
    """Nanoseconds of every call; each case a few times."""
    took = []
    for case in cases:
        for _ in range(REPEATS):
            start = perf_counter_ns()
            work(case)
            took.append(perf_counter_ns() - start)
    return took


def answer(assessor: Assessor, writer: AnswerWriter, body: bytes) -> bytes:
    """All that a request costs besides HTTP and the record."""
    case = Case.model_validate_json(body)
    day = case.assessed_on or now().date()
    refuse_impossible(case, day, now())
    return writer.write(assessor.assess(facts_of(case, day)), now().date()).text


def refuse_disagreement(program: Program, cases: list[Facts]) -> None:
    """Every rule has the same truth in both ways, every decision the same rule."""
    for facts in cases:
        truths, decided, derived = program.run(facts)
        by_hand, decided_by_hand, said_by_hand = assess_by_hand(facts)
        rules = zip(program.ruleset.rules, program.rule_place, by_hand, strict=True)
        wrong = [rule.id for rule, place, truth in rules if truths[place] != BY_HAND[truth]]
        chosen = zip(program.decisions, decided, decided_by_hand, strict=True)
        wrong += [decision for decision, one, other in chosen if one != other]
        known = dict(zip(program.derived, derived, strict=True))
        wrong += [name for name, value in said_by_hand._asdict().items() if known[name] != value]
        assert not wrong, f"benchmarks/handwritten does not follow the rules: {wrong}"


if __name__ == "__main__":
    main()
