"""What is installed: the package with everything it serves, the command, and nothing of the tests."""

import zipfile
from pathlib import Path

import pytest
from flit_core.buildapi import build_wheel  # type: ignore[import-untyped] # ships no types

from app.cli.__main__ import main

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as a package index would hold it."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return zipfile.ZipFile(folder / build_wheel(str(folder)))


def test_a_wheel_has_every_file_of_the_package_the_docs_page_included(wheel: zipfile.ZipFile) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert here <= set(wheel.namelist())
    assert {Path(name).suffix for name in here} >= {".py", ".js", ".css"}


def test_a_wheel_has_nothing_but_the_package(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"app", "decompass"}
    assert not [name for name in wheel.namelist() if "test" in name or name.endswith((".db", ".pyc"))]


def test_a_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    (entry,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]

    assert "decompass=app.cli.__main__:main" in wheel.read(entry).decode().replace(" ", "")
    assert callable(main)
