"""Which key signs the logs: one at a time, the same for all tenants and all processes.

The head of a log names the key that signs what comes next. A rotation ends the old key in every log with a
leaf that carries the new one, and leaves a head that both have signed, the new one last. A process appends
nothing behind a head whose last signer it is not: it has the key of before.
"""

from __future__ import annotations

import logging

from sqlalchemy import Connection, insert, select

from app.audit.connected import ALL_HEADS, act_for
from app.audit.errors import KeyReplaced, LogAltered, SecretsRefused
from app.audit.tables import log_head, log_key
from app.transparency.checkpoint import NoteRefused, is_last_signed_by
from app.transparency.keys import VerifierKey

log = logging.getLogger(__name__)

NEWEST_FIRST = select(log_key.c.number, log_key.c.verifier_key).order_by(log_key.c.number.desc())
NEWEST = NEWEST_FIRST.limit(1)
FEW = 100
"""Heads that are asked which of two keys signs: a rotation leaves none with the old one."""
HEADS = select(log_head.c.note).where(log_head.c.size > 0)
ALTERED = "The head of the log was altered: nothing is appended to it."
REPLACED = "The signing key was replaced: restart this process with the new one."
ANOTHER_KEY = (
    "The logs were signed with another key. Bring back the signing key that was used before, and the origin "
    "that was set; if a rotation was interrupted, finish it with `decompass rotate signing`."
)


def newest(connection: Connection) -> tuple[int, str]:
    """The number and the text of the key that signs now; 0 and nothing before one was registered."""
    found = connection.execute(NEWEST).first()
    return (0, "") if found is None else (found.number, found.verifier_key)


def register(connection: Connection, key: VerifierKey) -> None:
    """Make the key the newest, in the transaction of the caller."""
    number, _ = newest(connection)
    connection.execute(insert(log_key).values(number=number + 1, verifier_key=str(key)))


def require_newest(connection: Connection, key: VerifierKey) -> None:
    """Refuse to begin a log with a key that another one has replaced. Raises KeyReplaced.

    On PostgreSQL the transaction acts for no tenant afterwards.
    """
    if not _signs_now(connection, key):
        raise KeyReplaced(REPLACED)


def require_signer(note: bytes, key: VerifierKey) -> None:
    """Refuse to go on with a log that another key signs. Raises KeyReplaced, and LogAltered."""
    try:
        mine = not note or is_last_signed_by(note.decode(errors="replace"), key)
    except NoteRefused as error:
        raise LogAltered(ALTERED) from error
    if not mine:
        raise KeyReplaced(REPLACED)


def require_known_signer(connection: Connection, key: VerifierKey) -> None:
    """Refuse a key that is not the one which signs the logs of this database. Raises SecretsRefused."""
    registered, _ = newest(connection)
    heads = () if registered else connection.scalars(HEADS)
    # What verifies the log tells of an altered head, which says nothing of the key.
    if not _signs_now(connection, key) or not all(_signs(key, note, if_altered=True) for note in heads):
        raise SecretsRefused(ANOTHER_KEY)


def _signs_now(connection: Connection, key: VerifierKey) -> bool:
    """Whether no newer key signs. A rotation signs every head with the new one; a row alone says nothing."""
    for number, text in connection.execute(NEWEST_FIRST):
        if text == str(key):
            return True
        if not _is_outvoted(connection, text, key):
            return False
        log.critical("the signing key number %s signs no log: its row was forged", number)
    return True


def _is_outvoted(connection: Connection, text: str, key: VerifierKey) -> bool:
    """Whether fewer heads were signed by a registered key than by this one, or the other is none at all."""
    try:
        other = VerifierKey.from_text(text)
    except (ValueError, AttributeError, TypeError):  # SQLite keeps whatever is put into a column
        return True
    act_for(connection, ALL_HEADS)
    heads = connection.scalars(HEADS.limit(FEW)).all()
    theirs, ours = (sum(_signs(each, note, if_altered=False) for note in heads) for each in (other, key))
    return theirs < ours


def _signs(key: VerifierKey, note: bytes, *, if_altered: bool) -> bool:
    """Whether the key is the last signer of a head; of one that was altered, nobody can tell."""
    try:
        return is_last_signed_by(note.decode(errors="replace"), key)
    except NoteRefused:
        return if_altered
