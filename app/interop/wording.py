"""The words of a procedure: they never make an operation, and keep one from being overlooked (decision 28).

Stems are in small letters without accents, in languages of European charts. Neither list can be complete:
what is in none of them rules nothing out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

from app.interop.resources import MOST_LISTED, list_of, objects_of, text_of

SPEAKS_OF_THE_SPINE = re.compile(
    # the spine and its parts, and levels such as L4/5
    "spin|lumb|lomb|ledzw|disc|disk|diszk|disq|lamin|foramin|facet|vertebr|wirbel|wervel|sacr|sakr|colonn|column|"
    "coluna|coloan|kregos|rygg|pater|chrbt|kraljez|rachi|spondyl|rucken|ruecken|schiena|espalda|omurga|selka|gerinc|"
    r"csigolya|porckorong|krazk|krazek|plotenk|\bbel\b|\brug(?!b|a|os)|\bryg|\bback\b|\b[ls] ?[1-5](?!\d)|"
    # nerves, and what presses on them
    r"cauda|radicul|radikul|nerve root|ischia|ciatic|flav[eu]|\bl?hnp|herni|erniec|ernia d|sequest|"
    "prolaps(?!e|us)|kana+lsten|canal etroit|canal[ea]? (?:lomb|stret|estre)|"
    # what is done to them
    "decompr|dekompr|descompr|nucleo(?:tom|lys|plast)|nukleotom|"
    r"[adloptx]-?lif\b|\b(?:pel[df]|pe[it]d|pted|feld|pecd|ulbd|ubed?|bess)\b"
)
"""Parts of words that keep a procedure without a known code from being ruled out."""
IS_A_HERNIA_ELSEWHERE = re.compile(
    "inguin|umbilic|ombelic|ombilic|hiat|femoral|crural|incisional|epigastr|parastom|diaphrag|leisten|nabel|narben|"
    "herniorr|hernioplast"
)
HERNIA = re.compile(r"\w*herni\w*")
SPEAKS_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:"
    # eyes, ears, mouth, neck
    "catara|katara|phaco|phako|corne|retin|vitrect|glauc|glauk|strabism|eye|bleph|lasik|ophthalm|dent|tooth|teeth|"
    "zahn|tand|molar|tonsil|adenoid|adenot|septopl|rhinopl|mastoid|tympan|cochlea|laryng|trache|thyro|nasal|sinus|"
    # heart, vessels, lungs
    "cardi|kardi|coron|cabg|angiopl|pacemaker|schrittm|valv|aort|carotid|varic|varik|variz|saphen|ecg|ekg|electrocard|"
    "elektrokard|echocard|holter|spirom|bronch|pulmon|lung|chest|"
    # belly, urinary tract, breast, birth
    "append|blinddarm|cholec|gallbl|gallen|colonosc|coloscop|koloskop|colect|kolekt|hemicol|ileost|gastr|sigmoid|"
    "ha?emorrhoid|hamorrh|rect[ao]|polypect|hepat|liver|pancrea|splen|oesoph|esoph|bowel|intestin|duoden|inguin|"
    "umbilic|hiat|leisten|nabel|abdom|prostat|turp|vasect|circumc|cystos|cystec|nephr|kidney|renal|ureter|lithotr|"
    "orchi|testic|hyster|caesar|cesar|kaisers|deliver|obstet|oophor|ovar|salping|uter|colpos|smear|mastec|"
    "mammo|breast|brust|lumpec|vagin|episio|curett|contracep|iud|ivf|prenatal|pregnan|"
    # limbs
    r"knee|knie|hip\b|huft|shoulder|schulter|rotator|menis|cruciat|kreuzband|carpal|karpal|wrist|hand\b|finger|thumb|"
    r"elbow|ankle|bunion|hallux|toe\b|foot\b|achill|clavic|humer|femur|tibia|fibula|patell|"
    # skin, blood, tests and talks
    "vaccin|vakzin|immuni|impf|skin|melanom|naev|nevus|wart|dermat|photother|acupunct|dialy|transfus|phlebot|"
    "ven[ie]punct|blood|blut|urinal|chemother|counsel|screening|education|medication rec|physiother)"
)
"""Beginnings of words of what is done to other parts of the body, and not to the spine."""
COULD_BE_ANY = re.compile(
    r"(?:proced|prozed|surg|operat|operac|operaz|chirurg|cirurg|cirug|kirurg|interv|eingriff|ingre|zabieg)\w*|"
    r"(?:ameliyat|mutet|leikkau|unknow|unbek|inconn|descon|sconos|unspec|sonst)\w*|[a-z]|"
    "op|other|autre|altro|otro|outro|andere|overig|inne|muu|diger|the|an|of|in|on|and|or|for|with|by|see|letter|na|"
    "nos|nec|not|no|none|specified|history|previous|prior|past|old|new|major|minor|elective|emergency|general|left|"
    "right|bilateral|side|revision|repeat|second|status|post|patient|hospital|case|day|done|performed"
)
"""Words that could be of any procedure."""
WORD = re.compile(r"[^\W\d_]+")
OTHER_SCRIPT = re.compile("[^\\W\\d_\\u0000-\\u024f\\u1e00-\\u1eff]|[\\u2e80-\\U0010ffff]")
"""Letters of which no word is known here, and signs that stand for words of such a script."""
NOT_SEEN = re.compile("[\u00ad\u0250-\U0010ffff]")
"""Accents that were taken apart from their letters, and what is not seen."""


def codings_of(concept: Any) -> list[Any]:
    """The codings of a CodeableConcept, as they were sent."""
    return list_of(concept.get("coding")) if isinstance(concept, dict) else []


def words_of(concept: Any) -> list[str]:
    """The words beside the codes of a concept."""
    codings = [each.get("display") for each in objects_of(codings_of(concept))]
    text = concept.get("text") if isinstance(concept, dict) else None
    return [each for each in (text, *codings) if isinstance(each, str)]


def speaks_of_the_spine(said: Sequence[str]) -> bool:
    """Whether the words may be of the spine; a hernia is, where it is not said to be of another place."""
    told = _plain(said)
    if IS_A_HERNIA_ELSEWHERE.search(told):
        told = HERNIA.sub("", told)
    return SPEAKS_OF_THE_SPINE.search(told) is not None


def speaks_of_something_else(said: Sequence[str]) -> bool:
    """Whether the words are known to be of another part of the body."""
    return SPEAKS_OF_SOMETHING_ELSE.search(_plain(said)) is not None


def says_nothing(concept: Any) -> bool:
    """Whether there are no words, only such as could be of any procedure, or what cannot be read here.

    That are more codings or letters than are looked at, and words of another script.
    """
    said = words_of(concept)
    if len(codings_of(concept)) > MOST_LISTED or any(text_of(each) != each for each in said):
        return True
    if any(OTHER_SCRIPT.search(each) for each in said):
        return True
    return all(map(COULD_BE_ANY.fullmatch, WORD.findall(_plain(said))))


def _plain(said: Sequence[str]) -> str:
    """In small letters, without accents, what is not seen, and the letters of other scripts."""
    text = " ".join(map(text_of, said))
    if not text.isascii():
        text = NOT_SEEN.sub("", normalize("NFKD", OTHER_SCRIPT.sub("", text)))
    return text.casefold()
