"""The service with the routes of FHIR, on a clock of its own, and what is sent there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from app.audit.records import Kind
from app.ehr_settings import EhrSettings
from tests.api.hooked import CASE, service_of_ehrs
from tests.api.service import NOW, Service
from tests.interop.as_fhir import bundle_of, in_bundle

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
        return self.service.leaves(*kinds)


@asynccontextmanager
async def fhired(
    url: str, settings: EhrSettings | None = None, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[Fhired]:
    """The service of EHRs, asked by FHIR."""
    async with service_of_ehrs(url, settings, clock) as service:
        yield Fhired(service)


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
