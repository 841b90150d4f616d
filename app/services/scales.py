"""The values of a case that have a form of their own: days, points, grades."""

from __future__ import annotations

import datetime
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.knowledge.vocabulary import MRC_GRADES

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as_a_day(value: object) -> object:
    """Pydantic also reads seconds since 1970 from a text: a placeholder "0" would be an operation in 1970."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.date.fromisoformat(value if ISO_DAY.fullmatch(value) else "")
    except ValueError as error:
        raise PydanticCustomError("date_parsing", "A day is written as in 2025-01-15") from error


def _half_points(value: float) -> float:
    if value * 2 != int(value * 2):
        raise PydanticCustomError("half_points", "The scale has whole and half points only")
    return value


def _known_grade(value: float) -> float:
    if value not in MRC_GRADES:
        raise PydanticCustomError("mrc_grade", "MRC grades are 0, 1, 2, 3, 3.7 (4-), 4, 4.3 (4+) and 5")
    return value


def _real_number(value: float) -> float:
    return value + 0.0  # minus zero becomes zero, so that equal cases have equal text


FIRST_DAY, LAST_DAY = datetime.date(1950, 1, 1), datetime.date(2199, 12, 31)
"""The days that a case can hold."""
Day = Annotated[
    datetime.date,
    BeforeValidator(_written_as_a_day),
    Field(
        ge=FIRST_DAY,
        le=LAST_DAY,
        description="A day from 1950-01-01 on, not after the day of the assessment",
    ),
]
HalfPoints = Annotated[
    float,
    Field(ge=0, le=10, json_schema_extra={"multipleOf": 0.5}),
    AfterValidator(_half_points),
    AfterValidator(_real_number),
]
Millimetres = Annotated[float, Field(ge=0, le=100), AfterValidator(_real_number)]
Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_real_number)]
Celsius = Annotated[float, Field(ge=25, le=45)]
MilligramsPerLitre = Annotated[float, Field(ge=0, le=1000), AfterValidator(_real_number)]
MillimetresPerHour = Annotated[float, Field(ge=0, le=200), AfterValidator(_real_number)]
CellsPerNanolitre = Annotated[float, Field(ge=0, le=500), AfterValidator(_real_number)]
CalfCentimetres = Annotated[float, Field(ge=0, le=30), AfterValidator(_real_number)]
SlipMillimetres = Annotated[float, Field(ge=0, le=50), AfterValidator(_real_number)]
DefectMillimetres = Annotated[float, Field(ge=0, le=30), AfterValidator(_real_number)]
Degrees = Annotated[float, Field(ge=0, le=90), AfterValidator(_real_number)]
FiltrationRate = Annotated[float, Field(ge=0, le=200), AfterValidator(_real_number)]
Millilitres = Annotated[float, Field(ge=0, le=5000), AfterValidator(_real_number)]
MrcGrade = Annotated[
    float,
    # Generators of clients cannot make a type of a list of numbers: the description says which are grades.
    Field(ge=0, le=5),
    AfterValidator(_known_grade),
    AfterValidator(_real_number),
]
