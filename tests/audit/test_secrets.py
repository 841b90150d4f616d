"""The service starts with secrets that are whole, random and its own, or says what to do."""

import base64
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from app.audit.errors import SecretsRefused
from app.audit.secret_files import MADE, SECRETS, key_in, make_secrets
from app.audit.secrets import Secrets

KEY = bytes(range(100, 132))
RANDOM_KEYS = st.binary(min_size=32, max_size=32).filter(lambda key: len(set(key)) >= 16)
FILES = ["signing.pem", "master.key", "index.key", "pepper.key"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with fresh secrets."""
    made = tmp_path / "secrets"
    make_secrets(made)
    return made


def problems(folder: Path, **environment: str) -> tuple[str, ...]:
    with pytest.raises(SecretsRefused) as caught:
        Secrets.load(folder, {f"DECOMPASS_SECRETS_{name}": text for name, text in environment.items()})
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def pem(key: Ed25519PrivateKey | EllipticCurvePrivateKey, *, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


def test_what_was_made_can_be_loaded(folder: Path) -> None:
    secrets = Secrets.load(folder, {})

    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert len({secrets.signing.private_bytes_raw(), secrets.master, secrets.index, secrets.pepper}) == 4
    assert secrets.earlier == ()


def test_secrets_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_secrets(tmp_path / "a" / "secrets")
    finally:
        os.umask(before)

    assert (tmp_path / "a" / "secrets").stat().st_mode & 0o777 == 0o700
    assert {(tmp_path / "a" / "secrets" / file).stat().st_mode & 0o777 for file in FILES} == {0o600}


def test_what_is_there_is_never_written_over(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "index.key").unlink()

    assert make_secrets(folder) == ["index.key"]
    assert make_secrets(folder) == []
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.pop("index.key") != before.pop("index.key")
    assert after == before


def test_many_who_make_secrets_at_once_make_one_set(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(make_secrets, [tmp_path / "secrets"] * 16))

    assert sorted(file for files in made for file in files) == sorted(FILES)
    assert sorted(path.name for path in (tmp_path / "secrets").iterdir()) == sorted(FILES)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file")
    with pytest.raises(SecretsRefused, match="cannot be written to"):
        make_secrets(tmp_path / "secrets")


@given(RANDOM_KEYS)
def test_a_key_is_read_in_each_of_its_spellings(key: bytes) -> None:
    spellings = (
        key.hex(),
        key.hex().upper(),
        base64.b64encode(key).decode(),
        base64.urlsafe_b64encode(key).decode(),
        base64.b64encode(key).decode().rstrip("="),
    )
    assert {key_in(spelling) for spelling in spellings} == {key}


@given(st.text(st.characters(codec="utf-8")) | st.binary(max_size=31).map(bytes.hex))
def test_anything_else_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must hold 32 bytes, as 64 hexadecimal digits or as base64\.$"):
        key_in(text)


def test_a_variable_takes_the_place_of_its_file(folder: Path) -> None:
    signing = Ed25519PrivateKey.generate()
    environment = {
        "DECOMPASS_SECRETS_SIGNING": pem(signing),
        "DECOMPASS_SECRETS_MASTER": f" {KEY.hex()}\n",
        "DECOMPASS_SECRETS_EARLIER": "first\n\n second \n",
    }
    secrets = Secrets.load(folder, environment)

    assert secrets.signing.private_bytes_raw() == signing.private_bytes_raw()
    assert secrets.master == KEY
    assert secrets.earlier == ("first", "second")
    assert secrets.pepper == Secrets.load(folder, {}).pepper


def test_no_folder_is_needed_where_every_secret_is_a_variable(tmp_path: Path) -> None:
    environment = {secret.variable: KEY.hex() for secret in MADE}

    secrets = Secrets.load(tmp_path / "nowhere", environment)

    assert secrets.signing.private_bytes_raw() == secrets.master == secrets.index == secrets.pepper == KEY


def test_a_secret_is_never_shown(folder: Path) -> None:
    secrets = Secrets.load(folder, {})
    for key in (secrets.signing.private_bytes_raw(), secrets.master, secrets.index, secrets.pepper):
        assert key.hex() not in repr(secrets)
        assert repr(key) not in repr(secrets)


def test_the_earlier_public_keys_may_be_read_by_everyone(folder: Path) -> None:
    (folder / "earlier.txt").write_text("first\nsecond\n")
    (folder / "earlier.txt").chmod(0o644)

    assert Secrets.load(folder, {}).earlier == ("first", "second")


def test_a_folder_that_is_not_there_is_told_once_with_the_command_that_makes_it(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "nowhere")

    assert problem.startswith(f"{tmp_path / 'nowhere'} is not there: run `decompass secrets`")


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_there_is_told_with_the_command_that_makes_it(folder: Path, file: str) -> None:
    (folder / file).unlink()
    (problem,) = problems(folder)

    assert problem.startswith(f"{folder / file} is not there: run `decompass secrets`")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_is_open_to_others_is_refused(folder: Path, mode: int) -> None:
    (folder / "master.key").chmod(mode)
    (problem,) = problems(folder)

    assert problem.endswith(f"run `chmod 600 {folder / 'master.key'}`.")


def test_a_folder_into_which_others_can_write_is_refused(folder: Path) -> None:
    folder.chmod(0o770)
    (problem,) = problems(folder)

    assert problem.endswith(f"run `chmod 700 {folder}`.")


Spoil = Callable[[], str]
SPOILT = {
    "too short": lambda: KEY.hex()[2:],
    "too long": lambda: KEY.hex() + "00",
    "empty": lambda: "",
    "a password": lambda: "correct horse battery staple",
    "a placeholder": lambda: "00" * 32,
    "not ASCII": lambda: "٣" * 64,
    "a PEM of nothing": lambda: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    "a key of another kind": lambda: pem(generate_private_key(SECP256R1())),
    "an encrypted key": lambda: pem(Ed25519PrivateKey.generate(), password=b"word"),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("file", ["signing.pem", "pepper.key"])
def test_a_secret_that_is_none_is_refused_without_being_repeated(
    folder: Path, file: str, spoil: Spoil
) -> None:
    text = spoil()
    (folder / file).write_text(text)
    (problem,) = problems(folder)
    (of_the_variable,) = problems(folder, **{file.split(".", maxsplit=1)[0].upper(): text})

    assert problem.startswith(f"{folder / file} ")
    assert of_the_variable.startswith(f"DECOMPASS_SECRETS_{file.split('.', maxsplit=1)[0].upper()} ")
    assert not text or text not in problem + of_the_variable


def test_a_signing_key_is_no_key_to_derive_from(folder: Path) -> None:
    (folder / "master.key").write_bytes((folder / "signing.pem").read_bytes())

    assert "must hold 32 bytes" in problems(folder)[0]


def test_a_variable_that_names_no_secret_is_refused(folder: Path) -> None:
    (problem,) = problems(folder, MASTR=KEY.hex())

    assert problem.startswith("DECOMPASS_SECRETS_MASTR is not a secret.")
    assert all(secret.variable in problem for secret in SECRETS)
    assert KEY.hex() not in problem


def test_all_that_is_wrong_is_told_at_once(folder: Path) -> None:
    (folder / "index.key").unlink()
    (folder / "pepper.key").chmod(0o644)

    assert len(problems(folder, MASTER="short", MASTR="")) == 4
