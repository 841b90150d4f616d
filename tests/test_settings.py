"""The service starts only on settings it understands, and says what is wrong with the others."""

import pytest

from app.settings import DECLARED, Settings, SettingsError, settings_table


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


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_addresses_are_accepted(host: str) -> None:
    assert Settings.from_environment({"DECOMPASS_HOST": host}).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "8.8.8.8", "::ffff:8.8.8.8"])  # noqa: S104 - refused
def test_an_address_on_a_network_is_refused_with_what_to_do_instead(host: str) -> None:
    text = refusal(HOST=host)

    assert text.startswith("DECOMPASS_HOST must be 127.0.0.1, ::1 or localhost")
    assert "no credentials" in text
    assert "proxy" in text


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
    url = "mysql://user:secret@host/name"

    assert "secret" not in refusal(DATABASE_URL=url)
    accepted = Settings.from_environment({"DECOMPASS_DATABASE_URL": "postgresql://user:secret@host/name"})
    assert "secret" not in repr(accepted)


def test_the_table_documents_every_setting_and_its_default() -> None:
    table = settings_table()

    for setting in DECLARED:
        assert f"| `{setting.variable}` | `{setting.default}` | {setting.help} |" in table
        setting.read({})  # a default that is refused would be documented as one


@pytest.mark.parametrize(
    ("text", "rate"), [("off", None), ("50", (50, 50)), ("50:200", (50, 200)), ("999999:1", (999999, 1))]
)
def test_a_rate_is_told_with_or_without_its_burst(text: str, rate: tuple[int, int] | None) -> None:
    assert Settings.from_environment({"DECOMPASS_RATE_LIMIT": text}).rate_limit == rate


@pytest.mark.parametrize("text", ["", "on", "0", "50:0", "-1", "1.5", "50:", ":5", "1000000", "٣", "5\n"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    assert refusal(RATE_LIMIT=text).startswith("DECOMPASS_RATE_LIMIT must be off, or whole numbers")
