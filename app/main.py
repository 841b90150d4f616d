"""The composition root: every part is made here once and handed to those who need it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.api.application import Application, Lifespan, create_application
from app.api.assessments import assessments_router, records_router
from app.api.health import ReadinessCheck, health_router
from app.api.metrics import Metrics, metrics_router
from app.api.openapi import TITLE
from app.api.problems import (
    KEY_REUSED,
    NOT_FOUND,
    QUEUE_FULL,
    RECORD_DAMAGED,
    RECORD_REFUSED,
    RULESET_NOT_RUNNABLE,
    STORE_UNAVAILABLE,
)
from app.api.published_examples import answer_examples
from app.api.rulesets import rulesets_router
from app.api.telemetry import TELEMETRY_OFF, span_trace_id, telemetry_on
from app.audit.archive import Archive
from app.audit.database import Database, open_database
from app.audit.errors import KeyReused, QueueFull, RecordDamaged, RecordRefused, StoreUnavailable
from app.audit.migrations import require_current_schema
from app.audit.recorder import Recorder
from app.identifiers import new_trace_id, record_ids
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.assessments import Assessments
from app.services.errors import NotInTheRules, NotRecorded, RulesetNotRunnable
from app.services.library import Library
from app.services.records import Records
from app.services.rule_tally import RuleTally
from app.services.rulesets import Rulesets, save
from app.settings import Settings
from app.version import VERSION
from app.web.docs_page import docs_router

DOMAIN_ERRORS = {
    NotRecorded: NOT_FOUND,
    NotInTheRules: NOT_FOUND,
    RulesetNotRunnable: RULESET_NOT_RUNNABLE,
    KeyReused: KEY_REUSED,
    QueueFull: QUEUE_FULL,
    RecordRefused: RECORD_REFUSED,
    RecordDamaged: RECORD_DAMAGED,
    StoreUnavailable: STORE_UNAVAILABLE,
}


def create_app(settings: Settings) -> Application:
    """The service of these settings. It connects to its database when it starts, not before."""
    database = open_database(settings.database_url)
    tally = RuleTally()
    metrics = Metrics(tally)
    recorder = Recorder(database, observer=metrics)
    metrics.watch_queue(lambda: recorder.depth)
    archive, rulesets = Archive(database), Rulesets(POSTOP_LUMBAR)
    current = rulesets.at(now().date())
    assessments = Assessments(
        rulesets, recorder, archive, clock=now, new_id=record_ids(), saved=current, tally=tally
    )
    routers = [
        assessments_router(assessments),
        records_router(Records(rulesets, archive)),
        rulesets_router(Library(rulesets, current, archive)),
        health_router({"record": _readiness(recorder, archive)}),
        metrics_router(metrics),
        *([docs_router(TITLE)] if settings.docs else []),
    ]

    def prepare() -> None:
        require_current_schema(database)
        save(current, archive)
        recorder.start()

    return create_application(
        routers=routers,
        version=VERSION,
        domain_errors=DOMAIN_ERRORS,
        lifespan=_lifespan(prepare, recorder, database),
        publish_document=settings.docs,
        log_requests=settings.access_log,
        observers=(metrics.on_request,),
        trace_ids=span_trace_id if settings.opentelemetry else new_trace_id,
        telemetry=telemetry_on() if settings.opentelemetry else TELEMETRY_OFF,
        hosts=settings.hosts,
        rate=settings.rate_limit,
        answer_examples=partial(answer_examples, rulesets),
    )


def now() -> datetime:
    """The clock of the service: read here, and passed in everywhere else."""
    return datetime.now(UTC)


def _readiness(recorder: Recorder, archive: Archive) -> ReadinessCheck:
    async def record_can_be_kept() -> bool:
        try:
            await run_in_threadpool(archive.ping)
        except StoreUnavailable:
            return False
        return recorder.healthy

    return record_can_be_kept


def _lifespan(prepare: Callable[[], None], recorder: Recorder, database: Database) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        try:
            await run_in_threadpool(prepare)
            yield
        finally:
            await run_in_threadpool(recorder.close)
            database.close()

    return lifespan
