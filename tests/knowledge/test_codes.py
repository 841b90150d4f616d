"""Codes of public terminologies stand once, with grade and place; what is not sure is not there."""

from __future__ import annotations

import pytest

from app.knowledge import codes
from app.knowledge.codes import Code

CODES = [code for table in codes.EVERY_TABLE for known in table.values() for code in known]
VERHOEFF = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
SHUFFLE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def is_snomed(code: str) -> bool:
    """Whether the last digit of an identifier of SNOMED CT is the check digit of the others (Verhoeff)."""
    check = 0
    for place, character in enumerate(reversed(code)):
        digit = int(character)
        for _ in range(place % 8):
            digit = SHUFFLE[digit]
        check = VERHOEFF[check][digit]
    return check == 0


def is_loinc(code: str) -> bool:
    """Whether the digit after the hyphen is the check digit of LOINC (Luhn)."""
    number, _, last = code.partition("-")
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number))]
    return (10 - sum(each // 10 + each % 10 for each in doubled) % 10) % 10 == int(last)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_code_has_a_grade_a_display_and_a_place_where_it_was_verified(code: Code) -> None:
    assert code.grade in ("A", "B")
    assert code.display
    assert code.verified.endswith(".")


@pytest.mark.parametrize(
    "code", [code for code in CODES if code.system == codes.SNOMED], ids=lambda c: c.code
)
def test_a_code_of_snomed_has_its_check_digit(code: Code) -> None:
    assert is_snomed(code.code)


LOINC_TERMS = [code for code in CODES if code.system == codes.LOINC and not code.code.startswith("LA")]
"""Answers ("LA...") have a check digit that is counted in another way."""


@pytest.mark.parametrize("code", LOINC_TERMS, ids=lambda code: code.code)
def test_a_code_of_loinc_has_its_check_digit(code: Code) -> None:
    assert is_loinc(code.code)


def test_a_code_has_one_display_and_one_grade_wherever_it_stands() -> None:
    known = {(code.system, code.code): code for code in CODES}

    assert [code for code in CODES if known[code.system, code.code] != code] == []


def test_only_the_rating_of_pain_means_two_things_until_the_body_site_is_known() -> None:
    paths: dict[Code, list[str]] = {}
    for path, known in codes.FACTS.items():
        for code in known:
            paths.setdefault(code, []).append(path)

    assert [code.code for code, several in paths.items() if len(several) > 1] == ["72514-3"]
    assert set(paths[codes.PAIN]) == codes.PAIN_SITES.keys()


def test_no_table_of_codes_is_forgotten() -> None:
    tables = [
        value
        for value in vars(codes).values()
        if isinstance(value, dict) and all(isinstance(known, tuple) for known in value.values()) and value
    ]

    assert len(tables) == len(codes.EVERY_TABLE)
    assert all(any(table is known for known in codes.EVERY_TABLE) for table in tables)


def test_each_code_of_grade_b_is_graded_by_the_dossier_or_waits_for_confirmation() -> None:
    of_grade_b = {(code.system, code.code) for code in CODES if code.grade == "B"}
    waiting = {(code.system, code.code) for code in codes.to_be_confirmed()}

    assert waiting | codes.GRADED_BY_THE_DOSSIER == of_grade_b
    assert not waiting & codes.GRADED_BY_THE_DOSSIER
    assert {"386661006", "73211009", "64859006", "6690-2", "44260-8", "33914-3", "2708-6"} <= {
        code for _, code in waiting
    }
