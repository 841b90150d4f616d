"""A recorded assessment as the writers of resources read it: its answer, its case, and where it is served."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from app.interop.code_book import CodeBook
from app.interop.elements import FHIR_ID, URI, Element, reference, uri_identifier, with_members
from app.interop.systems import SUBJECT
from app.knowledge.cause_rules import LIKELY, POSSIBLE
from app.knowledge.codes import CONDITIONS, FACTS

ID_LENGTH = 36
"""Of a record: the ids of its resources begin with it."""
IDENTIFIER = re.compile(r"([^|]*)\|(.+)")
"""An identifier as FHIR writes it in one text: the system, a bar, the value."""
PRIORITIES = {"emergency_now": "stat", "same_day": "asap", "within_days": "urgent", "routine": "routine"}
"""Request priorities by tier; of indicators, R4 maps critical to stat, warning to urgent, info to routine."""

OPEN_GRADES = (LIKELY, POSSIBLE)
"""Causes of other grades are no risk to speak of, or cannot be assessed."""


@dataclass(frozen=True)
class Recorded:
    """What the resources of one record are written from, and nothing else: the same at any later time."""

    answer: Mapping[str, Any]
    case: Mapping[str, Any]
    base_url: str
    book: CodeBook

    @property
    def id(self) -> str:
        """The id of the record."""
        return str(self.answer["id"])

    @property
    def created_at(self) -> str:
        """When it was recorded, as a FHIR instant."""
        return str(self.answer["created_at"])

    @cached_property
    def provenance(self) -> Mapping[str, Any]:
        """How the case came in; empty for one that came in by the service's own API."""
        return self.case.get("provenance") or {}

    @cached_property
    def subject(self) -> Element:
        """The patient: the id of the subject where it is one in FHIR, else as an identifier."""
        return patient_reference(str(self.answer["subject"]))

    @cached_property
    def module(self) -> str:
        """The address of what was asked: the CDS Hooks service, or the operation."""
        service = self.provenance.get("service")
        if self.provenance.get("channel") == "cds-hooks" and service:
            return f"{self.base_url}/cds-services/{service}"
        return f"{self.base_url}/fhir/OperationDefinition/assess"

    @cached_property
    def request(self) -> Element | None:
        """The identifier that the caller gave the request: a UUID, ``system|value``, or a value alone."""
        return request_identifier(self.provenance.get("request"))

    @cached_property
    def identifier(self) -> Element:
        """The identifier that all resources of this record share."""
        return {"system": URI, "value": f"urn:uuid:{self.id}"}

    @cached_property
    def device(self) -> Element:
        """Who asserts: the software, as the resource Device describes it."""
        return {"reference": f"Device/{self.id}", "display": f"Decompass, ruleset {self.ruleset['version']}"}

    @property
    def ruleset(self) -> Mapping[str, str]:
        """Name, version and digest of the rules that were run."""
        ruleset: Mapping[str, str] = self.answer["ruleset"]
        return ruleset

    @cached_property
    def release(self) -> str:
        """The release of the software that recorded it, which the leaf of its receipt names; else empty."""
        receipt = self.answer.get("receipt")
        return str(json.loads(receipt["meta"])["release"]) if receipt else ""

    @cached_property
    def context(self) -> Element:
        """The encounter, for resources that name it so."""
        encounter = self.provenance.get("encounter")
        return {"encounter": reference(encounter)} if encounter else {}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What each rule that holds or stays open is about."""
        titles = {each["rule"]: each["title"] for each in self.answer["findings"]}
        return titles | {flag["rule"]: flag["title"] for flag in self.answer["safety"]["flags"]}

    @cached_property
    def sources(self) -> Mapping[str, Mapping[str, Any]]:
        """The cited sources by id."""
        return {each["id"]: each for each in self.answer["sources"]}

    def codings_of_fact(self, path: str) -> list[dict[str, str]]:
        """The codes of standard systems that a resource which gives this path can have."""
        return self.book.written(FACTS.get(path, ()))

    def codings_of_condition(self, name: str) -> list[dict[str, str]]:
        """The code of a standard system for a condition: the first of the table, if it may be written."""
        return self.book.written(CONDITIONS.get(name, ())[:1])

    def part(self, place: int) -> str:
        """The id of the resource for the entry at a place, from 1, of a list of the answer."""
        return f"{self.id}-{place}"

    def used(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Every resource that the case was read from, by its reference, and the paths that it gave."""
        for resource in self.provenance.get("resources") or ():
            yield _with_version(resource), frozenset(resource.get("gives") or ())


def patient_reference(subject: str) -> Element:
    """A patient: the id of the subject where it is one in FHIR, else as an identifier."""
    if FHIR_ID.fullmatch(subject):
        return reference(f"Patient/{subject}")
    return {"type": "Patient", "identifier": {"system": SUBJECT, "value": subject}}


def request_identifier(sent: str | None) -> Element | None:
    """What the caller calls a request: a UUID, ``system|value``, or a value alone."""
    if not sent:
        return None
    try:
        return uri_identifier(f"urn:uuid:{UUID(sent)}")
    except ValueError:
        parts = IDENTIFIER.fullmatch(sent)
        return with_members({}, system=parts[1], value=parts[2]) if parts else {"value": sent}


def _with_version(resource: Mapping[str, Any]) -> str:
    """The reference with the version that was read, where it is known."""
    version = resource.get("version")
    return f"{resource['reference']}/_history/{version}" if version else str(resource["reference"])


def record_id_of(resource_id: str) -> UUID | None:
    """The record that a resource of ours belongs to, by its id; None where it is none of ours."""
    try:
        record_id = UUID(resource_id[:ID_LENGTH])
    except ValueError:
        return None
    rest = resource_id[ID_LENGTH:]
    ours = str(record_id) == resource_id[:ID_LENGTH] and re.fullmatch(r"(-[1-9][0-9]{0,3})?", rest)
    return record_id if ours else None
