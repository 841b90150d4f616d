"""Validators of FHIR R4 that are not ours; each finds what the others let through.

Medplum's knows cardinality, types and invariants; the JSON schema of HL7 knows patterns and unknown members;
the models of fhir.resources are a second reading of the specification. None knows every required code: these
are looked up in the definitions of HL7.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

PROJECT = Path(__file__).parents[1] / "validators"
DEFINITIONS = PROJECT / "node_modules" / "@medplum" / "definitions" / "dist" / "fhir" / "r4"
NODE = shutil.which("node") if shutil.which("npm") else None
NO_NODE = "node and npm, which run Medplum's validator, are not on this machine"
SECONDS = 500
NEWER = {"AIAST": "Artificial Intelligence asserted"}
"""Codes that HL7 added to a system of its own after the definitions that are at hand."""
Resource = dict[str, Any]


def install() -> None:
    """The validator as its lock has it; once, also where several test processes ask at the same time."""
    lock = PROJECT / "package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        installed = PROJECT / "node_modules" / ".package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            subprocess.run(  # noqa: S603 -- the command is ours
                [shutil.which("npm") or "npm", "ci", "--no-audit", "--no-fund"],
                cwd=PROJECT,
                check=True,
                capture_output=True,
                timeout=SECONDS,
            )


def medplum(resources: Iterable[Resource]) -> list[list[Any]]:
    """What Medplum finds in each resource, warnings included."""
    assert NODE
    lines = "".join(f"{json.dumps(each)}\n" for each in resources)
    run = subprocess.run(  # noqa: S603 -- the command is ours
        # Medplum wants a WebSocket; up to release 22, node has one behind this flag alone.
        [NODE, "--experimental-websocket", "medplum.mjs"],
        cwd=PROJECT,
        input=lines,
        text=True,
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def schema(resource: Resource) -> list[str]:
    """What is wrong by the JSON schema of HL7."""
    return [error.message[:300] for error in _schema(resource["resourceType"]).iter_errors(resource)]


def models(resource: Resource) -> list[str]:
    """What is wrong by the models of fhir.resources: R4B, which differs from R4 in none of our resources."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return [str(error)[:300]]
    return []


def bindings(resource: Resource) -> list[str]:
    """Codes that stand where FHIR requires one of a value set, and that are none of it."""
    inside = [fault for each in resource.get("contained", ()) for fault in bindings(each)]
    own = (
        f"{path}: {value}"
        for path, allowed in _required()[resource["resourceType"]].items()
        for value in _at(resource, path.split("."))
        if value not in allowed
    )
    return [*own, *inside]


def codings(resource: Resource) -> list[str]:
    """Codes of HL7's own systems that are none of theirs, or that have another display there."""
    return [
        f"{each['system']} {each['code']} {each.get('display')}"
        for each in _codings_in(resource)
        if (system := _displays(each["system"])) is not None
        and each.get("display", system.get(each["code"])) != system.get(each["code"], "")
    ]


def _codings_in(part: Any) -> Iterator[Resource]:
    if isinstance(part, dict):
        if isinstance(part.get("system"), str) and isinstance(part.get("code"), str):
            yield part
        yield from _codings_in(list(part.values()))
    elif isinstance(part, list):
        for each in part:
            yield from _codings_in(each)


@cache
def _displays(system: str) -> dict[str, str] | None:
    """The displays of a system by code; None where the definitions do not list its codes."""
    for file in ("valuesets.json", "v3-codesystems.json"):
        concepts = _definitions(file, "CodeSystem").get(system, {}).get("concept")
        if concepts:
            return {each["code"]: each["display"] for each in _every(concepts)} | NEWER
    return None


def _every(concepts: list[Resource]) -> Iterator[Resource]:
    for each in concepts:
        yield each
        yield from _every(each.get("concept", []))


def _at(part: Any, path: list[str]) -> Iterator[Any]:
    """Every value at a path, lists gone through."""
    if isinstance(part, list):
        for each in part:
            yield from _at(each, path)
    elif not path:
        yield part
    elif isinstance(part, dict) and path[0] in part:
        yield from _at(part[path[0]], path[1:])


@cache
def _required() -> Mapping[str, dict[str, frozenset[str]]]:
    """By kind of resource: the paths whose codes are of a value set, with these codes."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for profile in _definitions("profiles-resources.json", "StructureDefinition").values():
        paths = found.setdefault(profile["type"], {})
        for element in profile["snapshot"]["element"]:
            binding = element.get("binding", {})
            is_code = [each["code"] for each in element.get("type", [])] == ["code"]
            codes = _codes_of(binding.get("valueSet", "").partition("|")[0])
            if is_code and binding.get("strength") == "required" and codes:
                paths[element["path"].partition(".")[2]] = codes
    return found


@cache
def _codes_of(value_set: str) -> frozenset[str]:
    """The codes of a value set; empty where it is not a list of codes, as that of all media types."""
    parts = (
        _definitions("valuesets.json", "ValueSet").get(value_set, {}).get("compose", {}).get("include", [])
    )
    systems = _definitions("valuesets.json", "CodeSystem")
    listed = [each.get("concept") or systems.get(each.get("system", ""), {}).get("concept") for each in parts]
    return frozenset(each["code"] for concepts in listed if all(listed) for each in _every(concepts or []))


@cache
def _definitions(file: str, kind: str) -> dict[str, Resource]:
    entries = json.loads((DEFINITIONS / file).read_text())["entry"]
    return {e["resource"]["url"]: e["resource"] for e in entries if e["resource"]["resourceType"] == kind}


@cache
def _schema(kind: str) -> Any:
    definitions = json.loads((DEFINITIONS / "fhir.schema.json").read_text())["definitions"]
    # Types of Medplum's own refer to these two, which R4 does not have.
    return jsonschema_rs.Draft6Validator(
        {"definitions": {"Resource": {}, "integer64": {}, **definitions}, "$ref": f"#/definitions/{kind}"}
    )
