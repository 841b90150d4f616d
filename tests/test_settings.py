"""The service starts only on settings it understands, and says what is wrong with the others."""

from pathlib import Path

import pytest

from app.audit.secret_files import MADE
from app.audit.secret_files import PREFIX as VARIABLES_OF_SECRETS
from app.settings import DECLARED, SECRETS, SECRETS_PREFIX, Settings, SettingsError, settings_table


def refusal(**environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({f"DECOMPASS_{name}": value for name, value in environment.items()})
    return str(caught.value)


def test_an_empty_environment_serves_on_loopback_with_sqlite() -> None:
    settings = Settings.from_environment({"PATH": "/bin", "OTHER_PORT": "1"})

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.database_url == "sqlite:///decompass.db"
    assert settings.docs
    assert not settings.access_log


@pytest.mark.parametrize(
    "url", ["sqlite:///decompass.db", "decompass_owner", "mysql://owner:hunter2@host/name"]
)
def test_the_address_of_the_owner_is_one_of_postgresql(url: str) -> None:
    text = refusal(OWNER_DATABASE_URL=url)

    assert text.startswith("DECOMPASS_OWNER_DATABASE_URL must start with")
    assert "hunter2" not in text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_addresses_are_accepted(host: str) -> None:
    assert Settings.from_environment({"DECOMPASS_HOST": host}).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "8.8.8.8", "::ffff:8.8.8.8"])  # noqa: S104 - refused
def test_an_address_on_a_network_is_refused_with_what_to_do_instead(host: str) -> None:
    text = refusal(HOST=host)

    assert text.startswith("DECOMPASS_HOST must be 127.0.0.1, ::1 or localhost")
    assert "DECOMPASS_CREDENTIALS=required" in text
    assert "proxy" in text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4"])  # noqa: S104 - with credentials
def test_any_address_is_accepted_where_credentials_are_required(host: str) -> None:
    environment = {"DECOMPASS_HOST": host, "DECOMPASS_CREDENTIALS": "required"}
    settings = Settings.from_environment(environment)

    assert (settings.host, settings.credentials_required, settings.tokens) == (host, True, None)


ISSUER = {
    "DECOMPASS_JWT_ISSUER": "https://login.example.org",
    "DECOMPASS_JWT_AUDIENCE": "decompass",
    "DECOMPASS_JWT_JWKS": "https://login.example.org/jwks",
}


