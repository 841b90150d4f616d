"""Tokens that EHRs sign themselves, one for each call (CDS Hooks 2.0, "Trusting CDS Clients").

Who may do so stands in a file of this service. What a token says chooses nothing but its client (`iss`) and
its key (`kid`): a `jku` is compared with the address that is configured, and nothing is fetched for it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from app.access.caller import Caller
from app.access.errors import AccessError, CredentialInvalid
from app.access.jwt import LEEWAY, LONGEST_TOKEN, Token, end_of, key_for
from app.access.scopes import Scope
from app.access.signing_keys import SigningKeys
from app.ehr_clients_file import EhrClient

REQUIRED = ("iss", "aud", "exp", "iat", "jti")
OPENED = frozenset({Scope.ASSESS})
"""A call brings the data that is assessed; what is recorded is not for whoever can sign a call to read."""
SECONDS_BETWEEN_LINES = 10.0
"""Strangers can name a client: they must not be able to fill the log."""

log = logging.getLogger("decompass.access")


class EhrTokens:
    """Verifies the tokens of one client."""

    def __init__(
        self, client: EhrClient, keys: SigningKeys, public_url: str, clock: Callable[[], datetime]
    ) -> None:
        self.client = client
        self._keys = keys
        self._public_url = public_url
        self._clock = clock
        self._caller = Caller(client.tenant, f"ehr:{client.name}", OPENED)
        self._silent_until = time.monotonic()

    async def verified(self, text: str, path: str) -> Token:
        """The token, verified for the address that is called; to be used once. Raises CredentialInvalid."""
        try:
            return await self._verified(text, path)
        except (PyJWTError, AccessError) as error:
            # A sentence of ours, or the kind of a library's error, whose text quotes the token.
            self._tell(str(error) if isinstance(error, AccessError) else type(error).__name__)
            raise CredentialInvalid from error

    async def _verified(self, text: str, path: str) -> Token:
        header = jwt.get_unverified_header(text)
        if header.get("jku", self.client.jku) != self.client.jku:
            raise CredentialInvalid("The token names another place of keys (jku) than is configured.")
        key = await key_for(header, self._keys, self.client.algorithms)
        claims = jwt.decode(
            text,
            key,
            algorithms=sorted(self.client.algorithms),
            issuer=self.client.iss,
            audience=self.client.audiences or (self._public_url + path,),
            leeway=LEEWAY,
            options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
        )
        if claims.get("tenant", "") != self.client.ehr_tenant:
            raise CredentialInvalid("The tenant of the token is not the ehr_tenant of the client.")
        return Token(self._caller, claims["jti"], end_of(claims, self._clock()))

    def _tell(self, why: str) -> None:
        """For whoever connects the EHR: the answer tells nobody why."""
        if time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + SECONDS_BETWEEN_LINES
            log.warning("a token of the EHR client %s was refused: %s", self.client.name, why)


class EhrClients:
    """The clients by what they call themselves."""

    def __init__(self, clients: Iterable[EhrTokens] = ()) -> None:
        self._clients: Mapping[Any, EhrTokens] = {each.client.iss: each for each in clients}

    def whose(self, text: str) -> EhrTokens | None:
        """The client that a token says it is of; None where it is of none, or is no token."""
        if not self._clients or len(text) > LONGEST_TOKEN or not text.isascii():
            return None
        try:
            issuer = jwt.decode(text, options={"verify_signature": False}).get("iss")
        except PyJWTError:
            return None
        return self._clients.get(issuer) if isinstance(issuer, str) else None
