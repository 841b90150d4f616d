"""The guide for integrators, taken apart: its blocks, its tables, and the table of codes as it must be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from app.ehr_settings import LICENSED
from app.knowledge import codes

SYSTEMS = {system: name for name, system in LICENSED.items()} | {codes.YES_NO: "v2-0136"}
GUIDE = (Path(__file__).parents[1] / "docs" / "integration.md").read_text()


def blocks(kind: str) -> list[str]:
    """The blocks of one kind, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def rows_of(section: str, title: str) -> list[list[str]]:
    """The table of a section that begins with this title, without its head."""
    text = GUIDE.split(f"\n{section}\n")[1]
    found = re.search(rf"^\| {title} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found, title
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in found[1].splitlines()]


def codes_table() -> str:
    """Every code that is read and written, as the guide lists it."""
    words = {"surgery.procedure": codes.PROCEDURES, "surgery.indication": codes.INDICATIONS}
    words |= {"surgery.region": codes.REGIONS, "surgery.side": codes.SIDES}
    tables: dict[str, Any] = {
        **codes.FACTS,
        **{f"{path}, by body site": known for path, known in codes.PAIN_SITES.items()},
        **{f"{path}: {word}": known for path, table in words.items() for word, known in table.items()},
        **{f"no operation: {word}": known for word, known in codes.NO_OPERATIONS.items()},
        **codes.RED_FLAG_CONDITIONS,
        **codes.HISTORY_CONDITIONS,
        **{f"cause or complication: {word}": known for word, known in codes.CONDITIONS.items()},
        **{f"label: {word}": known for word, known in codes.LABELS.items()},
        **{f"answer: {word}": known for word, known in codes.ANSWERS.items()},
        **{f"scores.phq9_item9: {points}": known for points, known in codes.PHQ_ANSWERS.items()},
    }
    rows = [
        f"| {meaning} | {SYSTEMS[each.system]} | {each.code} | {each.display} | {each.grade} |"
        for meaning, known in tables.items()
        for each in known
    ]
    return "\n".join(["| Stands for | System | Code | Display | Grade |", "|---|---|---|---|---|", *rows])


def confirmation_list() -> str:
    """The codes to have confirmed on a terminology server, as the guide lists them."""
    rows = [
        f"| {SYSTEMS[each.system]} | {each.code} | {each.display} | {each.verified} |"
        for each in codes.to_be_confirmed()
    ]
    return "\n".join(["| System | Code | Display | Seen so far |", "|---|---|---|---|", *rows])


def marked(name: str) -> str:
    """The part of the guide between two marks."""
    return GUIDE.split(f"<!-- {name} -->\n")[1].split(f"\n<!-- /{name} -->")[0]
