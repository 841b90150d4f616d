"""Who calls with a key, found out in the way of a request: by the look that requests share."""

from __future__ import annotations

import asyncio

from app.access.api_keys import ApiKeys
from app.access.caller import Caller
from app.access.key_checks import KeyChecks


def caller(keys: ApiKeys, text: str) -> Caller:
    """Raises CredentialInvalid, CredentialExpired, StoreUnavailable."""
    return asyncio.run(KeyChecks(keys).caller(text))
