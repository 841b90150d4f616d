"""Markdown that reads well as text too: tables, anchors, links and nested lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r"([|<*])")


def text(plain: str) -> str:
    """Plain text with the characters escaped that Markdown would take for its own."""
    return SPECIAL.sub(r"\\\1", plain)


def sentence(plain: str) -> str:
    """Plain text that begins with a capital letter and ends with a full stop."""
    capital = plain[:1].upper() + plain[1:]
    return text(capital if capital.endswith((".", "?", "!")) else f"{capital}.")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def nested(lines: Iterable[tuple[int, str]]) -> str:
    """A list indented by depth."""
    return "\n".join(f"{'  ' * depth}- {line}" for depth, line in lines)


def listed(lines: Iterable[str]) -> str:
    """A flat list."""
    return nested((0, line) for line in lines)


def anchor(name: str) -> str:
    """A place to link to, whatever the heading beside it says."""
    return f'<a id="{name}"></a>'


def section(*blocks: str) -> str:
    """Blocks with one empty line between them; empty blocks are left out."""
    return "\n\n".join(block for block in blocks if block)


def page(*blocks: str) -> str:
    """The blocks of a whole page."""
    return section(*blocks) + "\n"
