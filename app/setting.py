"""What a setting is: an environment variable with a default, a parser, and a sentence about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

PREFIX = "DECOMPASS_"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Setting(Generic[Value]):
    """One setting: its name, what it does, its default as text, and how its text is read."""

    name: str
    default: str
    help: str
    parse: Callable[[str], Value]

    @property
    def variable(self) -> str:
        return PREFIX + self.name

    def read(self, environment: Mapping[str, str]) -> Value:
        return self.parse(environment.get(self.variable, self.default))


def switch(text: str) -> bool:
    """`on` or `off`. Raises ValueError."""
    if text not in ("on", "off"):
        raise ValueError("must be on or off.")
    return text == "on"
