"""What the services refuse.

ServiceError
├── CaseRefused         a case that contradicts itself or the calendar
├── NotRecorded         no assessment with that id
├── NotInTheRules       no ruleset of that version, or no rule of that id in it
└── RulesetNotRunnable  a stored ruleset that this version cannot run
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CaseCode = Literal[
    "in_future",
    "after_assessment",
    "after_surgery",
    "before_surgery",
    "before_onset",
    "before_birth",
    "two_scales",
    "repeated_measure",
    "another_subject",
]
"""Every reason for which a case cannot be true."""


class ServiceError(Exception):
    """Base of what the services raise on purpose."""


@dataclass(frozen=True, slots=True)
class CaseProblem:
    """One thing wrong with a case: where (RFC 6901), a stable code, a sentence without the input."""

    pointer: str
    code: CaseCode
    message: str


class CaseRefused(ServiceError):
    """The case was understood but cannot be true; ``problems`` names every reason."""

    def __init__(self, problems: list[CaseProblem]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the case")
        self.problems = problems


class NotRecorded(ServiceError):
    """There is no such assessment in the record."""


class NotInTheRules(ServiceError):
    """There is no such ruleset, or no such rule in it."""


class RulesetNotRunnable(ServiceError):
    """The ruleset of a record is not stored, or names a calculation of another edition."""
