"""Exchanges over HTTP as a page shows them, held against what is answered: in part, ids and moments aside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

UUID_TEXT = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"
MADE_ANEW = re.compile(f"(?P<id>{UUID_TEXT})|(?P<moment>{MOMENT})|(?P<more>…$)")
MORE = "…"


class Exchange(NamedTuple):
    """A request of the page, and what the page says is answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answer: Any


def exchanges_of(messages: Sequence[str]) -> Iterator[Exchange]:
    """Requests and their answers, each a message of HTTP, in turn."""
    parts = [message.partition("\n\n") for message in messages]
    assert len(parts) % 2 == 0
    for (asked, _, body), (answered, _, shown) in zip(parts[::2], parts[1::2], strict=True):
        line, *headers = asked.splitlines()
        method, path, _ = line.split()
        status = int(answered.split()[1])
        named = dict(header.split(": ", 1) for header in headers)
        yield Exchange(method, path, named, body, status, json.loads(shown) if shown else None)


def pattern_of(shown: str, ids: dict[str, str]) -> str:
    """What a text of the page allows: other ids and moments, and more where it says so."""

    def anew(match: re.Match[str]) -> str:
        if match["moment"]:
            return MOMENT
        if match["more"]:
            return ".*"
        return ids.get(match["id"], f"({UUID_TEXT})")

    parts, at = [], 0
    for match in MADE_ANEW.finditer(shown):
        parts += [re.escape(shown[at : match.start()]), anew(match)]
        at = match.end()
    return "".join([*parts, re.escape(shown[at:])])


def differences(shown: Any, real: Any, ids: dict[str, str], place: str = "") -> list[str]:
    """Where what is shown is not what was answered; learns which id stands for which."""
    if isinstance(shown, dict) and isinstance(real, dict):
        parts = [differences(shown[name], real.get(name), ids, f"{place}/{name}") for name in shown]
    elif isinstance(shown, list) and isinstance(real, list):
        more = shown[-1:] == [MORE]
        told = shown[:-1] if more else shown
        if len(told) > len(real) or (not more and len(told) < len(real)):
            return [f"{place}: {len(real)} entries"]
        parts = [differences(each, real[at], ids, f"{place}/{at}") for at, each in enumerate(told)]
    elif isinstance(shown, str) and isinstance(real, str):
        match = re.fullmatch(pattern_of(shown, ids), real, re.DOTALL)
        if match is None:
            return [f"{place}: {shown!r} is {real!r}"]
        new = [each for each in re.findall(UUID_TEXT, shown) if each not in ids]
        ids.update(zip(new, match.groups(), strict=True))
        return []
    else:
        return [] if shown == real else [f"{place}: {shown!r} is {real!r}"]
    return [each for part in parts for each in part]
