"""References and addresses of FHIR: an id means something only on the server that gave it."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.interop.elements import FHIR_ID

ID = r"[A-Za-z0-9.-]{1,64}"
VERSION = rf"(?:/_history/{ID})?"
PATIENT = re.compile(rf"(?:(?P<server>.*)/)?Patient/(?P<id>{ID}){VERSION}")
URN = re.compile(r"urn:uuid:([A-Za-z0-9-]{1,64})")
ADDRESS = re.compile(rf"(?P<server>https?://.*)/[A-Z][A-Za-z]{{1,63}}/{ID}{VERSION}", re.IGNORECASE)
SCHEME = re.compile(r"https?://", re.IGNORECASE)
USUAL_PORT = re.compile(r":(80|443)$")


class Named(NamedTuple):
    """A patient as a reference names one. ``server``: as `server_of` writes it; empty of a relative one."""

    id: str
    server: str = ""


def named(reference: str) -> Named | None:
    """The patient that a reference names; None where it names none."""
    found = PATIENT.fullmatch(reference)
    if found is None or not FHIR_ID.fullmatch(found["id"]):
        return None
    return Named(found["id"], server_of(found["server"] or ""))


def server_of(base: str) -> str:
    """The base address of a server in one spelling: http and https alone tell no servers apart."""
    host, slash, path = SCHEME.sub("", base).rstrip("/").partition("/")
    return USUAL_PORT.sub("", host.lower()) + slash + path


def home_of(address: str) -> str:
    """The server that the address of a resource names; empty where it is none, such as ``urn:uuid:``."""
    found = ADDRESS.fullmatch(address) if address else None
    return server_of(found["server"]) if found else ""
