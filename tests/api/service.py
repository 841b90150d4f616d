"""The whole service in the process of a test, on a database of its own, and a look behind its back."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from pydantic_core import from_json
from pysqlite3 import dbapi2  # type: ignore[import-untyped] # the package ships no types

from app.api.application import Application, create_application
from app.api.examples import CASES
from app.api.rulesets import rulesets_router
from app.audit.records import Actor, Kind, Recording
from app.audit.store import Store
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.main import DOMAIN_ERRORS, record_routers
from app.services.case_measurements import History
from app.services.case_questions import RedFlags
from app.services.library import Library
from app.services.rulesets import Rulesets, save
from tests.api.sample import in_process
from tests.roles import tampering
from tests.stores import opened_store

ASSESS = "/v1/assessments"
PREVIEW = "/v1/assessments/preview"
SEARCH = "/v1/assessments/search"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CURRENT = Rulesets(POSTOP_LUMBAR)
"""Compiled by the first test that needs it, for all."""


def example(name: str = "early_improving", **changes: Any) -> dict[str, Any]:
    """A published example, with some members replaced."""
    case: dict[str, Any] = copy.deepcopy(CASES[name]["value"])
    return case | changes


@dataclass(frozen=True)
class Service:
    """A running service: a client of it, and its database seen from outside."""

    client: httpx.AsyncClient
    url: str

    async def record(self, case: dict[str, Any], key: str | None = None) -> httpx.Response:
        """Post a case, with a key where there is one."""
        return await self.client.post(ASSESS, json=case, headers={"Idempotency-Key": key} if key else {})

    async def recorded(self, case: dict[str, Any]) -> str:
        """Post a case and return the id of its record."""
        answer = await self.record(case)
        assert answer.status_code == 201, answer.text
        record_id: str = answer.json()["id"]
        return record_id

    async def forged(self, record_id: str, url: str, **changes: Any) -> str:
        """Put the record, with changes, into the log of a database, as somebody with all keys could."""
        with opened_store(self.url) as store:
            record = store.archive.get("local", UUID(record_id))
        assert record is not None
        changed = replace(record, **changes)
        with opened_store(url) as store:
            save(CURRENT.at(NOW.date()), store.archive)
            store.recorder.start()
            await store.recorder.record(Recording(changed, Actor("local", "forger"), b"request"))
        return str(changed.id)

    async def preview(self, case: dict[str, Any]) -> dict[str, Any]:
        """What is said of a case."""
        answer = await self.client.post(PREVIEW, json=case)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    async def verification(self, record_id: str) -> dict[str, Any]:
        """What the service says of one of its records."""
        answer = await self.client.post(f"{ASSESS}/{record_id}/verify")
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read or alter the database as somebody with access to its file could."""
        if query.startswith("UPDATE"):
            with tampering(self.url) as altered:
                altered.exec_driver_sql(query, values)
            return []
        with closing(dbapi2.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            found: list[tuple[Any, ...]] = connection.execute(query, values).fetchall()
        return found

    def leaves(self, *kinds: Kind) -> list[dict[str, Any]]:
        """What the log says, of these kinds."""
        leaves = [from_json(meta) for (meta,) in self.rows("SELECT meta FROM entry ORDER BY idx")]
        return [leaf for leaf in leaves if leaf["kind"] in kinds]

    def stored(self) -> int:
        """How many records there are."""
        count: int = self.rows("SELECT count(*) FROM entry WHERE content IS NOT NULL")[0][0]
        return count

    def alter(self, record_id: str, column: str, value: object) -> None:
        """Change one column of one record."""
        self.rows(f"UPDATE entry SET {column} = ? WHERE id = ?", value, UUID(record_id).hex)  # noqa: S608 -- ours


@asynccontextmanager
async def running_service(application: Application, url: str) -> AsyncIterator[Service]:
    """Start the application, and stop it afterwards, as a server would."""
    async with application.router.lifespan_context(application), in_process(application) as client:
        yield Service(client, url)


def application_of(
    store: Store,
    *,
    rulesets: Rulesets = CURRENT,
    clock: Callable[[], datetime] = lambda: NOW,
    new_id: Callable[[], UUID] = uuid4,
) -> Application:
    """The parts of `app.main.create_app`, put together with a chosen store, clock, rulesets and ids."""
    current = rulesets.at(clock().date())

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        save(current, store.archive)
        store.recorder.start()
        yield
        store.recorder.close()

    return create_application(
        routers=[
            *record_routers(store, rulesets, clock=clock, new_id=new_id),
            rulesets_router(Library(rulesets, current, store.archive)),
        ],
        version="0",
        domain_errors=DOMAIN_ERRORS,
        lifespan=lifespan,
    )


def full_case() -> dict[str, Any]:
    """A case with every member that a case can have."""
    observed = {
        "date": "2025-02-12",
        "leg_pain_nrs": 3,
        "back_pain_vas_mm": 31,
        "odi_percent": 20,
        "global_change": 2,
        "stated_trend": "better",
        "numbness": "mild",
        "tingling": "none",
        "weakness": "none",
        "muscle_power": [{"muscle": "knee_extension", "side": "left", "grade": 4.3}],
    }
    return example(
        surgery={
            "date": "2025-01-15",
            "procedure": "microdiscectomy",
            "region": "lumbar",
            "levels": ["L5-S1"],
            "side": "left",
            "indication": "disc_herniation",
            "disc_opened": "yes",
            "implant": "no",
            "dural_tear": "unknown",
            "still_in_hospital": "no",
        },
        prior_surgeries=[{"date": "2019-06-01", "procedure": "laminectomy", "region": "cervical"}],
        observations=[observed, {"date": "2025-01-20", "leg_pain_vas_mm": 25, "back_pain_nrs": 2.5}],
        pain_return={
            "onset_on": "2025-02-10",
            "plateau_on": "2025-02-11",
            "onset": "sudden",
            "side": "left",
            "same_dermatome": "yes",
            "eased_by_sitting": "no",
        },
        symptom_onsets={
            "numbness": "2025-02-01",
            "tingling": "2025-02-02",
            "weakness": "2025-02-03",
            "bilateral_leg_pain": "2025-02-04",
        },
        red_flags=dict.fromkeys(RedFlags.model_fields, "no"),
        **measured_case(),
    )


def measured_case() -> dict[str, Any]:
    """The members of a full case that are measured, tested, imaged or known from before."""
    return {
        "examination": {
            "straight_leg_raise": "negative",
            "post_void_residual_ml": 40,
            "saddle_sensation": "normal",
            "leg_power": "normal",
            "bilateral_examination": "normal",
            "pulses_present": "yes",
            "calf_difference_cm": 0.5,
            "cough_impulse": "no",
            "burning_pain": "no",
        },
        "vitals": {
            "temperature_c": 36.8,
            "heart_rate_bpm": 72,
            "respiratory_rate_bpm": 14,
            "systolic_bp_mmhg": 124,
            "spo2_percent": 98,
            "news2": 0,
        },
        "labs": [{"date": "2025-02-01", "crp_mg_l": 4, "esr_mm_h": 12, "white_cells_10e9_l": 6.5}],
        "imaging": [
            {
                "date": "2025-02-01",
                "mri_compression": "no",
                "mri_recurrent_herniation": "no",
                "mri_epidural_fibrosis": "unknown",
                "flexion_extension_translation_mm": 1.5,
                "flexion_extension_angulation_deg": 4,
            }
        ],
        "scores": {
            "dn4": 2,
            "paindetect": 9,
            "phq9": 4,
            "phq9_item9": 0,
            "pain_catastrophizing": 12,
            "start_back": 3,
            "start_back_psychosocial": 1,
        },
        "history": dict.fromkeys(History.model_fields, "no") | {"egfr": 90, "annular_defect_mm": 4},
        "provenance": {
            "channel": "cds-hooks",
            "service": "postop-lumbar-view",
            "request": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "encounter": "Encounter/e1",
            "resources": [
                {
                    "reference": "Observation/o1",
                    "version": "3",
                    "updated_at": "2025-02-12T08:15:00.123+01:00",
                    "gives": ["vitals.temperature_c"],
                }
            ],
        },
    }


def placed(case: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """The case with a value at a place (RFC 6901); objects on the way to it are made."""
    changed: dict[str, Any] = copy.deepcopy(case)
    *way, last = pointer.removeprefix("/").split("/")
    inner: Any = changed
    for step in way:
        inner = inner[int(step)] if isinstance(inner, list) else inner.setdefault(step, {})
    inner[int(last) if isinstance(inner, list) else last] = value
    return changed


def one_record_a_day(case: dict[str, Any]) -> dict[str, Any]:
    """The case without further observations of a day that has one."""
    by_day = {observation["date"]: observation for observation in case["observations"]}
    return case | {"observations": list(by_day.values())}
