"""What the engine refuses.

EngineError
├── DefinitionRefused   a rule, fact or ruleset that is not fit to load
├── FactsRefused        facts of a case that the vocabulary does not allow
└── RulesetUnreadable   stored ruleset that cannot be loaded back
    └── CalculationChanged   stored under another edition of a calculation
"""

from __future__ import annotations

from collections.abc import Mapping


class EngineError(Exception):
    """Base of all that the engine raises on purpose."""


class DefinitionRefused(EngineError, ValueError):
    """A definition is incomplete or contradicts another one."""


class FactsRefused(EngineError, ValueError):
    """Facts outside the vocabulary; ``problems`` names every one of them with the reason."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in problems.items()))
        self.problems = dict(problems)


class RulesetUnreadable(EngineError, ValueError):
    """A stored ruleset names something this engine does not have."""


class CalculationChanged(RulesetUnreadable):
    """The stored ruleset was run with another edition of a calculation than the one at hand."""
