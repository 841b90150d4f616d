"""Every member of the case by its path, as forms, code systems and notes name it: "vitals.temperature_c".

Kinds, options and bounds are read from the case, labels and questions from the vocabulary. The one thing
that is added is the unit of a member as UCUM writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from app.engine.conditions import Fact
from app.interop.systems import ANSWER_SYSTEM, options_system
from app.knowledge.vocabulary import GIVEN
from app.services.case import Case
from app.services.case_part import Part, YesNoUnknown
from app.services.facts import LABORATORY, POINTERS

Kind = Literal["date", "choice", "yes_no", "integer", "decimal", "text", "group"]

AGE = "age_years"
PRIOR_SURGERIES = "prior_surgeries"
MUSCLE_POWER = "observations.muscle_power"
RED_FLAGS = "red_flags."
"""The paths of all red flags begin with it."""
VITALS = "vitals."
"""Signs that come and go: that one of today is good takes nothing back of one of yesterday."""

UNIT_OF = {
    AGE: "a",
    "observations.leg_pain_vas_mm": "mm",
    "observations.back_pain_vas_mm": "mm",
    "observations.odi_percent": "%",
    "examination.post_void_residual_ml": "mL",
    "examination.calf_difference_cm": "cm",
    "vitals.temperature_c": "Cel",
    "vitals.heart_rate_bpm": "/min",
    "vitals.respiratory_rate_bpm": "/min",
    "vitals.systolic_bp_mmhg": "mm[Hg]",
    "vitals.spo2_percent": "%",
    "labs.crp_mg_l": "mg/L",
    "labs.esr_mm_h": "mm/h",
    "labs.white_cells_10e9_l": "10*9/L",
    "imaging.flexion_extension_translation_mm": "mm",
    "imaging.flexion_extension_angulation_deg": "deg",
    "history.egfr": "mL/min/{1.73_m2}",
    "history.annular_defect_mm": "mm",
}
"""UCUM units by path. Numbers that are not here are scores and grades, which have no unit."""

NO_FACTS = frozenset({"provenance"})
"""Members of the case that say where it came from; nobody asks for them."""


class Field(NamedTuple):
    """One member of the case, or a group of members.

    ``unit`` is UCUM, or empty where there is none. ``question`` is what to ask: the vocabulary's question, or
    what the case says of its member. ``required`` holds within the group, not of the group. ``limit`` is how
    many entries a list may have.
    """

    path: str
    kind: Kind
    label: str
    unit: str
    options: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    repeats: bool
    question: str
    required: bool
    limit: int | None

    @property
    def name(self) -> str:
        """The last word of the path: the member's name in its group."""
        return self.path.rpartition(".")[2]

    @property
    def group(self) -> str:
        """The path of the group that it stands in; empty for members of the case itself."""
        return self.path.rpartition(".")[0]

    @property
    def system(self) -> str:
        """The code system of its options."""
        return ANSWER_SYSTEM if self.kind == "yes_no" else options_system(self.path)


def fits(path: str, value: Any) -> bool:
    """Whether the case would take this JSON value for one member that is no group; of a list, one entry.

    ``null`` is no value. Raises KeyError for what is not the path of such a member.
    """
    try:
        return VALIDATORS[path].validate_python(value) is not None
    except ValidationError:
        return False


def _members(part: type[Part], group: str = "") -> Iterator[tuple[str, FieldInfo, dict[str, Any]]]:
    """Every member of a part and of its groups, in the order of the case: path, type, JSON schema."""
    schemas = part.model_json_schema()["properties"]
    for name, info in part.model_fields.items():
        if (path := f"{group}{name}") in NO_FACTS:
            continue
        yield path, info, schemas[name]
        if nested := _part_in(info.annotation):
            yield from _members(nested, f"{path}.")


