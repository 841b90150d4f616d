"""Device: the software that asserts, with its release and the rules that it ran."""

from __future__ import annotations

from app.interop.elements import Element, narrative
from app.interop.recorded import Recorded


def device(recorded: Recorded) -> Element:
    """The software as it was when it made the record, under the id of the record."""
    ruleset = recorded.ruleset
    versions = {
        "ruleset": ruleset["version"],
        "ruleset digest": ruleset["digest"],
        "software": recorded.release,
    }
    told = {kind: value for kind, value in versions.items() if value}
    return {
        "resourceType": "Device",
        "id": recorded.id,
        "text": narrative("Decompass", *(f"{kind}: {value}" for kind, value in told.items())),
        "deviceName": [{"name": "Decompass", "type": "model-name"}],
        "type": {"text": "Clinical decision support software, by rule"},
        "version": [{"type": {"text": kind}, "value": value} for kind, value in told.items()],
    }
