"""Puts the HTTP side together: routers, problems, trace ids, security headers and the published document."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from app.access.admission import Admission
from app.api import openapi
from app.api.buckets import Buckets
from app.api.cors import Cors
from app.api.failed_attempts import FailedAttempts
from app.api.guard import Guard
from app.api.handlers import exception_handlers
from app.api.middleware import SecurityHeaders, Tracing, TrustedHosts
from app.api.outcome_errors import OutcomeErrors
from app.api.problems import Problem
from app.api.served import Observer, log_request
from app.api.telemetry import TELEMETRY_OFF
from app.edge_settings import Rate
from app.identifiers import new_trace_id

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Application(FastAPI):
    """A FastAPI application whose OpenAPI document says what the service does, its problems included."""

    answer_examples: Callable[[], Mapping[str, Any]]
    credentials_required: bool
    rate_limited: bool

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            examples = self.answer_examples()
            self.openapi_schema = openapi.complete(
                super().openapi(),
                self.routes,
                examples,
                credentials_required=self.credentials_required,
                rate_limited=self.rate_limited,
            )
        return self.openapi_schema


def create_application(
    *,
    routers: Sequence[APIRouter],
    version: str,
    domain_errors: Mapping[type[Exception], Problem],
    lifespan: Lifespan | None = None,
    publish_document: bool = True,
    log_requests: bool = False,
    observers: Sequence[Observer] = (),
    hosts: frozenset[str] | None = None,
    cors_origins: frozenset[str] = frozenset(),
    admission: Admission | None = None,
    rate: Rate | None = None,
    trace_ids: Callable[[], str] = new_trace_id,
    telemetry: TelemetryConfig = TELEMETRY_OFF,
    answer_examples: Callable[[], Mapping[str, Any]] = dict,
) -> Application:
    """The application that answers with these routers and turns these exceptions into these problems.

    Without an admission only this machine is answered, as the caller `LOCAL`.
    The examples of answers, by the name of their schema, are made when the document is first asked for.
    """
    application = Application(
        **openapi.description_of_the_service(version),
        openapi_url="/openapi.json" if publish_document else None,
        docs_url=None,
        redoc_url=None,
        root_path_in_servers=False,
        redirect_slashes=False,
        generate_unique_id_function=openapi.operation_id,
        telemetry=telemetry,
        exception_handlers=exception_handlers(domain_errors),
        middleware=[
            *_outermost(cors_origins),
            *_inner(
                trace_ids, (*observers, log_request) if log_requests else observers, hosts, admission, rate
            ),
        ],
        lifespan=lifespan,
    )
    application.answer_examples = answer_examples
    application.credentials_required = admission is not None
    application.rate_limited = rate is not None
    for router in routers:
        application.include_router(router)
    _answer_head(application, routers)
    return application


def _outermost(cors_origins: frozenset[str]) -> list[Middleware]:
    """What changes answers of every kind, and so stands outside of all that answers errors."""
    cors = [Middleware(Cors, origins=cors_origins)] if cors_origins else []
    return [Middleware(SecurityHeaders), *cors, Middleware(OutcomeErrors)]


def _inner(
    trace_ids: Callable[[], str],
    observers: Sequence[Observer],
    hosts: frozenset[str] | None,
    admission: Admission | None,
    rate: Rate | None,
) -> list[Middleware]:
    """What every request passes within that on its way to the routers, the outermost first."""
    buckets = None if rate is None else Buckets(rate)
    return [
        Middleware(Tracing, trace_ids=trace_ids, observers=observers),
        *([] if hosts is None else [Middleware(TrustedHosts, hosts=hosts)]),
        Middleware(Guard, admission=admission, attempts=FailedAttempts(), buckets=buckets),
    ]


def _answer_head(application: Application, routers: Sequence[APIRouter]) -> None:
    """HEAD wherever there is GET (RFC 9110, 9.1). The server leaves out the body."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                application.add_api_route(
                    route.path,
                    route.endpoint,
                    methods=["HEAD"],
                    dependencies=route.dependencies,
                    include_in_schema=False,
                )
