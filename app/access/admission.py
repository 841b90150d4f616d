"""Lets somebody in by the credential that was sent, or says why not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from app.access.api_keys import PREFIX, ApiKeys
from app.access.caller import Caller
from app.access.ehr_clients import EhrClients
from app.access.errors import CredentialInvalid, ScopeMissing
from app.access.jwt import BearerTokens, Token
from app.access.key_checks import KeyChecks
from app.access.scopes import Scope
from app.access.used_tokens import UsedTokens


class Admission:
    """API keys, the tokens of one issuer where one is configured, and those that EHRs sign themselves."""

    def __init__(
        self,
        keys: ApiKeys,
        tokens: BearerTokens | None,
        used: UsedTokens,
        clock: Callable[[], datetime],
        clients: EhrClients,
    ) -> None:
        self._keys = KeyChecks(keys)
        self._tokens = tokens
        self._used = used
        self._clock = clock
        self._clients = clients

    async def admit(self, credential: str, scope: Scope, path: str) -> Caller:
        """Who calls this address.

        Raises an AccessError, or StoreUnavailable: when nobody can be known, nobody gets in.
        """
        if credential.startswith(PREFIX):
            caller = await self._keys.caller(credential)
            _require(scope, caller)
            return caller
        if (client := self._clients.whose(credential)) is not None:
            token = await client.verified(credential, path)
            _require(scope, token.caller)
            await self._spend(client.client.iss, token)
            return token.caller
        if self._tokens is None:
            raise CredentialInvalid
        token = await self._tokens.verified(credential)
        _require(scope, token.caller)
        if self._tokens.rules.single_use:
            await self._spend(self._tokens.rules.issuer, token)
        return token.caller

    async def _spend(self, issuer: str, token: Token) -> None:
        first = await asyncio.to_thread(
            self._used.spend, issuer, token.token_id, token.expires_at, self._clock()
        )
        if not first:
            raise CredentialInvalid


def _require(scope: Scope, caller: Caller) -> None:
    if scope not in caller.scopes:
        raise ScopeMissing(caller)
