"""Keys are fetched over TLS from whom a trusted authority vouches for, and from nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.access.ehr_clients import EhrTokens
from app.access.errors import CredentialInvalid
from app.access.signing_keys import reader_of
from tests.access.authority import Authority, serving
from tests.access.issuer import jwk_set
from tests.access.test_ehr_clients import CLIENT, PATH, token, verifier

pytestmark = [pytest.mark.anyio, pytest.mark.wire]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def address(authority: Authority) -> Iterator[str]:
    """Where the keys are."""
    with serving(jwk_set(), authority.server_context()) as address:
        yield address


def fetching(address: str) -> EhrTokens:
    """What verifies the tokens of a client by the keys at an address."""
    return verifier(replace(CLIENT, jwks=address, jku=address), reader_of(address))


async def test_keys_are_fetched_over_tls_from_whom_the_authority_of_the_site_vouches_for(
    address: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    found = await fetching(address).verified(token(headers={"jku": address}), PATH)

    assert found.caller.credential == "ehr:ehr.example.org"


async def test_keys_of_whom_nobody_vouches_for_open_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    for file in (None, Authority(tmp_path / "other").file):
        if file is None:
            monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        else:
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            reader_of(address)()
        with pytest.raises(CredentialInvalid):
            await fetching(address).verified(token(), PATH)
