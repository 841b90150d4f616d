"""What the chapters on causes share: the grades, and how a grade and a feature are written down."""

from __future__ import annotations

from app.engine.conditions import Condition
from app.engine.evidence import Citation
from app.engine.facts import Choice
from app.engine.rules import Decision, Rule
from app.knowledge.conclusions import Cause, Feature
from app.knowledge.sources import DOSSIER

GRADES = ("likely", "possible", "unlikely", "not_assessable")
LIKELY, POSSIBLE, UNLIKELY = "likely", "possible", "unlikely"
MODIFIERS = DOSSIER.at("section 5 modifiers")


def decision_id(condition: str) -> str:
    """The id of the decision on a cause."""
    return f"causes.{condition}"


TERMS = {"new_or_recurrent_disc_herniation": "New or recurrent disc herniation"}
"""Conditions that a decision weighs under its own name beside them; the term for any other is its title."""


def term_of(decision: Decision, condition: str) -> str:
    """A candidate cause in words, to show to people; no statement that it is there."""
    return TERMS.get(condition, decision.title)


def grade_fact(condition: str) -> Choice:
    """What the decision on a cause gives."""
    return Choice(name=f"{condition}_grade", label=condition.replace("_", " ").capitalize(), options=GRADES)


def weigh(
    rule_id: str,
    cause: Cause,
    title: str,
    when: Condition,
    *evidence: Citation,
    dossier: str,
    divergence: str = "",
) -> Rule:
    """One grade of one cause."""
    return Rule(
        id=f"causes.{rule_id}",
        title=title,
        when=when,
        then=cause,
        evidence=evidence,
        dossier=dossier,
        divergence=divergence,
    )


def feature(
    rule_id: str,
    cause: str,
    speaks: str,
    says: str,
    when: Condition,
    *evidence: Citation,
    dossier: str,
    divergence: str = "",
) -> Rule:
    """A feature that speaks for or against a cause."""
    return Rule(
        id=f"causes.feature.{rule_id}",
        title=says,
        when=when,
        then=Feature(cause=cause, speaks=speaks, code=rule_id.replace("-", "_"), says=says),
        evidence=evidence,
        dossier=dossier,
        divergence=divergence,
    )


# Conditions that features of several chapters speak of

HERNIATION = "recurrent_disc_herniation"
STENOSIS_SAME = "recurrent_stenosis_same_level"
STENOSIS_OTHER = "stenosis_adjacent_or_other_level"
