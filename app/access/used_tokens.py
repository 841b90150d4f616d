"""Tokens that may be used once: the first use is written down where every process sees it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete

from app.audit.connected import connected
from app.audit.inserting import insert_new
from app.audit.tables import used_token

KEPT_AFTER_EXPIRY = timedelta(days=1)
"""A clock that was set back must not make a forgotten token good again."""
MOST_REMEMBERED = 10_000
"""About 2 MB. What is sent again after it was forgotten is looked up again."""
BETWEEN_CLEANINGS = timedelta(minutes=1)


class UsedTokens:
    """The tokens of every issuer that were used, until they can be used no more."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert = insert_new(used_token, engine.dialect).returning(used_token.c.jti)
        self._cleaned: datetime | None = None
        self._spent: OrderedDict[tuple[str, str], None] = OrderedDict()

    def spend(self, issuer: str, token_id: str, expires_at: datetime, now: datetime) -> bool:
        """Whether this is the first use of the token, in any process. Raises StoreUnavailable.

        An answer that was lost leaves the token used: its owner asks the issuer for another one.
        """
        digest = hashlib.sha256(token_id.encode("utf-8", "surrogatepass")).hexdigest()
        if (issuer, digest) in self._spent:
            return False  # whoever sends it again and again does not hold up those who write
        row = {"issuer": issuer, "jti": digest, "expires_at": expires_at}
        with connected(self._engine) as connection, connection.begin():
            first = connection.execute(self._insert, row).first() is not None
            if self._cleaned is None or now - self._cleaned >= BETWEEN_CLEANINGS:
                old = used_token.c.expires_at < now - KEPT_AFTER_EXPIRY
                connection.execute(delete(used_token).where(old))
                self._cleaned = now
        self._spent[issuer, digest] = None  # not before the commit
        if len(self._spent) > MOST_REMEMBERED:
            self._spent.popitem(last=False)
        return first
