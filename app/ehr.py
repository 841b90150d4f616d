"""The parts that talk to electronic health records, put together for `app.main`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from fastapi import APIRouter

from app.api.cds_hooks import cds_hooks_router
from app.api.fhir import fhir_router
from app.api.fhir_body import MAX_FHIR_DEPTH
from app.api.fhir_reads import fhir_reads_router
from app.api.strict_json import parse_json
from app.audit.store import Store
from app.ehr_settings import CODE_MAP, EhrSettings
from app.fhir.assessing import FhirAssessments
from app.fhir.showing import AuditEvents, FhirRecords
from app.hooks.answering import HookAnswers
from app.hooks.call_back import CallBack
from app.hooks.feedback import HookFeedback
from app.interop.code_book import CodeBook, CodeMapRefused
from app.services.assessments import Assessments
from app.services.audited import AuditedRecords
from app.services.proofs import Proofs
from app.services.records import Records
from app.services.rule_tally import RuleTally
from app.services.rulesets import Rulesets
from app.services.verification import Verifier
from app.settings import SettingsError


def ehr_routers(
    store: Store,
    rulesets: Rulesets,
    ehr: EhrSettings,
    clock: Callable[[], datetime],
    new_id: Callable[[], UUID],
    tally: RuleTally | None = None,
) -> list[APIRouter]:
    """The routes of CDS Hooks and of FHIR. Raises SettingsError."""
    recorder, archive, book = store.recorder, store.archive, code_book(ehr)
    assessments = Assessments(rulesets, recorder, archive, clock=clock, new_id=new_id, tally=tally)
    call_back = CallBack(ehr.fhir_servers, partial(parse_json, max_depth=MAX_FHIR_DEPTH))
    answers = HookAnswers(assessments, recorder, rulesets, call_back, book, clock=clock, new_id=new_id)
    feedback = HookFeedback(recorder, archive, clock=clock, new_id=new_id)
    fhir = FhirAssessments(assessments, recorder, book, clock=clock, new_id=new_id)
    records, verifier = Records(rulesets, archive), Verifier(rulesets, store)
    audited = AuditedRecords(records, verifier, recorder, clock=clock, new_id=new_id)
    events = AuditEvents(Proofs(store.log, store.vault))
    return [
        cds_hooks_router(answers, feedback, ehr.public_url),
        fhir_router(fhir, book, ehr.public_url, cors=bool(ehr.cors_origins)),
        fhir_reads_router(FhirRecords(audited, book), events, ehr.public_url),
    ]


def code_book(ehr: EhrSettings) -> CodeBook:
    """The codes that are read and written here. Raises SettingsError where the site's map is of no use."""
    try:
        return CodeBook(ehr.code_systems_off, ehr.code_map)
    except CodeMapRefused as refusal:
        raise SettingsError((f"{CODE_MAP.variable}: {refusal}",)) from refusal
