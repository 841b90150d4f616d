"""The service with the routes of FHIR, on a clock of its own, and what is sent there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from pydantic_core import from_json

from app.api.application import create_application
from app.audit.records import Kind
from app.ehr import fhir_routers, hooks_router
from app.ehr_settings import EhrSettings
from app.main import DOMAIN_ERRORS, record_routers
from app.services.rulesets import save
from tests.api.hooked import CASE, ehr
from tests.api.sample import in_process
from tests.api.service import CURRENT, NOW, Service
from tests.interop.as_fhir import bundle_of, in_bundle
from tests.stores import opened_store

ASSESS_FHIR = "/fhir/$assess"
FHIR = "application/fhir+json"
BASE_URL = "https://decompass.example.org"


@dataclass(frozen=True)
class Fhired:
    """A running service that answers FHIR, and a look into its log."""

    service: Service

    async def assess(self, document: Any) -> httpx.Response:
        """Send something to `$assess`."""
        return await self.service.client.post(
            ASSESS_FHIR, content=json.dumps(document), headers={"Content-Type": FHIR}
        )

    async def assessed(self, document: Any) -> dict[str, Any]:
        """The Bundle that it is answered with."""
        answer = await self.assess(document)
        assert (answer.status_code, answer.headers["content-type"]) == (200, FHIR), answer.text
        bundle: dict[str, Any] = answer.json()
        return bundle

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Read something below /fhir."""
        return await self.service.client.get(f"/fhir/{path}", headers=headers)

    def leaves(self, *kinds: Kind) -> list[dict[str, Any]]:
        """What the log says, of these kinds."""
        leaves = [from_json(meta) for (meta,) in self.service.rows("SELECT meta FROM entry ORDER BY idx")]
        return [leaf for leaf in leaves if leaf["kind"] in kinds]


@asynccontextmanager
async def fhired(
    url: str, settings: EhrSettings | None = None, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[Fhired]:
    """The routes of the records, of FHIR and of CDS Hooks on one store, running."""
    chosen = settings or ehr()
    with opened_store(url) as store:
        application = create_application(
            routers=[
                *record_routers(store, CURRENT, clock=clock, new_id=uuid4),
                *fhir_routers(store, CURRENT, chosen, clock=clock, new_id=uuid4),
                hooks_router(store, CURRENT, chosen, clock=clock, new_id=uuid4),
            ],
            version="0",
            domain_errors=DOMAIN_ERRORS,
        )
        save(CURRENT.at(clock().astimezone(UTC).date()), store.archive)
        store.recorder.start()
        async with in_process(application) as client:
            yield Fhired(Service(client, url))
        store.recorder.close()


def data(case: dict[str, Any] | None = None, patient: str = "patient-1") -> dict[str, Any]:
    """A case as a Bundle."""
    return in_bundle(bundle_of(case or CASE, patient))


def parameters(bundle: Any = None, **given: Any) -> dict[str, Any]:
    """Parameters of `$assess`; each as `subject={"valueString": "Patient/patient-1"}`."""
    named = [{"name": name, **value} for name, value in given.items()]
    return {
        "resourceType": "Parameters",
        "parameter": [*named, {"name": "data", "resource": data() if bundle is None else bundle}],
    }


def identified(value: str = "visit-1", system: str = "urn:example:visits") -> dict[str, Any]:
    """A `requestIdentifier`."""
    return {"valueIdentifier": {"system": system, "value": value}}


def first(bundle: dict[str, Any]) -> dict[str, Any]:
    """The GuidanceResponse of a Bundle."""
    resource: dict[str, Any] = bundle["entry"][0]["resource"]
    assert resource["resourceType"] == "GuidanceResponse"
    return resource


def content_of(bundle: dict[str, Any]) -> str:
    """The clinical content that a Bundle holds."""
    (result,) = [each for each in first(bundle)["contained"] if each["resourceType"] == "Parameters"]
    (content,) = [each["valueString"] for each in result["parameter"] if each["name"] == "clinicalContent"]
    assert isinstance(content, str)
    return content
