"""Truths as bits: FALSE 0, UNKNOWN 1, TRUE 3, so that "and" is & and "or" is |."""

from __future__ import annotations

NOT = (3, 1, 1, 0)
SAID = {None: 1, False: 0, True: 3}
"""What a yes-or-no answer is worth."""
FOUND = {None: 1, "no": 0, "yes": 3}
"""What a finding of imaging is worth."""
NOT_FOUND = {None: 1, "no": 3, "yes": 0}
OPEN, NONE_HOLDS = -1, -2
"""What a decision comes to besides the place of the rule that decided."""

ALONE = (NONE_HOLDS, OPEN, NONE_HOLDS, 0)
"""What a decision of a single rule comes to, by the truth of that rule."""

Truths = tuple[int, ...]


def first(truths: Truths) -> int:
    """The first rule that holds, OPEN where one that cannot be told stands before it."""
    for place, truth in enumerate(truths):
        if truth:
            return place if truth == 3 else OPEN
    return NONE_HOLDS
