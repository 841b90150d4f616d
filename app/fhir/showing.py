"""Recorded assessments and the log as FHIR resources, written anew for each read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from app.audit.errors import LeafUnreadable, NotInTheLog, RecordDamaged
from app.audit.meta import UNREADABLE, read_meta
from app.audit.records import Actor
from app.interop.assessment import assessment_resources
from app.interop.audit_events import audit_event
from app.interop.code_book import CodeBook
from app.interop.elements import Element
from app.interop.recorded import record_id_of
from app.interop.searches import searchset
from app.services.audited import AuditedRecords
from app.services.errors import NotRecorded
from app.services.proofs import Proofs


class NoFhirForm(Exception):
    """The answer was written by a release that had not yet what the resources are made of."""


class FhirRecords:
    """The resources of recorded assessments; each read is in the log as other reads are."""

    def __init__(self, records: AuditedRecords, book: CodeBook) -> None:
        self._records = records
        self._book = book

    async def resource(self, actor: Actor, kind: str, resource_id: str, base_url: str) -> Element:
        """The resource of a type and id. Raises NotRecorded, NoFhirForm, and what reading raises."""
        record_id = record_id_of(resource_id)
        if record_id is None:
            raise NotRecorded("No record has a resource of this id.")
        answer, case = await self._records.answer_and_case(actor, record_id)
        try:
            resources = assessment_resources(from_json(answer), from_json(case), base_url, self._book)
        except KeyError as error:
            raise NoFhirForm from error
        for each in resources:
            if (each["resourceType"], each["id"]) == (kind, resource_id):
                return each
        raise NotRecorded("The record has no such resource.")


class AuditEvents:
    """The log of a tenant as AuditEvents; like the log itself it holds nothing of a patient."""

    def __init__(self, proofs: Proofs) -> None:
        self._proofs = proofs

    async def event(self, tenant: str, index: int, base_url: str) -> Element:
        """The event of that place in the log. Raises NotInTheLog."""
        events, _ = await self._events(tenant, index, 1, base_url)
        if not events:
            raise NotInTheLog("The log has no such leaf.")
        return events[0]

    async def page(self, tenant: str, after: int | None, count: int, base_url: str) -> Element:
        """The events behind a place, in their order, as a searchset with a link to the next ones."""
        start = 0 if after is None else after + 1
        try:
            events, size = await self._events(tenant, start, count, base_url)
        except NotInTheLog:  # there is no leaf yet
            events, size = [], 0
        links = {"self": _page(base_url, count, after)}
        if events and (last := start + len(events) - 1) < size - 1:
            links["next"] = _page(base_url, count, last)
        return searchset(events, size, links, base_url)

    async def _events(self, tenant: str, start: int, count: int, base_url: str) -> tuple[list[Element], int]:
        found = await asyncio.to_thread(self._proofs.entries, tenant, start, start + count)
        return [_event(each, base_url) for each in found["items"]], found["size"]


def _page(base_url: str, count: int, after: int | None) -> str:
    behind = "" if after is None else f"&after={after}"
    return f"{base_url}/fhir/AuditEvent?_count={count}{behind}"


def _event(leaf: Mapping[str, Any], base_url: str) -> Element:
    try:
        return audit_event(read_meta(leaf["meta"].encode()), base_url)
    except (LeafUnreadable, *UNREADABLE) as error:
        raise RecordDamaged(("meta",)) from error
