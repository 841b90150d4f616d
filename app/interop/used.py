"""Which resources a case was read from, with their versions: what its provenance records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.interop.resources import Resource
from app.services.case_provenance import MOST_PATHS, MOST_RESOURCES, Encounter, RequestId, ServiceId

OF_THE_CALL: Mapping[str, TypeAdapter[str]] = {
    "service": TypeAdapter(ServiceId),
    "request": TypeAdapter(RequestId),
    "encounter": TypeAdapter(Encounter),
}


class Used:
    """The resources in the order of their first use, with the paths that each gives."""

    def __init__(self) -> None:
        self._gives: dict[str, tuple[Resource, dict[str, None]]] = {}

    def add(self, source: Resource, path: str) -> None:
        """A resource whose id is not well formed cannot be named; what it gives is used nevertheless."""
        if source.reference:
            self._gives.setdefault(source.reference, (source, {}))[1][path] = None

    def forget(self, path: str) -> None:
        """A member is not used after all."""
        for _, paths in self._gives.values():
            paths.pop(path, None)
        self._gives = {name: each for name, each in self._gives.items() if each[1]}

    def listed(self) -> list[dict[str, Any]]:
        """The resources as the provenance of a case lists them."""
        return [
            {
                "reference": source.reference,
                **({"version": source.version} if source.version else {}),
                **({"updated_at": source.updated_at} if source.updated_at else {}),
                "gives": list(paths)[:MOST_PATHS],
            }
            for source, paths in list(self._gives.values())[:MOST_RESOURCES]
        ]


def provenance_of(call: Mapping[str, str | None], used: Used) -> dict[str, Any]:
    """Where the case came from; of the call only what fits into the record."""
    told: dict[str, Any] = {"channel": call["channel"]}
    for name, form in OF_THE_CALL.items():
        if (said := call[name]) is not None and _fits(form, said):
            told[name] = said
    if resources := used.listed():
        told["resources"] = resources
    return told


def _fits(form: TypeAdapter[str], said: str) -> bool:
    try:
        form.validate_python(said, strict=True)
    except ValidationError:
        return False
    return True
