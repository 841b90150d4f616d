"""The page of published cut-offs: instrument, threshold, population, source, grade, and what uses them."""

from __future__ import annotations

from app.engine.describe import valued
from app.engine.evidence import Threshold
from app.engine.ruleset import Ruleset
from app.knowledge.published_thresholds import PUBLISHED_THRESHOLDS, PublishedThreshold
from app.services.book.markdown import page, table, text
from app.services.book.places import INDEX, to_source, to_threshold

HEADS = ("Instrument", "Decides", "Threshold", "Population", "Source", "Grade", "Used as")
INTRO = (
    "Cut-offs that were published for change, success, failure and acceptable states (dossier 2.2): those "
    "that rules use, and those that stand beside them. Every value that a rule uses, with the readings that "
    f"await sign-off, is in the [table of values]({INDEX}). Figures that were remembered without certainty "
    "are left out."
)


def thresholds_page(ruleset: Ruleset) -> str:
    """All of them, in the order of the dossier."""
    return page(
        "# Published thresholds",
        f"[All chapters]({INDEX}) · ruleset `{ruleset.name}` version {ruleset.version}",
        INTRO,
        table(HEADS, map(_row, PUBLISHED_THRESHOLDS)),
    )


def _row(cut_off: PublishedThreshold) -> tuple[str, ...]:
    cited = cut_off.evidence
    return (
        text(cut_off.instrument),
        text(cut_off.decides),
        text(cut_off.threshold),
        text(cut_off.population),
        f"{to_source(cited.source)}, {text(cited.place)}",
        f"`{cited.verified}`",
        ", ".join(map(_used, cut_off.used_as)) or "not used",
    )


def _used(threshold: Threshold) -> str:
    return f"{to_threshold(threshold)} {valued(threshold)}"
