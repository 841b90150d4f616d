"""Every setting, declared once: the parser, the refusal and the documentation come from here."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.anchor_settings import ANCHORS
from app.edge_settings import ACCESS_LOG, DOCS, EDGE_SETTINGS, OPENTELEMETRY, RATE_LIMIT, Rate
from app.ehr_settings import EHR_SETTINGS, EhrSettings, ehr_contradictions
from app.setting import PREFIX, Setting
from app.token_settings import JWT_ISSUER, OF_TOKENS, TOKEN_SETTINGS, TokenSettings

HOST_NAME = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")
SECRETS_PREFIX = f"{PREFIX}SECRETS_"
"""Variables with secrets in them: they are read, and refused, by those who need the secrets, never here."""
ORIGIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,199}")
DATABASE_SCHEMES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")


class SettingsError(ValueError):
    """The environment does not describe a service that can be started."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _address(text: str) -> str:
    try:
        ipaddress.ip_address("127.0.0.1" if text == "localhost" else text)
    except ValueError as error:
        raise ValueError(
            "must be an address of this machine, as a number or localhost: 127.0.0.1, ::1, 0.0.0.0."
        ) from error
    return text


def _is_loopback(address: str) -> bool:
    return address == "localhost" or ipaddress.ip_address(address).is_loopback


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ValueError("must be a whole number from 0 (any free port) to 65535.")
    return int(text)


def _database_url(text: str) -> str:
    if not text.startswith(DATABASE_SCHEMES):
        raise ValueError(f"must start with one of {', '.join(DATABASE_SCHEMES)}")
    return text


def _owner_url(text: str) -> str:
    if text and not text.startswith(DATABASE_SCHEMES[1:]):
        raise ValueError(f"must start with one of {', '.join(DATABASE_SCHEMES[1:])}")
    return text


def _folder(text: str) -> Path:
    if not text:
        raise ValueError("must be the path of a folder.")
    return Path(text)


def _hosts(text: str) -> frozenset[str]:
    names = frozenset(name.strip().lower() for name in text.split(","))
    if not all(HOST_NAME.fullmatch(name) for name in names):
        raise ValueError("must be host names without ports, separated by commas.")
    return names


def _origin(text: str) -> str:
    if not ORIGIN_NAME.fullmatch(text):
        raise ValueError("must be a name of letters, digits, points and hyphens, of at most 200 characters.")
    return text


def _credentials(text: str) -> bool:
    if text not in ("none", "required"):
        raise ValueError("must be none or required.")
    return text == "required"