def test_an_issuer_is_named_with_all_that_its_tokens_are_checked_against() -> None:
    tokens = Settings.from_environment({"DECOMPASS_CREDENTIALS": "required"} | ISSUER).tokens

    assert tokens is not None
    assert (tokens.issuer, tokens.tenant_claim, tokens.single_use) == (
        "https://login.example.org",
        "tenant",
        False,
    )
    assert tokens.algorithms == {"RS384", "ES384", "EdDSA"}
    for missing in ISSUER:
        some = {name.removeprefix("DECOMPASS_"): value for name, value in ISSUER.items() if name != missing}
        assert refusal(CREDENTIALS="required", **some).startswith(f"{missing} must be set too")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_ALGORITHMS", "none"),
        ("JWT_ALGORITHMS", "HS256"),
        ("JWT_ALGORITHMS", "RS384,HS384"),
        ("JWT_ALGORITHMS", ""),
        ("JWT_JWKS", "http://login.example.org/jwks"),
        ("CREDENTIALS", "optional"),
        ("CREDENTIALS", ""),
    ],
)
def test_what_would_let_strangers_in_is_refused(name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(f"DECOMPASS_{name} must be")


def test_an_issuer_without_required_credentials_is_refused_because_it_checks_nobody() -> None:
    given = {name.removeprefix("DECOMPASS_"): value for name, value in ISSUER.items()}

    assert refusal(**given) == "DECOMPASS_JWT_ISSUER has no effect unless DECOMPASS_CREDENTIALS=required."


@pytest.mark.parametrize("host", ["", "example.org", "localhost.example.org", "127.0.0.1:80"])
def test_a_host_that_is_no_address_of_this_machine_is_refused(host: str) -> None:
    assert refusal(HOST=host).startswith("DECOMPASS_HOST must be an address of this machine")


@pytest.mark.parametrize("port", ["", "-1", "65536", "80.0", "http", " 80", "٣", "9" * 5000])
def test_a_bad_port_is_refused(port: str) -> None:
    assert refusal(PORT=port) == "DECOMPASS_PORT must be a whole number from 0 (any free port) to 65535."


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    text = refusal(PROT="8000")

    assert text.startswith("DECOMPASS_PROT is not a setting.")
    assert all(setting.variable in text for setting in DECLARED)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(refusal(PORT="x", HOST="x", PROT="x", DOCS="maybe").splitlines()) == 4


def test_a_database_address_is_never_repeated() -> None:
    url = "mysql://user:hunter2@host/name"

    assert "hunter2" not in refusal(DATABASE_URL=url)
    accepted = Settings.from_environment({"DECOMPASS_DATABASE_URL": "postgresql://user:hunter2@host/name"})
    assert "hunter2" not in repr(accepted)


def test_the_table_documents_every_setting_and_its_default() -> None:
    table = settings_table()

    for setting in DECLARED:
        assert f"| `{setting.variable}` | `{setting.default}` | {setting.help} |" in table
        setting.read({})  # a default that is refused would be documented as one


def test_secrets_and_keys_have_places_of_their_own() -> None:
    settings = Settings.from_environment({})

    assert settings.secrets == Path("decompass.secrets")
    assert settings.keys_url == "sqlite:///decompass-keys.db"
    assert "decompass-keys" not in repr(settings)


@pytest.mark.parametrize(
    ("records", "keys"),
    [
        ("sqlite:///one.db", "sqlite:///one.db"),
        ("sqlite:///one.db", "sqlite:///./folder/../one.db"),
        ("sqlite:///one.db", f"sqlite:///{Path('one.db').absolute()}"),
        ("postgresql://user:secret@host/name", "postgresql+psycopg://user:secret@host/name"),
        ("sqlite:///decompass-keys.db", None),
    ],
)
def test_records_and_keys_are_never_kept_in_one_database(records: str, keys: str | None) -> None:
    """One backup with both would keep every erased subject readable."""
    environment = {"DATABASE_URL": records} | ({"KEYS_URL": keys} if keys else {})
    text = refusal(**environment)

    assert text.startswith("DECOMPASS_KEYS_URL must not be the same database as DECOMPASS_DATABASE_URL")
    assert "secret" not in text


def test_the_variables_of_secrets_are_not_read_here_and_not_refused_here() -> None:
    assert SECRETS_PREFIX == VARIABLES_OF_SECRETS
    Settings.from_environment({f"{SECRETS_PREFIX}MASTER": "anything"})


def test_the_documentation_names_every_secret() -> None:
    for secret in MADE:
        assert f"`{secret.file}`" in SECRETS.help
        assert f"`{secret.variable}`" in SECRETS.help or f"`_{secret.name.upper()}`" in SECRETS.help


def test_a_folder_of_secrets_has_a_name() -> None:
    assert refusal(SECRETS="") == "DECOMPASS_SECRETS must be the path of a folder."


@pytest.mark.parametrize(
    ("text", "rate"), [("off", None), ("50", (50, 50)), ("50:200", (50, 200)), ("999999:1", (999999, 1))]
)
def test_a_rate_is_told_with_or_without_its_burst(text: str, rate: tuple[int, int] | None) -> None:
    assert Settings.from_environment({"DECOMPASS_RATE_LIMIT": text}).rate_limit == rate


@pytest.mark.parametrize("text", ["", "on", "0", "50:0", "-1", "1.5", "50:", ":5", "1000000", "٣", "5\n"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    assert refusal(RATE_LIMIT=text).startswith("DECOMPASS_RATE_LIMIT must be off, or whole numbers")
