"""The settings of EHRs let in what was meant, and what would open more is refused with what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import String

from app.access.caller import TENANT
from app.audit.tables import used_token
from app.ehr_clients_file import CLIENT_ALGORITHMS, OPTIONAL, VISIBLE, EhrClient
from app.ehr_clients_file import TENANT as TENANT_OF_A_CLIENT
from app.ehr_settings import LICENSED, web_address
from app.knowledge.codes import ICD_10_CM, ICD_11, LOINC, SNOMED
from app.settings import Settings, SettingsError

GOOD = """
[[client]]
iss = "https://ehr.example.org/"
jwks = "https://ehr.example.org/jwks.json"
tenant = "ward-7"
"""
README = (Path(__file__).parents[1] / "README.md").read_text()
REQUIRED = {"CREDENTIALS": "required", "PUBLIC_URL": "https://decompass.example.org"}


def read(**environment: str) -> Settings:
    return Settings.from_environment({f"DECOMPASS_{name}": text for name, text in environment.items()})


def refusal(**environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**environment)
    return str(caught.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "keys.json").write_text("{}")
    return tmp_path / "clients.toml"


def clients(file: Path, text: str) -> tuple[EhrClient, ...]:
    file.write_text(text)
    return read(**REQUIRED, EHR_CLIENTS=str(file)).ehr.clients


def test_by_itself_no_ehr_may_call_and_nobody_is_called_back() -> None:
    ehr = read().ehr

    assert (ehr.public_url, ehr.clients, ehr.fhir_servers, ehr.code_map) == ("", (), (), None)
    assert not ehr.cors_origins | ehr.code_systems_off


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://Decompass.Example.org/", "https://decompass.example.org"),
        ("https://decompass.example.org:443/ward/", "https://decompass.example.org/ward"),
        ("https://decompass.example.org:8443", "https://decompass.example.org:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:80/r4", "http://localhost/r4"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_address_has_one_spelling(sent: str, kept: str) -> None:
    assert web_address(sent) == kept
    assert read(PUBLIC_URL=sent).ehr.public_url == kept


NO_ADDRESS = [
    "ehr.example.org",
    "http://ehr.example.org",
    "http://127.0.0.1.example.org",
    "http://localhost.example.org",
    "ftp://ehr.example.org",
    "https://user:hunter2@ehr.example.org",
    "https://ehr.example.org/?a=1",
    "https://ehr.example.org/#a",
    "https://ehr.example.org/fhir/../admin",
    "https://ehr.example.org/./fhir",
    "https://ehr.example.org/%2e%2e/admin",
    "https://ehr.example.org//fhir",
    "https://ehr.example.org:65536",
    "https://ehr.example.org\\@evil.example",
    "https://ehr.example.org/fhir\n",
    "https://ehr.éxample.org",
    "https://*.example.org",
    "*",
    "null",
]


@pytest.mark.parametrize("name", ["PUBLIC_URL", "CORS_ORIGINS", "FHIR_SERVERS"])
@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_address_of_one_place_is_refused_and_not_repeated(name: str, text: str) -> None:
    told = refusal(**{name: text})

    assert told.startswith(f"DECOMPASS_{name} must be ")
    assert "hunter2" not in told


def test_lists_of_addresses_are_kept_in_their_order_without_repetition() -> None:
    servers = "https://a.example/fhir, https://b.example/r4/, https://a.example/fhir/"

    assert read(FHIR_SERVERS=servers).ehr.fhir_servers == ("https://a.example/fhir", "https://b.example/r4")
    assert refusal(FHIR_SERVERS="https://a.example,").startswith("DECOMPASS_FHIR_SERVERS must be addresses")


def test_an_origin_is_kept_as_browsers_send_it_and_has_no_path() -> None:
    origins = read(CORS_ORIGINS="https://EHR.example.org:443/,http://localhost:8080").ehr.cors_origins

    assert origins == {"https://ehr.example.org", "http://localhost:8080"}
    assert refusal(CORS_ORIGINS="https://ehr.example.org/app").startswith(
        "DECOMPASS_CORS_ORIGINS must be origins"
    )


def test_the_systems_that_can_be_switched_off_are_those_whose_codes_are_in_the_table() -> None:
    assert set(LICENSED.values()) == {SNOMED, LOINC, ICD_10_CM, ICD_11}


def test_code_systems_are_switched_off_by_their_words() -> None:
    assert read(CODE_SYSTEMS_OFF="snomed, loinc").ehr.code_systems_off == {
        "http://snomed.info/sct",
        "http://loinc.org",
    }
    assert refusal(CODE_SYSTEMS_OFF="SNOMED").startswith("DECOMPASS_CODE_SYSTEMS_OFF must be some of snomed,")


def test_a_code_map_is_a_concept_map_that_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    assert refusal(CODE_MAP=str(file)) == (
        "DECOMPASS_CODE_MAP must be the path of a JSON file that the service can read."
    )
    for wrong in ("{", "[]", '{"resourceType":"ValueSet"}', "\xff", "[" * 100_000):
        file.write_text(wrong, "latin-1")
        assert refusal(CODE_MAP=str(file)).startswith("DECOMPASS_CODE_MAP must be the path of a")
    file.write_text(json.dumps({"resourceType": "ConceptMap", "group": []}))

    assert read(CODE_MAP=str(file)).ehr.code_map == {"resourceType": "ConceptMap", "group": []}


def test_a_client_is_known_by_three_members_and_signs_with_the_recommended_algorithms(file: Path) -> None:
    (client,) = clients(file, GOOD)

    assert (client.iss, client.tenant, client.name) == (
        "https://ehr.example.org/",
        "ward-7",
        "ehr.example.org",
    )
    assert client.jwks == client.jku == "https://ehr.example.org/jwks.json"
    assert client.algorithms == {"ES384", "RS384"}
    assert (client.audiences, client.ehr_tenant) == ((), "")


def test_keys_in_a_file_lie_beside_the_list_and_the_place_that_tokens_name_is_told_apart(file: Path) -> None:
    text = GOOD.replace("https://ehr.example.org/jwks.json", "keys.json")
    (client,) = clients(file, text)
    (naming,) = clients(file, f'{text}jku = "http://localhost:9000/jwks"\n')

    assert (client.jwks, client.jku) == (str(file.parent / "keys.json"), "")
    assert naming.jku == "http://localhost:9000/jwks"


WRONG_CLIENTS = [
    ("", "must be a file of [[client]] tables and nothing else."),
    ("client = 7", "must be a file of [[client]] tables"),
    ("client = [7]", "must be a file of [[client]] tables"),
    (f"more = 1\n{GOOD}", "must be a file of [[client]] tables"),
    ("[[client]\n", "must be a file of TOML in UTF-8; this one cannot be parsed."),
    ("[[client]]\n", "client 1: add `iss`, `jwks`, `tenant`."),
    (f'{GOOD}secret = "hunter2"\n', "client 1: has a member that is none of iss, jwks, tenant, audiences"),
    (
        GOOD.replace("https://ehr.example.org/jwks.json", "http://ehr.example.org/jwks"),
        "must be an https address",
    ),
    (GOOD.replace("https://ehr.example.org/jwks.json", "gone.json"), "`jwks` names a file that is not there"),
    (GOOD.replace("https://ehr.example.org/jwks.json", ""), "must be an https address or the path of a file"),
    (GOOD.replace("ward-7", "Ward 7"), "`tenant` must be 1 to 40 of a-z, 0-9 and -."),
    (GOOD.replace('"ward-7"', "7"), "`tenant` must be 1 to 40"),
    (GOOD.replace('https://ehr.example.org/"', 'a b"'), "`iss` must be 1 to 255 visible ASCII characters."),
    (f"{GOOD}algorithms = []\n", "`algorithms` must be some of ES384, RS384."),
    (f'{GOOD}algorithms = ["none"]\n', "`algorithms` must be some of"),
    (f'{GOOD}algorithms = ["ES384", "HS384"]\n', "`algorithms` must be some of"),
    (f'{GOOD}algorithms = "ES384"\n', "`algorithms` must be some of"),
    (f'{GOOD}audiences = "x"\n', "`audiences` must be a list of texts"),
    (f"{GOOD}audiences = [7]\n", "`audiences` must be a list of texts"),
    (f'{GOOD}jku = "https://evil.example"\n', "`jku` must be left out where `jwks` is an address"),
    (f"{GOOD}ehr_tenant = 7\n", "`ehr_tenant` must be 1 to 255"),
    (GOOD + GOOD, "two clients have the same `iss`"),
    (
        GOOD + GOOD.replace('https://ehr.example.org/"', 'https://ehr.example.org"'),
        "can hardly be told apart",
    ),
    (f"[[client]]\n{GOOD}algorithms = []", "client 1: add `iss`, `jwks`, `tenant`. client 2: `algorithms`"),
]


@pytest.mark.parametrize(("text", "told"), WRONG_CLIENTS)
def test_a_list_of_clients_that_is_wrong_is_refused_with_what_to_do(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    refused = refusal(**REQUIRED, EHR_CLIENTS=str(file))

    assert refused.startswith("DECOMPASS_EHR_CLIENTS ")
    assert told in refused
    assert "hunter2" not in refused


def test_a_list_of_clients_that_cannot_be_read_is_refused(file: Path) -> None:
    told = "DECOMPASS_EHR_CLIENTS must be the path of a TOML file that the service can read."
    assert refusal(**REQUIRED, EHR_CLIENTS=str(file)) == told
    assert refusal(**REQUIRED, EHR_CLIENTS=str(file.parent)) == told
    file.write_bytes(b"\xff")
    assert "must be a file of TOML in UTF-8" in refusal(**REQUIRED, EHR_CLIENTS=str(file))


def test_clients_are_refused_where_nobody_checks_them_or_their_tokens_are_for_no_address(file: Path) -> None:
    file.write_text(GOOD)

    assert refusal(EHR_CLIENTS=str(file), PUBLIC_URL=REQUIRED["PUBLIC_URL"]) == (
        "DECOMPASS_EHR_CLIENTS has no effect unless DECOMPASS_CREDENTIALS=required."
    )
    assert refusal(EHR_CLIENTS=str(file), CREDENTIALS="required").startswith(
        "DECOMPASS_PUBLIC_URL must be set too"
    )
    file.write_text(f'{GOOD}audiences = ["sand_man"]\n')
    assert read(EHR_CLIENTS=str(file), CREDENTIALS="required").ehr.clients


def test_an_issuer_has_one_set_of_rules(file: Path) -> None:
    file.write_text(GOOD)
    issuer = {"JWT_ISSUER": "https://ehr.example.org/", "JWT_AUDIENCE": "decompass", "JWT_JWKS": "keys.json"}

    assert refusal(**REQUIRED, **issuer, EHR_CLIENTS=str(file)).startswith(
        "DECOMPASS_EHR_CLIENTS must not list DECOMPASS_JWT_ISSUER"
    )


def test_what_a_client_may_be_called_fits_where_it_is_kept() -> None:
    assert TENANT_OF_A_CLIENT == TENANT
    issuer = used_token.c.issuer.type
    assert isinstance(issuer, String)
    assert issuer.length == 255
    assert VISIBLE.fullmatch("a" * 255)
    assert not VISIBLE.fullmatch("a" * 256)


def test_the_client_of_the_readme_is_one(file: Path) -> None:
    text = README.split("```toml\n")[1].split("```")[0]
    (client,) = clients(file, text)

    assert (client.name, client.tenant) == ("ehr.example.org", "ward-7")
    assert client.algorithms == set(CLIENT_ALGORITHMS)
    for optional in OPTIONAL:
        assert f"{optional} = " in text
