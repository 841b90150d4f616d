"""Why somebody is not let in; the edge maps these to answers.

AccessError
├── CredentialInvalid  it is not one of ours, was revoked, or was altered in the database
├── CredentialExpired  it was one of ours; told only to somebody who has proved to hold it
├── ScopeMissing       it is one of ours, and does not open this
├── KeyUnknown         there is no API key of that id to revoke
└── AccessMisconfigured  the service must not start with these settings
"""

from app.access.caller import Caller


class AccessError(Exception):
    """Anything that keeps somebody out; its text never holds a credential."""


class CredentialInvalid(AccessError):
    """The credential proves nothing."""


class CredentialExpired(AccessError):
    """The credential was good until it expired."""


class ScopeMissing(AccessError):
    """The credential is good, and does not open what was asked for."""

    def __init__(self, caller: Caller) -> None:
        super().__init__("The credential does not open this.")
        self.caller = caller


class KeyUnknown(AccessError):
    """There is no API key of this id."""


class AccessMisconfigured(AccessError):
    """The service must not start like this; the text says what to change."""
