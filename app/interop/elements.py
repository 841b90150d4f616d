"""The elements that FHIR resources of ours are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

Element = dict[str, Any]

FHIR_JSON = "application/fhir+json"
"""The media type of resources in JSON."""

URI = "urn:ietf:rfc:3986"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"

FHIR_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9.-]{1,64}")
"""What FHIR R4 allows as the id of a resource, without `.` and `..`: they mean others in an address."""
ASSERTED_BY_SOFTWARE = {
    "security": [
        {
            "system": f"{TERMINOLOGY}v3-ObservationValue",
            "code": "AIAST",
            "display": "Artificial Intelligence asserted",
        }
    ]
}
"""The label of what no human has asserted; it covers rules as well as learned models."""


def coding(system: str, code: str, display: str = "") -> Element:
    """One code of one system."""
    return with_members({"system": system, "code": code}, display=display)


def concept(text: str, *codes: Element) -> Element:
    """A concept: our words, and the codes that mean it."""
    return with_members({}, coding=list(codes), text=text)


def reference(to: str) -> Element:
    """A reference by type and id, such as ``Observation/o1``."""
    return {"reference": to}


def uri_identifier(uri: str) -> Element:
    """An identifier that is a URI."""
    return {"system": URI, "value": uri}


def narrative(*sentences: str) -> Element:
    """The sentences as a paragraph each, escaped."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</div>'}


def with_members(element: Mapping[str, Any], **members: Any) -> Element:
    """The element with the members that hold something: FHIR has no null, and nothing empty."""
    return {**element, **{name: value for name, value in members.items() if value not in (None, "", [], {})}}
