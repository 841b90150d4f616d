"""Notes, keys and cosignatures that others have published are read here, and we sign as they sign."""

from __future__ import annotations

import pytest

from app.transparency.checkpoint import Signer, read_cosignatures, read_note
from app.transparency.keys import VerifierKey
from app.transparency.text import base64_text

# The example of Go's package `golang.org/x/mod/sumdb/note`. Ed25519 always signs a text in the same way.
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105 -- published
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
PETER_SIGNED = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

# A checkpoint of a log of Certificate Transparency, with the signatures of the log and of public witnesses.
LOG = "arche2025h1.staging.ct.transparency.dev"
LOG_KEY = f"{LOG}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
WITNESS_KEYS = [
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
]
NOTE = f"""{LOG}
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— {LOG} zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— {LOG} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501 -- as published


def test_the_published_secret_key_has_the_published_verifier_key() -> None:
    signer = Signer.from_text(PETER_SECRET)

    assert (signer.name, signer.verifier_key) == ("PeterNeumann", PETER_KEY)
    assert signer.to_text() == PETER_SECRET


def test_the_published_text_gets_the_published_signature() -> None:
    signer = Signer.from_text(PETER_SECRET)
    key = VerifierKey.from_text(PETER_KEY)
    signature = signer.private_key.sign(PETER_TEXT.encode())

    assert base64_text(key.key_id + signature) == PETER_SIGNED
    assert key.verifies(signature, PETER_TEXT.encode())


@pytest.mark.parametrize("text", [PETER_KEY, LOG_KEY, *WITNESS_KEYS])
def test_published_keys_are_read_and_written_alike(text: str) -> None:
    assert str(VerifierKey.from_text(text)) == text


def test_a_checkpoint_of_a_public_log_is_read() -> None:
    checkpoint = read_note(NOTE, [VerifierKey.from_text(LOG_KEY)])

    assert (checkpoint.origin, checkpoint.size) == (LOG, 1432088532)
    assert NOTE.startswith(checkpoint.text)


def test_the_word_of_every_public_witness_is_read() -> None:
    told = read_cosignatures(NOTE, [VerifierKey.from_text(each) for each in WITNESS_KEYS])

    assert [each.witness for each in told] == [each.split("+")[0] for each in WITNESS_KEYS]
    assert {each.at for each in told} == {0x6A122120}
