"""The settings of the integration with EHRs: who may call, from which pages, and what may be called back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.ehr_clients_file import EhrClient, read_clients
from app.knowledge.codes import ICD_10_CM, ICD_11, LOINC, SNOMED
from app.setting import Setting

WEB_ADDRESS = re.compile(
    r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?((?:/[A-Za-z0-9._~$+=:@-]+)*)/?"
)
LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}|\[::1\]")
USUAL_PORT = {"https": ":443", "http": ":80"}
ADDRESS_RULE = (
    "an https address (http on this machine alone) without user, query, fragment, `%` or `..`, such as "
    "https://ehr.example.org/fhir."
)
LICENSED = {
    "snomed": SNOMED,
    "loinc": LOINC,
    "icd-10-cm": ICD_10_CM,
    "icd-11": ICD_11,
}
"""Code systems that somebody may not be licensed for, by the word that switches them off."""


def web_address(text: str) -> str:
    """An address in one spelling: small letters, no usual port, no slash at the end. Raises ValueError."""
    match = WEB_ADDRESS.fullmatch(text)
    if match is None or {".", ".."} & set(match[4].split("/")):
        raise ValueError(f"must be {ADDRESS_RULE}")
    scheme, host, port, path = match[1], match[2].lower(), match[3] or "", match[4]
    if int(port[1:] or 0) > 65535 or (scheme == "http" and not LOOPBACK.fullmatch(host)):
        raise ValueError(f"must be {ADDRESS_RULE}")
    return f"{scheme}://{host}{'' if port == USUAL_PORT[scheme] else port}{path}"


def _public_url(text: str) -> str:
    return web_address(text) if text else ""


def _addresses(text: str) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(web_address(each.strip(" ")) for each in text.split(","))) if text else ()
    except ValueError as error:
        raise ValueError(f"must be addresses separated by commas, each {ADDRESS_RULE}") from error


def _origins(text: str) -> frozenset[str]:
    origins = frozenset(_addresses(text))
    if any(origin.count("/") > 2 for origin in origins):
        raise ValueError("must be origins: scheme, host and port, without a path.")
    return origins


def _clients(text: str) -> tuple[EhrClient, ...]:
    return read_clients(Path(text)) if text else ()


def _code_map(text: str) -> Mapping[str, Any] | None:
    if not text:
        return None
    try:
        found = json.loads(Path(text).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError("must be the path of a JSON file that the service can read.") from error
    if not isinstance(found, dict) or found.get("resourceType") != "ConceptMap":
        raise ValueError("must be the path of a file with a FHIR R4 ConceptMap.")
    return found


def _systems(text: str) -> frozenset[str]:
    words = [word.strip() for word in text.split(",")] if text else []
    if not set(words) <= set(LICENSED):
        raise ValueError(f"must be some of {','.join(LICENSED)}, separated by commas.")
    return frozenset(LICENSED[word] for word in words)


PUBLIC_URL = Setting(
    "PUBLIC_URL",
    "",
    "The address under which EHRs reach the service, such as `https://decompass.example.org`: links in "
    "answers begin with it, and tokens of EHR clients are for addresses below it. Empty: links begin with "
    "the host that a request was sent to.",
    _public_url,
)
CORS_ORIGINS = Setting(
    "CORS_ORIGINS",
    "",
    "Origins of web pages that may call `/cds-services`, `/fhir` and `/v1` from a browser, separated by "
    "commas: `https://ehr.example.org`. Empty: none. There is no `*`.",
    _origins,
)
EHR_CLIENTS = Setting(
    "EHR_CLIENTS",
    "",
    "A TOML file that lists the EHRs whose own tokens (CDS Hooks client JWT) are accepted; see *EHR "
    "clients*. Empty: none are.",
    _clients,
)
FHIR_SERVERS = Setting(
    "FHIR_SERVERS",
    "",
    "Base addresses of FHIR servers that may be asked for what a CDS Hooks call did not bring, separated by "
    "commas. Empty: nobody is called back.",
    _addresses,
)
CODE_MAP = Setting(
    "CODE_MAP",
    "",
    "A JSON file with a FHIR R4 ConceptMap from codes of the site, such as OPCS-4, to members of the case.",
    _code_map,
)
CODE_SYSTEMS_OFF = Setting(
    "CODE_SYSTEMS_OFF",
    "",
    f"Code systems that are neither read nor written, for want of a licence: some of "
    f"{', '.join(f'`{word}`' for word in LICENSED)}, separated by commas.",
    _systems,
)
EHR_SETTINGS: tuple[Setting[Any], ...] = (
    *(PUBLIC_URL, CORS_ORIGINS, EHR_CLIENTS),
    *(FHIR_SERVERS, CODE_MAP, CODE_SYSTEMS_OFF),
)


@dataclass(frozen=True, slots=True)
class EhrSettings:
    """How the service and the EHRs around it may talk."""

    public_url: str
    """Without a slash at the end; empty where nobody has said."""
    cors_origins: frozenset[str]
    clients: tuple[EhrClient, ...] = field(repr=False)
    fhir_servers: tuple[str, ...]
    """Each without a slash at the end."""
    code_map: Mapping[str, Any] | None = field(repr=False)
    """A ConceptMap as its JSON says it."""
    code_systems_off: frozenset[str]
    """Their addresses, as FHIR names them."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> EhrSettings:
        """These settings; each was found to be readable before."""
        return cls(
            public_url=PUBLIC_URL.read(environment),
            cors_origins=CORS_ORIGINS.read(environment),
            clients=EHR_CLIENTS.read(environment),
            fhir_servers=FHIR_SERVERS.read(environment),
            code_map=CODE_MAP.read(environment),
            code_systems_off=CODE_SYSTEMS_OFF.read(environment),
        )


def ehr_contradictions(environment: Mapping[str, str], required: bool, issuer: str) -> Iterator[str]:
    """Settings of EHR clients that are right alone and open nothing, or too much, beside the others."""
    with suppress(ValueError):  # told before
        clients = EHR_CLIENTS.read(environment)
        if not clients:
            return
        if not required:
            yield f"{EHR_CLIENTS.variable} has no effect unless DECOMPASS_CREDENTIALS=required."
        if any(not client.audiences for client in clients) and not PUBLIC_URL.read(environment):
            yield (
                f"{PUBLIC_URL.variable} must be set too: a client without `audiences` signs tokens for "
                "addresses below it."
            )
        if issuer in {client.iss for client in clients}:
            yield f"{EHR_CLIENTS.variable} must not list DECOMPASS_JWT_ISSUER: its tokens have other rules."
