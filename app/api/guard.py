"""Lets nobody past without a credential that opens the route; before anything of the body is read.

Where credentials are required, only what the table of scopes names is answered: another address is not found,
whatever the router has there. Without credentials everybody on this machine is let in, and nobody else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access.admission import Admission
from app.access.caller import LOCAL, Caller
from app.access.errors import CredentialExpired, CredentialInvalid, ScopeMissing
from app.access.scopes import NEEDS, Need, Public
from app.api.access_problems import (
    CREDENTIAL_EXPIRED,
    CREDENTIAL_INVALID,
    CREDENTIAL_MISSING,
    INSUFFICIENT_SCOPE,
    NOT_LOCAL,
    TOO_MANY_ATTEMPTS,
)
from app.api.buckets import Buckets
from app.api.failed_attempts import FailedAttempts
from app.api.problems import (
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    RequestRefused,
    problem_response,
)
from app.api.rate_limit import RateLimit
from app.api.record_problems import STORE_UNAVAILABLE
from app.audit.errors import StoreUnavailable

BEARER = re.compile(rb"bearer +([!-~]+) *", re.IGNORECASE)
CHALLENGE = 'Bearer realm="decompass"'
LOOPBACK = ("127.", "::1", "::ffff:127.")


class Place(NamedTuple):
    """An address of the table: what its path looks like, and what each method needs there."""

    path: re.Pattern[str]
    needs: dict[str, Need]


class Guard:
    """Puts the caller where routes find it (`caller_of`), or answers that it does not.

    Whatever is answered takes from a caller's share, where *buckets* say how large that is: refusals too.
    """

    def __init__(
        self,
        app: ASGIApp,
        admission: Admission | None,
        attempts: FailedAttempts,
        buckets: Buckets | None = None,
    ) -> None:
        self._buckets = buckets
        self._app = self._limited(app)
        self._admission = admission
        self._attempts = attempts
        self._places = _places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = (
                _local(scope) if self._admission is None else await self._admitted(scope, self._admission)
            )
        except RequestRefused as refusal:
            await self._limited(_answer(refusal, scope))(scope, receive, send)
            return
        if caller is not None:
            scope["state"]["caller"] = caller
        await self._app(scope, receive, send)

    def _limited(self, app: ASGIApp) -> ASGIApp:
        return app if self._buckets is None else RateLimit(app, self._buckets)

    async def _admitted(self, scope: Scope, admission: Admission) -> Caller | None:
        """The caller; None where the route is public."""
        need = self._need(scope["method"], scope["path"])
        if isinstance(need, Public):
            return None
        try:
            return await admission.admit(_credential(scope), need, scope["path"])
        except (CredentialInvalid, CredentialExpired) as error:
            raise self._failed(scope, error) from error
        except ScopeMissing as error:
            scope["state"]["caller"] = error.caller
            challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{need}"'
            raise RequestRefused(INSUFFICIENT_SCOPE, headers={"WWW-Authenticate": challenge}) from error
        except StoreUnavailable as error:
            raise RequestRefused(STORE_UNAVAILABLE) from error

    def _failed(self, scope: Scope, error: CredentialInvalid | CredentialExpired) -> RequestRefused:
        """Only who proves nothing has to wait: behind a proxy all others have the same address."""
        address = scope["client"][0] if scope.get("client") else ""
        if seconds := self._attempts.seconds_to_wait(address):
            return RequestRefused(TOO_MANY_ATTEMPTS, headers={"Retry-After": str(seconds)})
        self._attempts.count(address)
        problem = CREDENTIAL_EXPIRED if isinstance(error, CredentialExpired) else CREDENTIAL_INVALID
        return RequestRefused(problem, headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})

    def _need(self, method: str, path: str) -> Need:
        for place in self._places:
            if place.path.match(path):
                need = place.needs.get("GET" if method == "HEAD" else method)
                if need is None:
                    raise RequestRefused(METHOD_NOT_ALLOWED, headers={"Allow": _allowed(place.needs)})
                return need
        raise RequestRefused(NOT_FOUND)


async def caller_of(request: Request) -> Caller:
    """Who calls, as the guard has found out. A route that is public has nobody to ask for: KeyError."""
    caller: Caller = request.scope["state"]["caller"]
    return caller


def _local(scope: Scope) -> Caller:
    client = scope.get("client")
    if client and not client[0].startswith(LOOPBACK):
        raise RequestRefused(NOT_LOCAL)
    return LOCAL


def _credential(scope: Scope) -> str:
    """What was sent as `Authorization: Bearer`; never from the address, which is logged on the way."""
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    if not sent:
        raise RequestRefused(CREDENTIAL_MISSING, headers={"WWW-Authenticate": CHALLENGE})
    match = BEARER.fullmatch(sent[0]) if len(sent) == 1 else None
    return match[1].decode() if match else ""


def _answer(refusal: RequestRefused, scope: Scope) -> Response:
    return problem_response(refusal.problem, scope["state"]["trace_id"], headers=refusal.headers)


def _allowed(needs: dict[str, Need]) -> str:
    return ", ".join(sorted({*needs, *(["HEAD"] if "GET" in needs else [])}))


def _places() -> list[Place]:
    by_path: dict[str, dict[str, Need]] = {}
    for (method, path), need in NEEDS.items():
        by_path.setdefault(path, {})[method] = need
    return [Place(compile_path(path)[0], needs) for path, needs in by_path.items()]
