"""The service with the routes of CDS Hooks, on a clock of its own, and what an EHR would send it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from app.api.application import Application, create_application
from app.audit.records import Kind
from app.ehr import ehr_routers
from app.ehr_settings import EhrSettings
from app.main import DOMAIN_ERRORS, record_routers
from app.services.rulesets import save
from tests.api.refusals import code_of
from tests.api.sample import in_process
from tests.api.service import CURRENT, NOW, Service, running_service
from tests.interop.as_fhir import bundle_of
from tests.interop.cds.calls import found, new_call
from tests.interop.cds.invariants import faults_of_response
from tests.stores import opened_store

VIEW = "postop-lumbar-view"
TODAY = NOW.date().isoformat()
CASE: dict[str, Any] = {
    "assessed_on": TODAY,
    "age_years": 45,
    "surgery": {"date": "2025-12-01", "procedure": "microdiscectomy", "indication": "disc_herniation"},
    "observations": [
        {"date": "2025-11-30", "leg_pain_nrs": 8},
        {"date": TODAY, "leg_pain_nrs": 2},
    ],
}
URGENT = CASE | {"red_flags": {"saddle_numbness": "yes"}}
KEY_OF_TYPE = {"Patient": "patient", "Procedure": "procedures", "Observation": "survey"}


@dataclass(frozen=True)
class Hooked:
    """A running service that answers calls, and a look into its log."""

    service: Service

    async def call(self, document: Any, service: str = VIEW) -> httpx.Response:
        """Send a call; whatever is answered with 200 keeps to the protocol."""
        answer = await self.post(service, document)
        if answer.status_code == 200:
            assert faults_of_response(answer.json()) == []
        return answer

    async def post(self, path: str, document: Any) -> httpx.Response:
        """Send any JSON below /cds-services."""
        body, headers = json.dumps(document), {"Content-Type": "application/json"}
        return await self.service.client.post(f"/cds-services/{path}", content=body, headers=headers)

    async def card(self, prefetch: dict[str, Any], service: str = VIEW) -> dict[str, Any]:
        """The one card that a call with this prefetch is answered with."""
        answer = await self.call(new_call(service, prefetch=prefetch), service)
        assert answer.status_code == 200, answer.text
        (card,) = answer.json()["cards"]
        assert isinstance(card, dict)
        return card

    async def tell(self, *entries: Any, service: str = VIEW) -> httpx.Response:
        """Send feedback."""
        return await self.post(f"{service}/feedback", {"feedback": list(entries)})

    def leaves(self, *kinds: Kind) -> list[dict[str, Any]]:
        """What the log says, of these kinds."""
        return self.service.leaves(*kinds)

    def size(self) -> int:
        """How many leaves the log has."""
        count: int = self.service.rows("SELECT count(*) FROM entry")[0][0]
        return count


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status of an error, and the code of the problem that its OperationOutcome tells."""
    assert answer.json()["resourceType"] == "OperationOutcome"
    return answer.status_code, code_of(answer)


def places(answer: httpx.Response) -> list[str]:
    """Where the flaws are that an error names."""
    return [issue["expression"][0] for issue in answer.json()["issue"][1:]]


def ehr(**changes: Any) -> EhrSettings:
    """The settings of EHRs, with some replaced."""
    usual: dict[str, Any] = {
        "public_url": "https://decompass.example.org",
        "cors_origins": frozenset(),
        "clients": (),
        "fhir_servers": (),
        "code_map": None,
        "code_systems_off": frozenset(),
    }
    return EhrSettings(**usual | changes)


@asynccontextmanager
async def hooked(
    url: str, settings: EhrSettings | None = None, clock: Callable[[], datetime] = lambda: NOW
) -> AsyncIterator[Hooked]:
    """The service of EHRs, asked by CDS Hooks."""
    async with service_of_ehrs(url, settings, clock) as service:
        yield Hooked(service)


@asynccontextmanager
async def service_of_ehrs(
    url: str, settings: EhrSettings | None, clock: Callable[[], datetime]
) -> AsyncIterator[Service]:
    """The routes of the records, of CDS Hooks and of FHIR on one store, running."""
    chosen = settings or ehr()
    with opened_store(url) as store:
        application = create_application(
            routers=[
                *record_routers(store, CURRENT, clock=clock, new_id=uuid4),
                *ehr_routers(store, CURRENT, chosen, clock=clock, new_id=uuid4),
            ],
            version="0",
            domain_errors=DOMAIN_ERRORS,
        )
        save(CURRENT.at(clock().astimezone(UTC).date()), store.archive)
        store.recorder.start()
        async with in_process(application) as client:
            yield Service(client, url)
        store.recorder.close()


def prefetch_of(case: dict[str, Any], patient: str = "patient-1") -> dict[str, Any]:
    """A case as an EHR sends it: every key answered, nothing cut off."""
    by_key: dict[str, list[Any]] = {key: [] for key in ("procedures", "survey", "vitals", "labs")}
    prefetch: dict[str, Any] = {key: found() for key in ("conditions", "exam", "forms")}
    for resource in bundle_of(case, patient):
        if resource["resourceType"] == "Patient":
            prefetch["patient"] = resource
        else:
            by_key[KEY_OF_TYPE[resource["resourceType"]]].append(resource)
    return prefetch | {key: found(*resources) for key, resources in by_key.items()}


@asynccontextmanager
async def hooked_application(application: Application, url: str) -> AsyncIterator[Hooked]:
    """An application of `app.main`, started and stopped as a server would."""
    async with running_service(application, url) as service:
        yield Hooked(service)
