"""What a call must have, and what of it is used. Members that are not known are ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from app.interop.cds.discovery import ENCOUNTER, Needed, Service
from app.interop.elements import FHIR_ID

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
TOKEN = re.compile(r"[!-~]{1,8192}")
"""Nothing that could end a header."""
LONGEST_TEXT = 2000
KINDS: Mapping[Needed, tuple[type[Any], str]] = {
    "text": (str, "string_type"),
    "id": (str, "string_type"),
    "list": (list, "list_type"),
    "object": (dict, "model_type"),
}
"""What each member must be in JSON, and the code of the problem where it is not."""


class Flaw(NamedTuple):
    """One thing wrong with a call: a JSON pointer to a member that CDS Hooks declares, and a code."""

    pointer: str
    code: str


class NotACall(Exception):
    """The body is not a call of CDS Hooks; ``flaws`` names everything that is wrong."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__(f"{len(flaws)} flaw(s) in the call")
        self.flaws = flaws


class WrongHook(Exception):
    """The service does not answer the hook that was called."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call, as far as it is used. The token is that of the EHR's server: never stored, never shown."""

    instance: UUID
    patient: str
    encounter: str | None
    prefetch: Mapping[str, Any]
    server: str | None
    token: str | None = field(repr=False)


def read_call(document: Any, service: Service) -> Call:
    """The call that a document describes. Raises WrongHook and NotACall."""
    if not isinstance(document, dict):
        raise NotACall((Flaw("", "model_type"),))
    if isinstance(document.get("hook"), str) and document["hook"] != service.hook:
        raise WrongHook
    if flaws := tuple(_flaws(document, service)):
        raise NotACall(flaws)
    context = document["context"]
    return Call(
        instance=UUID(document["hookInstance"]),
        patient=context["patientId"],
        encounter=context.get("encounterId"),
        prefetch=document.get("prefetch") or {},
        server=document.get("fhirServer"),
        token=_token(document.get("fhirAuthorization")),
    )


def _flaws(document: Mapping[str, Any], service: Service) -> Iterator[Flaw]:
    yield from _flaw("", document, "hook", "text")
    yield from _flaw("", document, "hookInstance", "text")
    if isinstance(instance := document.get("hookInstance"), str) and not UUID_TEXT.fullmatch(instance):
        yield Flaw("/hookInstance", "uuid_parsing")
    if flaws := list(_flaw("", document, "context", "object")):
        yield from flaws
    else:
        yield from _flaws_of_context(document["context"], service)
    if document.get("prefetch") is not None:
        yield from _flaw("", document, "prefetch", "object")
    if "fhirServer" in document or "fhirAuthorization" in document:
        yield from _flaw("", document, "fhirServer", "text")


def _flaws_of_context(context: Mapping[str, Any], service: Service) -> Iterator[Flaw]:
    optional = {name: need for name, need in ENCOUNTER.items() if context.get(name) is not None}
    for name, need in {**service.context, **optional}.items():
        yield from _flaw("/context", context, name, need)


def _flaw(place: str, members: Mapping[str, Any], name: str, need: Needed) -> Iterator[Flaw]:
    kind, code = KINDS[need]
    value: Any = members.get(name)
    if value is None:
        yield Flaw(f"{place}/{name}", "missing")
    elif not isinstance(value, kind):
        yield Flaw(f"{place}/{name}", code)
    elif need == "id" and not FHIR_ID.fullmatch(value):
        yield Flaw(f"{place}/{name}", "string_pattern_mismatch")
    elif need == "text" and not 0 < len(value) <= LONGEST_TEXT:
        yield Flaw(f"{place}/{name}", "string_too_long" if value else "string_too_short")


def _token(authorization: Any) -> str | None:
    """The bearer token; None where there is none that can be sent. A call without one is a good call."""
    if not isinstance(authorization, dict) or str(authorization.get("token_type")).lower() != "bearer":
        return None
    token = authorization.get("access_token")
    return token if isinstance(token, str) and TOKEN.fullmatch(token) else None
