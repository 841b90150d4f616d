"""One version means one thing: of the package, of the ruleset, and of the changelog that tells of both."""

import re
import tomllib
from pathlib import Path

from app.engine.canonical import digest
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.version import VERSION

ROOT = Path(__file__).parents[1]
RELEASED = {"1.0.0": "898468621cf70831853266b6d0a9a6dd623ddde3686e955fc3113f9582c25920"}
"""The digest of every ruleset that was released, by its version (decision 6)."""


def test_the_changelog_begins_with_this_release_and_its_ruleset() -> None:
    first = re.search(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert first
    assert first[1] == f"{VERSION} - ruleset {POSTOP_LUMBAR.name} {POSTOP_LUMBAR.version}"


def test_the_package_has_the_version_that_records_name() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_a_ruleset_that_differs_from_the_released_one_has_another_version() -> None:
    current = digest(POSTOP_LUMBAR)

    assert RELEASED.get(POSTOP_LUMBAR.version, current) == current


def test_every_released_ruleset_has_its_entry_in_the_changelog() -> None:
    entries = re.findall(r"^## .* - ruleset \S+ (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert set(entries) >= {*RELEASED, POSTOP_LUMBAR.version}
