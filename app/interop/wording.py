"""The words of a procedure: they never make an operation, and keep one from being overlooked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import category, normalize

from app.interop.resources import MOST_LISTED, list_of, objects_of, text_of

SPEAKS_OF_THE_SPINE = re.compile(
    "spin|lumb|disc|disk|disq|lamin|foramin|facet|vertebr|decompr|dekompr|descompr|wirbel|wervel|"
    "bandscheib|herni|sacr|sakr|colonn|column|coluna|kregos|rygg|pater|rachi|canal etroit|sequestr|nucleotom|"
    r"spondyl|nukleotom|radicul|radikul|nerve root|\bback\b|\b[ls] ?[1-5](?!\d)"
)
"""Parts of words, in several languages and without their accents, and levels such as L4/5: what keeps a
procedure without a known code from being ruled out."""
LAST_LATIN_LETTER = "\u024f"
"""In other scripts no word is known here."""
MOST_GROWTH = 2
"""So many times its length a text has at most when its accents are taken apart. Single signs stand for many
letters: words are not made of them, and to look at all those letters takes long."""


def codings_of(concept: Any) -> list[Any]:
    """The codings of a CodeableConcept, as they were sent."""
    return list_of(concept.get("coding")) if isinstance(concept, dict) else []


def words_of(concept: Any) -> list[str]:
    """The words beside the codes of a concept."""
    codings = [each.get("display") for each in objects_of(codings_of(concept))]
    text = concept.get("text") if isinstance(concept, dict) else None
    return [each for each in (text, *codings) if isinstance(each, str)]


def speaks_of_the_spine(said: Sequence[str]) -> bool:
    return SPEAKS_OF_THE_SPINE.search(_plain(" ".join(map(text_of, said)))) is not None


def is_unread(concept: Any) -> bool:
    """Whether there are no words, or more than are looked at, or words of another script."""
    said = words_of(concept)
    if len(codings_of(concept)) > MOST_LISTED or any(text_of(each) != each for each in said):
        return True
    told = _plain(" ".join(said))
    return not told or any(letter.isalpha() and letter > LAST_LATIN_LETTER for letter in told)


def _plain(text: str) -> str:
    """In small letters, without accents and without what is not seen; empty where it is no text of words."""
    letters = normalize("NFKD", text)
    if len(letters) > MOST_GROWTH * len(text):
        return ""
    unseen = {ord(each): None for each in set(letters) if category(each) in ("Mn", "Cf")}
    return letters.translate(unseen).casefold().strip()
