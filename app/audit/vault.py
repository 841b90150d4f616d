"""What the record needs besides its database: secrets, the keys of subjects, the name of its logs."""

from __future__ import annotations

from dataclasses import dataclass

from app.audit.secrets import Indexed, Secrets, index_tag
from app.audit.subject_keys import SubjectKeys
from app.transparency.checkpoint import Signer
from app.transparency.keys import VerifierKey


@dataclass(frozen=True, slots=True)
class Vault:
    """Kept apart from the database of the record, so that neither is of use without the other."""

    secrets: Secrets
    subject_keys: SubjectKeys
    origin: str
    """The name under which the checkpoints of this service are known, such as decompass.example.org."""

    def tag(self, tenant: str, what: Indexed, text: str) -> bytes:
        """A keyed digest to look something up by, that tells nothing without the key."""
        return index_tag(self.secrets.index, tenant, what, text)

    @property
    def signer(self) -> Signer:
        """Signs the checkpoints of every log of this service."""
        return Signer(self.origin, self.secrets.signing)

    @property
    def verifier_keys(self) -> tuple[VerifierKey, ...]:
        """The keys that sign now and that signed before."""
        return (*map(VerifierKey.from_text, self.secrets.earlier), self.signer.log_key)

    def origin_of(self, tenant: str) -> str:
        """The name of a tenant's log."""
        return f"{self.origin}/{tenant}"
