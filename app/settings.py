"""Every setting, declared once: the parser, the refusal and the documentation come from here."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

PREFIX = "DECOMPASS_"
HOST_NAME = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")
DATABASE_SCHEMES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")

RATE = re.compile(r"([1-9][0-9]{0,5})(?::([1-9][0-9]{0,5}))?")

Value = TypeVar("Value")


class Rate(NamedTuple):
    """Requests per second that are allowed without end, and how many may come at once."""

    per_second: int
    burst: int


class SettingsError(ValueError):
    """The environment does not describe a service that can be started."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


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


def _loopback(text: str) -> str:
    if text == "localhost":
        return text
    try:
        loopback = ipaddress.ip_address(text).is_loopback
    except ValueError as error:
        raise ValueError("must be an address of this machine: 127.0.0.1, ::1 or localhost.") from error
    if not loopback:
        raise ValueError(
            "must be 127.0.0.1, ::1 or localhost: this version knows no credentials, so it does not "
            "answer on a network. To reach it from elsewhere, put a proxy that checks callers before it."
        )
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ValueError("must be a whole number from 0 (any free port) to 65535.")
    return int(text)


def _database_url(text: str) -> str:
    if not text.startswith(DATABASE_SCHEMES):
        raise ValueError(f"must start with one of {', '.join(DATABASE_SCHEMES)}")
    return text


def _hosts(text: str) -> frozenset[str]:
    names = frozenset(name.strip().lower() for name in text.split(","))
    if not all(HOST_NAME.fullmatch(name) for name in names):
        raise ValueError("must be host names without ports, separated by commas.")
    return names


def _rate(text: str) -> Rate | None:
    if text == "off":
        return None
    if not (match := RATE.fullmatch(text)):
        raise ValueError("must be off, or whole numbers up to 999999: requests per second, as 50 or 50:200.")
    per_second = int(match[1])
    return Rate(per_second, int(match[2] or per_second))


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError("must be on or off.")
    return text == "on"


HOST = Setting(
    "HOST",
    "127.0.0.1",
    "Address to listen on. Loopback only, because this version knows no credentials.",
    _loopback,
)
PORT = Setting("PORT", "8000", "Port to listen on. 0 takes any free port and prints it.", _port)
DATABASE_URL = Setting(
    "DATABASE_URL",
    "sqlite:///decompass.db",
    "Where assessments are recorded: an SQLite file in the working folder, or `postgresql://user@host/name`.",
    _database_url,
)
DOCS = Setting("DOCS", "on", "Whether `/docs` and `/openapi.json` are served: `on` or `off`.", _switch)
ACCESS_LOG = Setting(
    "ACCESS_LOG",
    "off",
    "Whether every request is logged, `on` or `off`: a line of JSON with method, route, status, "
    "milliseconds, trace id, tenant and credential id; never an address, a path, an "
    "identifier of a patient or an input.",
    _switch,
)
RATE_LIMIT = Setting(
    "RATE_LIMIT",
    "off",
    "Requests per second that one credential (without credentials: one address) may send to one process, "
    "with what may come at once after a colon: `50:200`. `off`: on one machine every caller has the same "
    "address, so that one would use up the share of all; the queue is bounded in any case.",
    _rate,
)
OPENTELEMETRY = Setting(
    "OPENTELEMETRY",
    "off",
    "Whether spans and metrics go to the OpenTelemetry SDK that the process was started with: `on` or `off`. "
    "Route templates only, no query, no body, no exception text.",
    _switch,
)
HOSTS = Setting(
    "HOSTS",
    "127.0.0.1,localhost,[::1]",
    "Host names that requests may be addressed to, separated by commas; add the name of a proxy here. "
    "Others are refused, so that no page on the web can reach the service through a name of its own.",
    _hosts,
)

DECLARED: tuple[Setting[Any], ...] = (
    HOST,
    PORT,
    DATABASE_URL,
    HOSTS,
    DOCS,
    ACCESS_LOG,
    RATE_LIMIT,
    OPENTELEMETRY,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service was told when it was started. Built once, passed down."""

    host: str
    port: int
    database_url: str = field(repr=False)
    hosts: frozenset[str]
    docs: bool
    access_log: bool
    rate_limit: Rate | None
    opentelemetry: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read every setting, or refuse with all that is wrong at once."""
        if problems := tuple(_problems(environment)):
            raise SettingsError(problems)
        return cls(
            host=HOST.read(environment),
            port=PORT.read(environment),
            database_url=DATABASE_URL.read(environment),
            hosts=HOSTS.read(environment),
            docs=DOCS.read(environment),
            access_log=ACCESS_LOG.read(environment),
            rate_limit=RATE_LIMIT.read(environment),
            opentelemetry=OPENTELEMETRY.read(environment),
        )


def _problems(environment: Mapping[str, str]) -> Iterator[str]:
    known = {setting.variable for setting in DECLARED}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a setting. The settings are {', '.join(sorted(known))}."
    for setting in DECLARED:
        try:
            setting.read(environment)
        except ValueError as error:
            # The value is not repeated: a database URL may hold a password.
            yield f"{setting.variable} {error}"


def settings_table() -> str:
    """The settings as a Markdown table, for the documentation."""
    rows = (f"| `{setting.variable}` | `{setting.default}` | {setting.help} |" for setting in DECLARED)
    return "\n".join(("| Variable | Default | Meaning |", "|---|---|---|", *rows)) + "\n"
