"""What can go wrong with the record; the edge maps these to answers.

RecordError
├── StoreUnavailable   nothing is known to be stored: try again, with the same key
│   └── KeyReplaced     a key was rotated while this process ran: it must be started again
├── QueueFull          more work is waiting than we accept: try again later
├── KeyReused          the key belongs to another request
├── RecordRefused      the database refuses this one record because of what is in it
├── RecordDamaged      the record was altered in the database and cannot be read
├── RecordErased       the content was erased on request; its place in the log stays
├── SubjectsErased     keys were erased while records were on the way: seal with new ones
├── LogAltered         the head of a log is not the one that was signed, or not the end of it
├── LogMoved           the head of a log changed under its lock
├── NotInTheLog        the log has no such leaf, or had never that size
├── LeafUnreadable     what a leaf says is not what a service writes
├── DatabaseRefused    the database cannot keep the promise "stored before answered"
├── SchemaOutdated     the database has not the schema that this version needs
├── SecretsRefused     the secrets are missing, open to others, or not those that were used before
├── Unsealable         the content was altered, or its key is another one
├── LegalHold          the key of this subject may not be destroyed
├── KeyAltered         the key of this subject was altered: none is destroyed
└── MigrationsMissing  the migration scripts are not beside the package
"""

from collections.abc import Mapping
from uuid import UUID


class RecordError(Exception):
    """Anything that goes wrong with the record; its text never holds clinical data."""


class StoreUnavailable(RecordError):
    """The store did not confirm the record; repeating with the same key is safe."""


class KeyReplaced(StoreUnavailable):
    """The signing or master key was rotated while this process ran: with the old one it keeps nothing."""


class QueueFull(RecordError):
    """More records are waiting than the recorder accepts."""


class KeyReused(RecordError):
    """The idempotency key was used before for another request."""


class RecordRefused(RecordError):
    """The database refuses this record, and only this one."""


class RecordDamaged(RecordError):
    """Values of the record, in these columns, are not what the service ever writes there."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        super().__init__(f"{len(columns)} value(s) of the record cannot be read")
        self.columns = columns


class RecordErased(RecordError):
    """The key of the subject was destroyed on request; only the place in the log is left."""


class SubjectsErased(RecordError):
    """These keys of a tenant were erased after they were read; what is stored now needs new ones."""

    def __init__(self, tenant: str, erased: Mapping[tuple[str, str], UUID]) -> None:
        super().__init__(f"{len(erased)} subject(s) were erased meanwhile")
        self.tenant = tenant
        self.owners = frozenset(erased)
        self.key_ids = tuple(erased.values())


class LogAltered(RecordError):
    """The head of a log is not the one that was signed, or not its end: it stands still until restored."""


class LogMoved(RecordError):
    """The head of a log was changed by somebody who did not hold its lock; nothing was stored."""


class NotInTheLog(RecordError):
    """There is no such leaf or size in the log."""


class LeafUnreadable(RecordError):
    """A leaf that no service wrote, or one of another edition."""


class DatabaseRefused(RecordError):
    """The service must not start on this database; the text says what to change."""


class MigrationsMissing(RecordError):
    """The migration scripts were not found beside the package."""


class SchemaOutdated(RecordError):
    """The database does not have the schema that this version of the service was written for."""


class SecretsRefused(RecordError):
    """The service must not start with these secrets; ``problems`` says what to do, a sentence each."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Unsealable(RecordError):
    """The content, its place or its key is not what it was when it was sealed."""


class KeyAltered(RecordError):
    """What is stored of the key of this subject was altered: another one could be destroyed in its place."""


class LegalHold(RecordError):
    """The records of this subject are held for a legal reason: its key stays."""
