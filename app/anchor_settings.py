"""Where checkpoints are sent to: places that whoever can write the database cannot write as well."""

import ipaddress
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from app.setting import Setting

FILE = "file:"


def _anchors(text: str) -> tuple[str, ...]:
    places = tuple(filter(None, (place.strip() for place in text.split(","))))
    if not all(map(_is_place, places)):
        raise ValueError(
            "must be file:/… with the whole path, https://…, or http:// on this machine, separated by commas."
        )
    return places


def _is_place(text: str) -> bool:
    if text.startswith(FILE):
        return PurePosixPath(text.removeprefix(FILE)).is_absolute()
    address = urlsplit(text)
    name = address.hostname or ""
    return bool(name) and (address.scheme == "https" or (address.scheme == "http" and _is_loopback(name)))


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


ANCHORS = Setting(
    "ANCHORS",
    "",
    "Where the signed checkpoints go, separated by commas: `file:/path` (a line of JSON each, on other "
    "storage than the database) or `https://…` (a POST of the same JSON). Without one, nobody can see that a "
    "log was rolled back or taken away.",
    _anchors,
)
