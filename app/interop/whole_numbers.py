"""Measures that the case holds whole: rounded, and never across a limit that the rules ask about.

Devices average, and kilopascals are no whole millimetres of mercury. To leave such a value out would hide an
alarm, such as a pulse of 130.4 where "above 130" is one; to round it as usual would end that alarm, and raise
another for a pressure of 90.4, which is not "at most 90".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from app.engine.conditions import OPERATORS, Check, checks
from app.interop.paths import FACTS
from app.knowledge.ruleset import POSTOP_LUMBAR


@cache
def limits_of(path: str) -> tuple[Check, ...]:
    """What the rules ask about the size of a member; each question once."""
    asked = (check for rule in POSTOP_LUMBAR.rules for check in checks(rule.when))
    about = (check for check in asked if check.fact is FACTS[path] and check.op in OPERATORS)
    return tuple(dict.fromkeys(about))


def whole(value: float, limits: Iterable[Check]) -> int | None:
    """The nearest whole number of which every limit says what it says of the value; None where none is."""
    asks = [(OPERATORS[limit.op].check, limit.value) for limit in limits]
    below, above = math.floor(value), math.ceil(value)
    in_order = (below, above) if value - below < above - value else (above, below)
    return next((each for each in in_order if all(ask(each, at) is ask(value, at) for ask, at in asks)), None)
