"""The settings of the one issuer whose tokens are accepted."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.setting import Setting, switch

TOKEN_ALGORITHMS = ("RS384", "ES384", "EdDSA")
"""Those that SMART on FHIR asks for, and the one on Edwards curves; all asymmetric."""


def _jwks(text: str) -> str:
    if "://" in text and not text.startswith("https://"):
        raise ValueError("must be an https address or the name of a file.")
    return text


def _algorithms(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(","))
    if not names <= set(TOKEN_ALGORITHMS):
        raise ValueError(f"must be some of {','.join(TOKEN_ALGORITHMS)}, separated by commas.")
    return names


JWT_ISSUER = Setting("JWT_ISSUER", "", "The `iss` of the tokens that are accepted; empty: none are.", str)
JWT_AUDIENCE = Setting("JWT_AUDIENCE", "", "The `aud` that stands for this service in a token.", str)
JWT_JWKS = Setting(
    "JWT_JWKS",
    "",
    "Where the public keys of the issuer are (RFC 7517): an `https:` address or a file.",
    _jwks,
)
JWT_ALGORITHMS = Setting(
    "JWT_ALGORITHMS",
    ",".join(TOKEN_ALGORITHMS),
    "The algorithms that tokens may be signed with, separated by commas.",
    _algorithms,
)
JWT_TENANT_CLAIM = Setting(
    "JWT_TENANT_CLAIM", "tenant", "The claim that names the tenant; the issuer decides on every tenant.", str
)
JWT_SINGLE_USE = Setting(
    "JWT_SINGLE_USE",
    "off",
    "Whether a token may be used once only, `on` or `off`; by its `jti`, in all processes together.",
    switch,
)
OF_TOKENS = (JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS)
"""All of them or none."""
TOKEN_SETTINGS = (*OF_TOKENS, JWT_ALGORITHMS, JWT_TENANT_CLAIM, JWT_SINGLE_USE)


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Whose tokens are accepted, and how they are checked."""

    issuer: str
    audience: str
    jwks: str
    algorithms: frozenset[str]
    tenant_claim: str
    single_use: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "TokenSettings":
        """The settings of the issuer; each was found to be readable before."""
        return cls(
            issuer=JWT_ISSUER.read(environment),
            audience=JWT_AUDIENCE.read(environment),
            jwks=JWT_JWKS.read(environment),
            algorithms=JWT_ALGORITHMS.read(environment),
            tenant_claim=JWT_TENANT_CLAIM.read(environment),
            single_use=JWT_SINGLE_USE.read(environment),
        )
