"""Lists of options that recur: each is published once under its name, so that clients get one type for it."""

from __future__ import annotations

from typing import Any, get_args

from app.api.shapes import (
    Confidence,
    Grade,
    OverallTier,
    Phase,
    PrognosisStatus,
    Tier,
    Truth,
    VerdictStatus,
    Verified,
)
from app.services.case import (
    Indication,
    Level,
    Muscle,
    Procedure,
    Region,
    Severity,
    Side,
)
from app.services.case_measurements import Normal
from app.services.case_part import YesNoUnknown

Schema = dict[str, Any]


def _named(name: str, options: Any, description: str) -> Schema:
    return {"title": name, "description": description, "type": "string", "enum": [*get_args(options)]}


NAMED_OPTIONS = (
    _named(
        "Tier",
        Tier,
        "How urgent, most urgent first. `emergency_now`: at once; `same_day`: today; `within_days`: by the "
        "day that stands beside it; `routine`: at the next opportunity. One scale for `tier` and `urgency`.",
    ),
    _named(
        "OverallTier",
        OverallTier,
        "The scale of Tier, for a whole case. `none`: no flag fires (`tier`), or no flag fires and none can "
        "still fire (`worst_not_excluded`).",
    ),
    _named(
        "VerdictStatus",
        VerdictStatus,
        "The verdict. `out_of_scope`: not a decompression of the lumbar spine; `insufficient_data`: nothing"
        " to compare with before surgery; `too_early_to_judge`: before the three-month anniversary; "
        "`relapsed`: relief of 14 days or more was lost; `indeterminate`: ratings contradict each other, or"
        " the change is between no improvement and improvement; `unsuccessful`: not improved; `on_track`: "
        "improved; from the twelve-month anniversary on `successful`: improved and at target, "
        "`partial_response`: improved, target not shown.",
    ),
    _named(
        "PrognosisStatus",
        PrognosisStatus,
        "What is to be expected of a symptom. `not_present`: on no record; `resolved`: was there and has "
        "cleared; `recovery_window_open`, `window_closing`: there, and recovery is still usual; "
        "`late_recovery_in_progress`: better, later than usual; `likely_permanent`: recovery is unlikely, "
        "though not excluded; `new_symptom_needs_workup`: not left over from before surgery; `unknown`: "
        "cannot be told.",
    ),
    _named(
        "Confidence",
        Confidence,
        "How far a statement can be trusted, by what it rests on.",
    ),
    _named(
        "Phase",
        Phase,
        "Where in the first year. `early`: before the three-month anniversary of the operation; "
        "`judgeable`: from then to the twelve-month one, both days included; `late`: after it.",
    ),
    _named(
        "Truth",
        Truth,
        "What is known of a condition. `holds`: met; `ruled_out`: not met; `open`: a missing fact could "
        "still decide it either way.",
    ),
    _named(
        "Grade",
        Grade,
        "How likely a cause is, in words only. `not_assessable`: cannot be told from what is on record.",
    ),
    _named(
        "Verified",
        Verified,
        "How a figure was checked. `CBS`: seen in a published abstract or page; `CBS-part`: the source was "
        "seen, not this figure; `MHC`: from memory, with high confidence; `ENG`: an engineering reading "
        "that awaits clinical sign-off; empty: not told.",
    ),
    _named(
        "YesNoUnknown",
        YesNoUnknown,
        "An answer to a question. `unknown` and leaving it out mean the same: not answered, and never no.",
    ),
    _named("Severity", Severity, "How severe a symptom is. `none`: it was asked for and is not there."),
    _named("Side", Side, "The patient's left, right, or both."),
    _named("Level", Level, "A level of the spine, by the vertebrae above and below."),
    _named("Region", Region, "A region of the spine. All but `lumbar` and `lumbosacral` are out of scope."),
    _named(
        "Procedure",
        Procedure,
        "The operation. `fusion`, `disc_replacement` and `other` are out of scope: only safety is assessed.",
    ),
    _named(
        "Indication",
        Indication,
        "Why the operation was done. `back_pain` makes back pain the index pain, `other` the larger pain "
        "before surgery, the rest leg pain.",
    ),
    _named("Normal", Normal, "What an examination found. Leave it out where it was not examined."),
    _named("Muscle", Muscle, "A key muscle of the leg, by its movement."),
)
BY_OPTIONS = {tuple(each["enum"]): each for each in NAMED_OPTIONS}


def refer_to_named_options(part: Any, schemas: Schema) -> None:
    """Replace each list of options that has a name by a reference to it, and publish those that are used."""
    for inner in list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else ():
        refer_to_named_options(inner, schemas)
    if isinstance(part, dict) and isinstance(part.get("enum"), list):
        named = BY_OPTIONS.get(tuple(part["enum"]))
        if named and part is not named:
            schemas[named["title"]] = named
            for member in ("enum", "type", "title"):
                part.pop(member, None)
            part["$ref"] = f"#/components/schemas/{named['title']}"
