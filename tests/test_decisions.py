"""The decisions are numbered once: file, heading and list agree."""

from __future__ import annotations

import re
from pathlib import Path

DECISIONS = Path(__file__).parents[1] / "docs" / "decisions"
FILES = sorted(DECISIONS.glob("[0-9]*.md"))
LISTED = re.findall(r"^(\d+)\. \[.*\]\((.*)\)$", (DECISIONS / "README.md").read_text(), re.MULTILINE)


def number_of(file: Path) -> int:
    """The number in the name of a file."""
    return int(file.name[:4])


def test_no_number_is_given_twice() -> None:
    numbers = [number_of(file) for file in FILES]
    assert sorted(set(numbers)) == numbers


def test_each_heading_has_the_number_of_its_file() -> None:
    assert [file.name for file in FILES if not file.read_text().startswith(f"# {number_of(file)}. ")] == []


def test_the_list_names_each_decision_once_and_in_order_by_its_number() -> None:
    assert [(str(number_of(file)), file.name) for file in FILES] == LISTED
