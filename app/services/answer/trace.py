"""The whole trace: every rule and condition with its truth, the value seen, the threshold, the margin."""

from __future__ import annotations

from typing import Any

from app.engine.assess import Assessment
from app.engine.conditions import ABSENT, AtLeast, Check, Not
from app.engine.describe import quantifier, words
from app.engine.explain import Trace
from app.engine.facts import Quantity
from app.engine.rules import Decision
from app.services.answer.basis import TRUTH_WORDS
from app.services.answer.told import cite


def trace_part(assessment: Assessment) -> list[dict[str, Any]]:
    """Every rule, in the order of the chapters."""
    deciding = _deciding(assessment)
    return [
        {
            "rule": finding.rule.id,
            "title": finding.rule.title,
            "truth": TRUTH_WORDS[finding.truth],
            "decides": deciding.get(finding.rule.id),
            "dossier": finding.rule.dossier,
            "evidence": [cite(each) for each in finding.rule.evidence],
            "trace": node(finding.trace),
        }
        for finding in assessment.findings()
    ]


def node(trace: Trace) -> dict[str, Any]:
    """One condition and its parts."""
    shown: dict[str, Any] = {"words": words(trace.condition), "truth": TRUTH_WORDS[trace.truth]}
    match trace.condition:
        case Check():
            return shown | _seen(trace, trace.condition)
        case AtLeast(k, of):
            shown["needs"] = quantifier(k, len(of))
        case Not():
            shown["needs"] = "none of"
    return shown | {"of": [node(part) for part in trace.because]}


def _seen(trace: Trace, check: Check) -> dict[str, Any]:
    fact = check.fact
    value = sorted(check.value) if isinstance(check.value, frozenset) else check.value
    return {
        "fact": fact.name,
        "seen": None if trace.seen is None else fact.to_json(trace.seen),
        "operator": check.op,
        "threshold": None if check.op == ABSENT else value,
        "threshold_name": check.threshold.name if check.threshold else None,
        "unit": fact.unit if isinstance(fact, Quantity) else None,
        "margin": trace.margin,
    }


def _deciding(assessment: Assessment) -> dict[str, bool]:
    """For the rules of decisions: whether the rule is the one that decided."""
    found: dict[str, bool] = {}
    for decision in assessment.ruleset.decisions:
        found |= _places(decision, assessment.decided[decision.id])
    return found


def _places(decision: Decision, chosen: int) -> dict[str, bool]:
    return {rule.id: place == chosen for place, rule in enumerate(decision.rules)}
