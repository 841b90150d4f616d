"""Errors that several operations answer alike: each is described once, and referred to."""

from __future__ import annotations

import re
from typing import Any

from app.api.problems import MEDIA_TYPE
from app.interop.elements import FHIR_JSON

Document = dict[str, Any]

CODES = re.compile(r"^`([a-z-]+)`: ", re.MULTILINE)
OF_A_GATEWAY = "Not of the service itself: a gateway in front of it may answer so, in words of its own."
BY_A_GATEWAY = ("401", "429")
"""What a client has to be ready for at every address, also where the service asks and counts nothing."""


def add_what_a_gateway_answers(responses: Document) -> None:
    """Describe the refusals that the service never gives here, but that can be met on the way to it."""
    for status in BY_A_GATEWAY:
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses.setdefault(status, {"description": OF_A_GATEWAY, "content": content})


def share_problems(document: Document) -> None:
    """Move every error to the components, where it is named by the codes of its problems."""
    shared: Document = {}
    for path in document["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            for status in [each for each in responses if each >= "400"]:
                name = _name(status, responses[status])
                if shared.setdefault(name, responses[status]) != responses[status]:
                    raise ValueError(f"Two different answers are named {name}.")
                responses[status] = {"$ref": f"#/components/responses/{name}"}
    document["components"]["responses"] = dict(sorted(shared.items()))


def _name(status: str, response: Document) -> str:
    codes = CODES.findall(response["description"]) or ["gateway", status]
    return ".".join([*(["outcome"] if FHIR_JSON in response["content"] else []), *codes])
