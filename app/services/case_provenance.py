"""Where a case came from, when an electronic health record gave it. It is recorded, and changes no result."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.services.case_part import Part

MOST_RESOURCES = 300
"""The most resources of one case."""
MOST_PATHS = 300
"""The most members that one of them gives."""

Channel = Literal["cds-hooks", "fhir", "questionnaire"]
ServiceId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
RequestId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Encounter = Annotated[
    str, StringConstraints(min_length=1, max_length=74, pattern=r"^Encounter/[A-Za-z0-9.-]{1,64}$")
]
Reference = Annotated[
    str, StringConstraints(min_length=1, max_length=129, pattern=r"^[A-Za-z]{1,64}/[A-Za-z0-9.-]{1,64}$")
]
Version = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9.-]+$")]
Instant = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=40,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$",
    ),
]
Path = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}$")
]


class UsedResource(Part):
    """One resource that something of the case was read from."""

    reference: Reference = Field(description="Type and id, such as `Observation/o1`")
    version: Version | None = Field(default=None, description="Its version there")
    updated_at: Instant | None = Field(default=None, description="When that version was written there")
    gives: list[Path] | None = Field(
        default=None,
        max_length=MOST_PATHS,
        description="The members that it gives, such as `vitals.temperature_c`",
    )


class Provenance(Part):
    """The call that brought the case, and the resources it was read from. No fact: it changes no result."""

    channel: Channel = Field(description="How the case came")
    service: ServiceId | None = Field(default=None, description="The CDS service that was called")
    request: RequestId | None = Field(default=None, description="The caller's identifier of the call")
    encounter: Encounter | None = Field(default=None, description="The encounter in which it was called")
    resources: list[UsedResource] | None = Field(
        default=None,
        max_length=MOST_RESOURCES,
        description="The resources that were used, each with its version",
    )
