"""What a reader of foreign data has to tell: what it did not use, and why."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["information", "warning", "error"]
IssueCode = Literal[
    "incomplete", "value", "code-invalid", "not-supported", "informational", "business-rule", "structure"
]
SIGN: IssueCode = "business-rule"
"""The code of a note on a sign that is not judged because no operation is; its path is the sign's."""
WHICH_OPERATION = "surgery.date"
"""The path of a note that asks whether another operation is the one to be judged: such a note comes first."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "information")


class Note(NamedTuple):
    """One remark. The text is a sentence of ours, which never holds what was sent.

    ``code`` is an issue type of FHIR R4. ``reference`` names the resource ("Observation/o1") where its id is
    well formed, ``path`` the member of the case that is concerned.
    """

    severity: Severity
    code: IssueCode
    text: str
    reference: str = ""
    path: str = ""
