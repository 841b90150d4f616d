"""What HL7 demands of CDS Hooks messages: the invariants of the specification, and its rules for JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ADDRESS = re.compile(r"https?://[^\s]+")
CARD = {"uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior"}
CARD |= {"overrideReasons", "links"}
SUGGESTION = {"label", "uuid", "isRecommended", "actions"}
"""Without `actionSelectionBehavior`, which a client of 2.0.1 does not know."""


def faults_of_response(response: dict[str, Any]) -> list[str]:
    """Everything that a validator of HL7 would say of the answer to a call."""
    return [
        *_empties(response, "", may_be_empty={"/cards"}),
        *(f"response has {name}" for name in response.keys() - {"cards", "extension"}),
        *(fault for card in response["cards"] for fault in _faults_of_card(card)),
    ]


def faults_of_call(call: dict[str, Any]) -> list[str]:
    """The same of a call."""
    authorization = call.get("fhirAuthorization")
    return [
        *(f"call lacks {name}" for name in ("hook", "hookInstance", "context") if name not in call),
        *(["cds-r-1"] if authorization is not None and "fhirServer" not in call else []),
        *(
            ["cds-r-2"]
            if authorization and "Patient/" in authorization["scope"] and "patient" not in authorization
            else []
        ),
    ]


def faults_of_feedback(feedback: dict[str, Any]) -> list[str]:
    """The same of feedback."""
    return [fault for entry in feedback["feedback"] for fault in _faults_of_entry(entry)]


def _faults_of_entry(entry: dict[str, Any]) -> Iterator[str]:
    if not UUID.fullmatch(entry["card"]) or "outcomeTimestamp" not in entry:
        yield "card or outcomeTimestamp"
    if entry["outcome"] not in ("accepted", "overridden"):
        yield "cds-fb-1"
    if entry["outcome"] == "accepted" and not entry.get("acceptedSuggestions"):
        yield "cds-fb-2"
    reason = entry.get("overrideReason")
    if reason is not None and not {"reason", "userComment"} & reason.keys():
        yield "cds-fb-3"


def _faults_of_card(card: dict[str, Any]) -> Iterator[str]:
    yield from (f"card has {name}" for name in card.keys() - CARD)
    if not UUID.fullmatch(card["uuid"]):
        yield "uuid"
    if not 0 < len(card["summary"]) < 140 or "\n" in card["summary"]:
        yield "summary"
    if card["indicator"] not in ("info", "warning", "critical"):
        yield "indicator"
    if not card["source"]["label"] or not ADDRESS.fullmatch(card["source"]["url"]):
        yield "source"
    if {"system", "code"} - card["source"]["topic"].keys():
        yield "source.topic"
    if not all(reason.get("display") for reason in card.get("overrideReasons", [])):
        yield "cds-resp-4"
    yield from _faults_of_links(card.get("links", []))
    yield from _faults_of_suggestions(card)


def _faults_of_links(links: list[dict[str, Any]]) -> Iterator[str]:
    for link in links:
        if link["type"] not in ("absolute", "smart") or not ADDRESS.fullmatch(link["url"]):
            yield "link"
        if link["type"] != "smart" and "appContext" in link:
            yield "cds-resp-3"


def _faults_of_suggestions(card: dict[str, Any]) -> Iterator[str]:
    suggestions = card.get("suggestions", [])
    behavior = card.get("selectionBehavior")
    if behavior == "at-most-one" and sum(bool(each.get("isRecommended")) for each in suggestions) > 1:
        yield "cds-resp-1"
    if ("suggestions" in card) != ("selectionBehavior" in card):
        yield "cds-resp-6"
    if behavior not in (None, "any", "at-most-one"):
        yield "selectionBehavior"
    for each in suggestions:
        yield from (f"suggestion has {name}" for name in each.keys() - SUGGESTION)
        if each.get("actionSelectionBehavior") not in (None, "all", "any", "at-most-one"):
            yield "cds-resp-7"
        yield from (fault for action in each["actions"] for fault in _faults_of_action(action))


def _faults_of_action(action: dict[str, Any]) -> Iterator[str]:
    if action["type"] not in ("create", "update", "delete"):
        yield "action.type"
    if action["type"] == "delete" and ("resourceId" not in action or "resource" in action):
        yield "cds-resp-2"
    if action["type"] != "delete" and "resourceType" not in action.get("resource", {}):
        yield "action.resource"
    if not action.get("description"):
        yield "cds-resp-5"


def _empties(value: Any, place: str, may_be_empty: set[str]) -> Iterator[str]:
    """Members that are null or empty, which CDS Hooks forbids nearly everywhere."""
    if (value is None or value in ("", [], {})) and place not in may_be_empty:
        yield f"{place} is empty"
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _empties(each, f"{place}/{name}", may_be_empty)
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _empties(each, f"{place}/{number}", may_be_empty)