HOST = Setting(
    "HOST",
    "127.0.0.1",
    "Address to listen on. Without `DECOMPASS_CREDENTIALS=required` one of this machine alone.",
    _address,
)
PORT = Setting("PORT", "8000", "Port to listen on. 0 takes any free port and prints it.", _port)
DATABASE_URL = Setting(
    "DATABASE_URL",
    "sqlite:///decompass.db",
    "Where assessments are recorded: an SQLite file in the working folder, or `postgresql://user@host/name`.",
    _database_url,
)
OWNER_DATABASE_URL = Setting(
    "OWNER_DATABASE_URL",
    "",
    "On PostgreSQL: the same database as its owner opens it, for `decompass migrate` and `decompass rotate "
    "signing`, and for nothing else: the service is not started with it where credentials are required.",
    _owner_url,
)
KEYS_URL = Setting(
    "KEYS_URL",
    "sqlite:///decompass-keys.db",
    "Where the keys of subjects are kept, wrapped: a database other than that of the records, with backups "
    "of its own. A subject is erased for good when the last backup of its key is gone.",
    _database_url,
)
SECRETS = Setting(
    "SECRETS",
    "decompass.secrets",
    "The folder that `decompass secrets` fills: `signing.pem`, `master.key`, `index.key`, `pepper.key`. "
    "`DECOMPASS_SECRETS_SIGNING`, `_MASTER`, `_INDEX` and `_PEPPER` take the place of a file.",
    _folder,
)
ORIGIN = Setting(
    "ORIGIN",
    "decompass.local",
    "The name under which the logs of this service are known, such as `decompass.example.org`. Choose it "
    "before the first record: receipts and checkpoints are signed under it.",
    _origin,
)
HOSTS = Setting(
    "HOSTS",
    "127.0.0.1,localhost,[::1]",
    "Host names that requests may be addressed to, separated by commas; add the name of a proxy here. "
    "Others are refused, so that no page on the web can reach the service through a name of its own.",
    _hosts,
)
CREDENTIALS = Setting(
    "CREDENTIALS",
    "none",
    "`none`: everybody on this machine may do everything, and nobody else anything. `required`: every "
    "request brings an API key (`decompass keys create`) or a token of the configured issuer or EHR client.",
    _credentials,
)
DECLARED: tuple[Setting[Any], ...] = (
    *(HOST, PORT, DATABASE_URL, OWNER_DATABASE_URL, KEYS_URL, SECRETS, ORIGIN, ANCHORS, HOSTS),
    *EDGE_SETTINGS,
    CREDENTIALS,
    *TOKEN_SETTINGS,
    *EHR_SETTINGS,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service was told when it was started. Built once, passed down."""

    host: str
    port: int
    database_url: str = field(repr=False)
    owner_database_url: str = field(repr=False)
    keys_url: str = field(repr=False)
    secrets: Path
    origin: str
    anchors: tuple[str, ...] = field(repr=False)
    hosts: frozenset[str]
    docs: bool
    access_log: bool
    credentials_required: bool
    tokens: TokenSettings | None
    rate_limit: Rate | None
    opentelemetry: bool
    ehr: EhrSettings

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read every setting, or refuse with all that is wrong at once."""
        if problems := tuple(_problems(environment)):
            raise SettingsError(problems)
        return cls(
            host=HOST.read(environment),
            port=PORT.read(environment),
            database_url=DATABASE_URL.read(environment),
            owner_database_url=OWNER_DATABASE_URL.read(environment),
            keys_url=KEYS_URL.read(environment),
            secrets=SECRETS.read(environment),
            origin=ORIGIN.read(environment),
            anchors=ANCHORS.read(environment),
            hosts=HOSTS.read(environment),
            docs=DOCS.read(environment),
            access_log=ACCESS_LOG.read(environment),
            credentials_required=CREDENTIALS.read(environment),
            tokens=TokenSettings.from_environment(environment) if JWT_ISSUER.read(environment) else None,
            rate_limit=RATE_LIMIT.read(environment),
            opentelemetry=OPENTELEMETRY.read(environment),
            ehr=EhrSettings.from_environment(environment),
        )


def _problems(environment: Mapping[str, str]) -> Iterator[str]:
    known = {setting.variable for setting in DECLARED}
    for name in sorted(environment):
        if name.startswith(PREFIX) and not name.startswith(SECRETS_PREFIX) and name not in known:
            yield f"{name} is not a setting. The settings are {', '.join(sorted(known))}."
    for setting in DECLARED:
        try:
            setting.read(environment)
        except ValueError as error:
            # The value is not repeated: a database URL may hold a password.
            yield f"{setting.variable} {error}"
    yield from _contradictions(environment)


def _contradictions(environment: Mapping[str, str]) -> Iterator[str]:
    """Settings that are right alone and unsafe together."""
    if _database(KEYS_URL, environment) == _database(DATABASE_URL, environment):
        yield (
            f"{KEYS_URL.variable} must not be the same database as {DATABASE_URL.variable}: with both in one "
            "backup no subject can ever be erased."
        )
    given = [setting for setting in OF_TOKENS if setting.variable in environment]
    missing = [setting.variable for setting in OF_TOKENS if not environment.get(setting.variable)]
    if given and missing:
        yield f"{' and '.join(missing)} must be set too: a token is checked against all of them."
    with suppress(ValueError):  # told before
        required = CREDENTIALS.read(environment)
        yield from ehr_contradictions(environment, required, JWT_ISSUER.read(environment))
        if required:
            return
        if given:
            yield f"{given[0].variable} has no effect unless {CREDENTIALS.variable}=required."
        if not _is_loopback(HOST.read(environment)):
            yield (
                f"{HOST.variable} must be 127.0.0.1, ::1 or localhost while no credentials are required. "
                f"To answer on a network, set {CREDENTIALS.variable}=required and make a key with "
                "`decompass keys create`, or put a proxy that checks callers before the service."
            )


def _database(setting: Setting[str], environment: Mapping[str, str]) -> str:
    """The address in one spelling, as far as it can be told without asking the server."""
    text = environment.get(setting.variable, setting.default)
    if text.startswith("sqlite:///"):
        return str(Path(text.removeprefix("sqlite:///")).resolve())
    return text.replace("postgresql+psycopg://", "postgresql://", 1)


def settings_table() -> str:
    """The settings as a Markdown table, for the documentation."""
    rows = (f"| `{setting.variable}` | `{setting.default}` | {setting.help} |" for setting in DECLARED)
    return "\n".join(("| Variable | Default | Meaning |", "|---|---|---|", *rows)) + "\n"
