"""The log as OpenAPI publishes it: checkpoints, leaves, proofs, receipts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.api.shapes import LINES, ONE_LINE, Shape

Base64Hash = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$", max_length=44)]
"""32 bytes of SHA-256 in base64."""
Path = Annotated[list[Base64Hash], Field(max_length=128)]
Count = Annotated[int, Field(ge=0, le=2**63 - 1, json_schema_extra={"format": "int64"})]
Leaf = Annotated[str, StringConstraints(max_length=65536, pattern=ONE_LINE)]
Note = Annotated[str, StringConstraints(max_length=4096, pattern=LINES)]
Origin = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\s+]+$")]
BASE64 = r"^[A-Za-z0-9+/]*={0,2}$"


class ReceiptAnswer(Shape):
    """The proof that the log holds this very answer: keep its bytes as received, and check them offline."""

    origin: Origin = Field(description="The name of the log")
    index: Count = Field(description="The place of the leaf, from 0")
    size: Count = Field(description="How many leaves the log had with this one in it")
    root: Base64Hash = Field(description="The root of the tree of that size (RFC 9162)")
    signature: Annotated[str, StringConstraints(max_length=200, pattern=BASE64)] = Field(
        description="The signature of the log, in base64, as it stands in `checkpoint`"
    )
    checkpoint: Note = Field(
        description="The signed head of that size, a C2SP checkpoint: text, an empty line, signatures"
    )
    leaf_hash: Base64Hash = Field(description="SHA-256 of a zero byte and the bytes of the leaf")
    path: Path = Field(description="The inclusion path from the leaf to the root, nearest sibling first")
    meta: Leaf = Field(
        description="The leaf: the text whose hash is `leaf_hash`. It names the digest of the answer"
    )
    salt: Annotated[str, StringConstraints(max_length=44, pattern=BASE64)] = Field(
        description="In base64. SHA-256 of these bytes and the answer without receipt is `answer` of `meta`"
    )


class CheckpointAnswer(Shape):
    """The newest signed head of the log."""

    origin: Origin = Field(description="The name of the log")
    size: Count = Field(description="How many leaves it has")
    root: Base64Hash = Field(description="The root of the tree")
    checkpoint: Note = Field(description="The signed head: a C2SP checkpoint")
    verifier_key: Annotated[
        str, StringConstraints(max_length=500, pattern=r"^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$")
    ] = Field(
        description="The key that verifies it, as `name+hash+base64`. Get it once by another way, and pin it"
    )


class LeafAnswer(Shape):
    """A leaf of the log."""

    index: Count = Field(description="The place of the leaf, from 0")
    meta: Leaf = Field(description="The text that was hashed: JSON with ids, digests, codes and moments")
    leaf_hash: Base64Hash = Field(description="SHA-256 of a zero byte and the bytes of `meta` in UTF-8")


class InclusionAnswer(Shape):
    """The proof that a leaf is in the log of a size."""

    leaf: LeafAnswer = Field(description="The leaf that is proved")
    size: Count = Field(description="The size of the log that the proof is for")
    path: Path = Field(description="The inclusion path (RFC 9162, 2.1.3), nearest sibling first")


class ConsistencyAnswer(Shape):
    """The proof that the log only grew from one size to another."""

    old: Count = Field(alias="from", description="The size before")
    new: Count = Field(alias="to", description="The size after")
    path: Path = Field(description="The consistency path (RFC 9162, 2.1.4)")


class EntriesAnswer(Shape):
    """Leaves of the log, in their order."""

    items: Annotated[list[LeafAnswer], Field(max_length=1000)] = Field(description="The leaves asked for")
    size: Count = Field(description="How many leaves the log has")