def _part_in(annotation: Any) -> type[Part] | None:
    """The part that a member holds, one or a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(filter(None, map(_part_in, get_args(annotation))), None)


def _field(path: str, info: FieldInfo, schema: Mapping[str, Any]) -> Field:
    told = _known_form(schema)
    one = told.get("items", told)
    part = _part_in(info.annotation)
    fact = FACTS.get(path)
    said = _sentence(part.__doc__ if part else info.description)
    label = _label(path, said, is_group=part is not None)
    return Field(
        path=path,
        kind="group" if part else _kind(one),
        label=label,
        unit=UNIT_OF.get(path, ""),
        options=tuple(one.get("enum", ())),
        minimum=one.get("minimum"),
        maximum=one.get("maximum"),
        repeats="items" in told,
        question=(fact.question if fact and not part else "") or _asked(label, said),
        required=info.is_required(),
        limit=told.get("maxItems"),
    )


def _known_form(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a value that is given: without the alternative "null"."""
    forms = (each for each in schema.get("anyOf", (schema,)) if each.get("type") != "null")
    return next(forms)


def _kind(schema: Mapping[str, Any]) -> Kind:
    if options := schema.get("enum"):
        return "yes_no" if tuple(options) == get_args(YesNoUnknown) else "choice"
    if schema.get("format") == "date":
        return "date"
    kinds: dict[str, Kind] = {"integer": "integer", "number": "decimal", "string": "text"}
    return kinds[schema["type"]]


def _label(path: str, said: str, *, is_group: bool) -> str:
    """The vocabulary's word for it; groups are called by their names."""
    name = path.rpartition(".")[2]
    if is_group:
        return name.replace("_", " ").capitalize()
    fact = FACTS.get(path) or WORDS.get(MEMBERS_OF_SERIES.get(name, name))
    return fact.label if fact else said


def _asked(label: str, said: str) -> str:
    """What to ask where the vocabulary has no question for this member alone."""
    return said if said.startswith(label) else f"{label}: {said}"


def _sentence(text: str | None) -> str:
    return " ".join((text or "").replace("`", "").split())


def _leaf(info: FieldInfo, *, repeats: bool) -> TypeAdapter[Any]:
    """What checks one value of a member, as strictly as the case does."""
    annotation: Any = info.annotation
    if repeats:
        annotation = next(filter(None, map(_entry, (annotation, *get_args(annotation)))))
        return TypeAdapter(annotation, config=STRICT)
    return TypeAdapter(Annotated[annotation, info], config=STRICT)


def _entry(annotation: Any) -> Any:
    """The type of the entries of a list."""
    return get_args(annotation)[0] if getattr(annotation, "__origin__", None) is list else None


STRICT = ConfigDict(strict=True, allow_inf_nan=False)
WORDS: Mapping[str, Fact] = {fact.name: fact for fact in GIVEN}
MEMBERS_OF_SERIES = {member: fact for fact, member in LABORATORY.items()}
PLACES: Mapping[str, str] = {
    name: pointer.removeprefix("/").replace("/", ".") for name, pointer in POINTERS.items()
}
"""The path at which a fact is asked for, by the name of the fact: of some that of the list it stands in."""
FACTS: Mapping[str, Fact] = {
    PLACES[fact.name]: fact
    for fact in GIVEN
    if fact.name in PLACES  # several facts share the pointer of a list: no member has that path alone
}
"""The fact that a member gives, by path."""
MEMBERS = tuple(_members(Case))
FIELDS: Mapping[str, Field] = MappingProxyType(
    {path: _field(path, info, schema) for path, info, schema in MEMBERS}
)
"""Every member of the case by path, groups before what they hold, in the order of the case."""
DATED: Mapping[str, int] = MappingProxyType(
    {
        field.group: FIELDS[field.group].limit or 0
        for field in FIELDS.values()
        if field.name == "date" and FIELDS[field.group].repeats and field.group != PRIOR_SURGERIES
    }
)
"""Groups that hold an entry for each day, with the most entries that the case takes."""
VALIDATORS: Mapping[str, TypeAdapter[Any]] = MappingProxyType(
    {
        path: _leaf(info, repeats=FIELDS[path].repeats)
        for path, info, _ in MEMBERS
        if FIELDS[path].kind != "group"
    }
)
