"""Runs commands in the process of the test, as the installed program does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.cli.__main__ import main

Said = tuple[int, str, str]
"""The exit status of a command, its output, its errors."""
Run = Callable[..., Said]


def status(*arguments: str) -> int:
    """How a command ends."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code
