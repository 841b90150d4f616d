"""What can be asked next, and with what of the answer: the links of the published document (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any, NamedTuple

Document = dict[str, Any]


class Link(NamedTuple):
    """From an answer to the operation that can be asked next."""

    source: str
    statuses: tuple[str, ...]
    name: str
    target: str
    description: str
    parameters: dict[str, str] | None = None
    body: dict[str, str] | None = None


ANSWERED_ID = {"assessment_id": "$response.body#/id"}
ASKED_ID = {"assessment_id": "$request.path.assessment_id"}
RECORDED = ("201", "200")
LINKS = (
    Link("createAssessment", RECORDED, "Read", "getAssessment", "The assessment as stored.", ANSWERED_ID),
    Link("createAssessment", RECORDED, "Case", "getAssessmentCase", "The case as sent.", ANSWERED_ID),
    Link("createAssessment", RECORDED, "Trace", "getAssessmentTrace", "Every rule of it.", ANSWERED_ID),
    Link("createAssessment", RECORDED, "Verify", "verifyAssessment", "Whether it is intact.", ANSWERED_ID),
    Link("getAssessment", ("200",), "Verify", "verifyAssessment", "Whether it is intact.", ASKED_ID),
    Link("getAssessment", ("200",), "Trace", "getAssessmentTrace", "Every rule of it.", ASKED_ID),
    Link(
        "searchAssessments",
        ("200",),
        "NextPage",
        "searchAssessments",
        "The next page; send the same question beside the cursor.",
        body={"cursor": "$response.body#/next_cursor"},
    ),
    Link(
        "searchAssessments",
        ("200",),
        "ReadTheFirst",
        "getAssessment",
        "The first assessment of the page.",
        {"assessment_id": "$response.body#/items/0/id"},
    ),
    Link(
        "listRulesets",
        ("200",),
        "Current",
        "getRuleset",
        "The rules in force, in full.",
        {"version": "$response.body#/items/0/version"},
    ),
    Link(
        "getRuleset",
        ("200",),
        "FirstRule",
        "getRule",
        "The first of its rules.",
        {"version": "$request.path.version", "rule_id": "$response.body#/rules/0/id"},
    ),
)


def add_links(document: Document) -> None:
    """Describe what leads on, at every answer that leads anywhere."""
    operations = {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
    for link in LINKS:
        if link.source in operations and link.target in operations:
            for status in link.statuses:
                response = operations[link.source]["responses"][status]
                response.setdefault("links", {})[link.name] = _described(link)


def _described(link: Link) -> Document:
    described: Document = {"operationId": link.target, "description": link.description}
    if link.parameters:
        described["parameters"] = dict(link.parameters)
    if link.body:
        described["requestBody"] = dict(link.body)
    return described
