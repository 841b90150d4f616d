"""A patient whom the solver found, in the JSON of the contract; what calculations gave stands beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import z3

from app.engine.conditions import Condition
from app.engine.describe import words
from app.engine.facts import Choice, Codes, Day, Quantity, Series, YesNo
from app.services.facts import POINTERS
from tests.proofs.encoding import Decided, Patient, Word

SURGERY = date(2025, 3, 3)
"""The solver numbers days as it likes; the witness counts them from this day of surgery."""
FARTHEST_DAYS = 20_000
YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True)
class Witness:
    """A patient: the case, the series that have readings, the derived facts; or what excludes any patient."""

    case: dict[str, Any] = field(default_factory=dict)
    with_readings: tuple[str, ...] = ()
    worked_out: dict[str, Any] = field(default_factory=dict)
    no_patient: tuple[str, ...] = ()
    turned_unknown: str = ""

    @classmethod
    def of(cls, model: Any, patient: Patient, turned_unknown: str = "") -> Witness:
        given = {fact.name for fact in patient.ruleset.facts}
        zero = _number(model, patient.words.get("surgery_date"))
        known = {
            name: _value(model, word, zero)
            for name, word in patient.words.items()
            if z3.is_true(model.eval(word.known))
        }
        series = [name for name in known if isinstance(patient.words[name].fact, Series)]
        case: dict[str, Any] = {}
        for name, value in known.items():
            if name in given and name not in series:
                _put(case, POINTERS.get(name, f"/{name}"), value)
        derived = {name: value for name, value in known.items() if name not in given and name not in series}
        return cls(case, tuple(each for each in series if each in given), derived, (), turned_unknown)

    @classmethod
    def of_conflict(cls, conditions: Iterable[Condition]) -> Witness:
        """No patient: these conditions never hold together."""
        return cls(no_patient=tuple(map(words, conditions)))

    def __str__(self) -> str:
        if self.no_patient:
            return "no patient: never together: " + "; ".join(self.no_patient)
        said: dict[str, Any] = {"case": self.case, "worked_out": self.worked_out}
        if self.with_readings:
            said["with_readings"] = self.with_readings
        if self.turned_unknown:
            said["then_unknown"] = POINTERS.get(self.turned_unknown, self.turned_unknown)
        return json.dumps(said, indent=2, ensure_ascii=False)


def _put(case: dict[str, Any], pointer: str, value: Any) -> None:
    *path, last = pointer.removeprefix("/").split("/")
    for name in path:
        case = case.setdefault(name, {})
    case[last] = value


def _number(model: Any, word: Word | None) -> int:
    return 0 if word is None else int(model.eval(word.value, model_completion=True).as_long())


def _value(model: Any, word: Word, zero: int) -> Any:
    if isinstance(word, Decided):
        holds = (
            o for o, formula in word.options.items() if z3.is_true(model.eval(formula, model_completion=True))
        )
        return next(holds, None)
    seen = model.eval(word.value, model_completion=True)
    match word.fact:
        case YesNo():
            return YES_NO[z3.is_true(seen)]
        case Choice(options=options):
            return options[seen.as_long()]
        case Codes(options=options):
            return [option for i, option in enumerate(options) if seen.as_long() >> i & 1]
        case Quantity():
            return seen.as_long() if z3.is_int_value(seen) else round(float(seen.as_fraction()), 3)
        case Day():
            after = max(-FARTHEST_DAYS, min(FARTHEST_DAYS, seen.as_long() - zero))
            return (SURGERY + timedelta(days=after)).isoformat()
        case _:
            return "..."
