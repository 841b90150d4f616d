"""The composition root: every part is made here once and handed to those who need it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from app.access.admission import Admission
from app.access.api_keys import ApiKeys
from app.access.ehr_clients import EhrClients, EhrTokens
from app.access.jwt import BearerTokens, TokenRules
from app.access.signing_keys import SigningKeys, reader_of
from app.access.used_tokens import UsedTokens
from app.api.application import Application, Lifespan, create_application
from app.api.assessments import assessments_router, corrections_router, records_router
from app.api.health import ReadinessCheck, health_router
from app.api.log import log_router
from app.api.metrics import Metrics, metrics_router
from app.api.openapi import TITLE
from app.api.problems import NOT_FOUND
from app.api.published_examples import answer_examples
from app.api.record_problems import (
    KEY_REUSED,
    LOG_ALTERED,
    NOT_IN_THE_LOG,
    QUEUE_FULL,
    RECORD_DAMAGED,
    RECORD_ERASED,
    RECORD_REFUSED,
    RULESET_NOT_RUNNABLE,
    STORE_UNAVAILABLE,
)
from app.api.rulesets import rulesets_router
from app.api.telemetry import TELEMETRY_OFF, span_trace_id, telemetry_on
from app.audit.anchors import Anchors
from app.audit.errors import (
    DatabaseRefused,
    KeyReused,
    LogAltered,
    NotInTheLog,
    QueueFull,
    RecordDamaged,
    RecordErased,
    RecordRefused,
    StoreUnavailable,
)
from app.audit.roles import require_bound
from app.audit.secrets import Secrets
from app.audit.sinks import sink_of
from app.audit.store import Store, open_store
from app.ehr import ehr_routers
from app.ehr_settings import EhrSettings
from app.identifiers import new_trace_id, record_ids
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.assessments import Assessments
from app.services.audited import AuditedRecords
from app.services.errors import NotInTheRules, NotRecorded, RulesetNotRunnable
from app.services.library import Library
from app.services.proofs import Proofs
from app.services.records import Records
from app.services.rule_tally import RuleTally
from app.services.rulesets import Rulesets, Runner, save
from app.services.verification import Verifier
from app.settings import Settings
from app.token_settings import TokenSettings
from app.version import VERSION
from app.web.docs_page import docs_router

log = logging.getLogger(__name__)

DOMAIN_ERRORS = {
    NotRecorded: NOT_FOUND,
    NotInTheRules: NOT_FOUND,
    RulesetNotRunnable: RULESET_NOT_RUNNABLE,
    KeyReused: KEY_REUSED,
    QueueFull: QUEUE_FULL,
    RecordRefused: RECORD_REFUSED,
    RecordDamaged: RECORD_DAMAGED,
    RecordErased: RECORD_ERASED,
    NotInTheLog: NOT_IN_THE_LOG,
    LogAltered: LOG_ALTERED,
    StoreUnavailable: STORE_UNAVAILABLE,
}


def create_app(settings: Settings, secrets: Secrets) -> Application:
    """The service of these settings. It connects to its databases when it starts, not before."""
    tally = RuleTally()
    metrics = Metrics(tally)
    store = open_store(settings.database_url, settings.keys_url, secrets, settings.origin, observer=metrics)
    metrics.watch_queue(lambda: store.recorder.depth)
    anchors = Anchors(store.database.reader, [sink_of(place) for place in settings.anchors], now)
    metrics.watch_anchors(anchors.lags)
    admission = admission_of(settings, store) if settings.credentials_required else None
    rulesets = Rulesets(POSTOP_LUMBAR)
    current = rulesets.at(now().date())
    routers = [
        *record_routers(store, rulesets, clock=now, new_id=record_ids(), saved=current, tally=tally),
        *ehr_routers(store, rulesets, settings.ehr, clock=now, new_id=record_ids(), tally=tally),
        rulesets_router(Library(rulesets, current, store.archive)),
        health_router({"record": _readiness(store)}),
        metrics_router(metrics),
        *([docs_router(TITLE)] if settings.docs else []),
    ]

    def prepare() -> None:
        require_usable(settings, store)
        if not settings.credentials_required:
            _tell_unbound_role(store)
        store.finish_erasures()
        save(current, store.archive)
        store.recorder.start()
        anchors.start()

    return create_application(
        routers=routers,
        version=VERSION,
        domain_errors=DOMAIN_ERRORS,
        lifespan=_lifespan(prepare, store, anchors),
        publish_document=settings.docs,
        log_requests=settings.access_log,
        observers=(metrics.on_request,),
        trace_ids=span_trace_id if settings.opentelemetry else new_trace_id,
        telemetry=telemetry_on() if settings.opentelemetry else TELEMETRY_OFF,
        hosts=settings.hosts,
        cors_origins=settings.ehr.cors_origins,
        admission=admission,
        rate=settings.rate_limit,
        answer_examples=partial(answer_examples, rulesets),
    )


def record_routers(
    store: Store,
    rulesets: Rulesets,
    clock: Callable[[], datetime],
    new_id: Callable[[], UUID],
    saved: Runner | None = None,
    tally: RuleTally | None = None,
) -> list[APIRouter]:
    """The routes that write the record, read it and prove it. *saved* is a ruleset that is stored already."""
    archive, recorder = store.archive, store.recorder
    assessments = Assessments(
        rulesets, recorder, archive, clock=clock, new_id=new_id, saved=saved, tally=tally
    )
    verifier = Verifier(rulesets, store)
    audited = AuditedRecords(Records(rulesets, archive), verifier, recorder, clock=clock, new_id=new_id)
    return [
        assessments_router(assessments),
        corrections_router(assessments),
        records_router(audited),
        log_router(Proofs(store.log, store.vault)),
    ]


def require_usable(settings: Settings, store: Store) -> None:
    """Refuse databases, roles and secrets that do not fit. Raises RecordError, AccessMisconfigured."""
    store.require_usable()
    if settings.credentials_required:
        require_bound(store.database.reader)  # tenants to keep apart need a role that cannot see them all
        api_keys_of(store).require_known_pepper()


def api_keys_of(store: Store) -> ApiKeys:
    """The API keys of a store."""
    return ApiKeys(store.database, store.vault.secrets.pepper, now)


def admission_of(settings: Settings, store: Store) -> Admission:
    """Who lets callers in. Raises AccessMisconfigured."""
    used = UsedTokens(store.database.writer)
    return Admission(api_keys_of(store), _tokens(settings.tokens), used, now, _ehr_clients(settings.ehr))


def _tokens(settings: TokenSettings | None) -> BearerTokens | None:
    if settings is None:
        return None
    rules = TokenRules(
        settings.issuer,
        settings.audience,
        settings.algorithms,
        settings.tenant_claim,
        settings.single_use,
    )
    return BearerTokens(rules, SigningKeys(reader_of(settings.jwks), settings.algorithms), now)


def _ehr_clients(settings: EhrSettings) -> EhrClients:
    return EhrClients(
        EhrTokens(client, SigningKeys(reader_of(client.jwks), client.algorithms), settings.public_url, now)
        for client in settings.clients
    )


def now() -> datetime:
    """The clock of the service: read here, and passed in everywhere else."""
    return datetime.now(UTC)


def _tell_unbound_role(store: Store) -> None:
    """Without credentials there is one tenant, and a role that sees them all is no more than worth a word."""
    try:
        require_bound(store.database.reader)
    except DatabaseRefused as refusal:
        log.warning("%s", refusal)


def _readiness(store: Store) -> ReadinessCheck:
    async def record_can_be_kept() -> bool:
        try:
            await run_in_threadpool(store.archive.ping)
        except StoreUnavailable:
            return False
        return store.recorder.healthy

    return record_can_be_kept


def _lifespan(prepare: Callable[[], None], store: Store, anchors: Anchors) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        try:
            await run_in_threadpool(prepare)
            yield
        finally:
            await run_in_threadpool(store.recorder.close)
            await run_in_threadpool(anchors.close)  # with all that was accepted, and an open database
            await run_in_threadpool(store.close)

    return lifespan
