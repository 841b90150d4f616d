"""The answers that the document shows: what the rules say of one case, and every problem as it is sent.

They are worked out when the document is asked for, so that they cannot differ from what is answered.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.api.access_problems import EVERY_PROBLEM
from app.api.examples import CASES
from app.api.free_bodies import CDS_RESPONSE, CDS_SERVICES, outcome_name
from app.api.problems import (
    INVALID_REQUEST,
    MALFORMED_BODY,
    NOT_READY,
    InputError,
    problem_body,
)
from app.api.record_problems import INVALID_KEY
from app.audit.meta import SealedContent, members_of, write_meta
from app.audit.records import Actor
from app.interop.cds.cards import cannot_assess_card, response
from app.interop.cds.discovery import discovery
from app.interop.cds.prefetch import notes_of, parts_of
from app.interop.outcomes import operation_outcome
from app.services.assessments import assess, record_head
from app.services.case import Case
from app.services.rulesets import Rulesets
from app.transparency.checkpoint import Checkpoint, Signer
from app.transparency.receipt import Receipt, answer_digest
from app.transparency.tree import Frontier, append, leaf_hash

Examples = dict[str, dict[str, Any]]

RECORDED, PREVIEWED = "sudden_return", "early_improving"
RECORDED_AT = datetime(2025, 4, 23, 9, 30, tzinfo=UTC)
RECORD_ID = UUID("019661fb-95c0-7b1e-9d52-6c1f0e8a4d37")
EXAMPLE_URL = "https://decompass.example.org"
EXAMPLE_LOG = "example.org/local"
EXAMPLE_SIGNER = Signer(EXAMPLE_LOG, Ed25519PrivateKey.from_private_bytes(bytes(32)))
TRACE_ID = "6f1d2b9a0c4e4d7f8a3b5c6d7e8f9012"
EXAMPLE_ACTOR = Actor("local", "loopback", TRACE_ID)
EXAMPLE_PLACE = 7
AT_FAULT = {
    MALFORMED_BODY: ("", "json_invalid"),
    INVALID_REQUEST: ("/surgery/date", "missing"),
    INVALID_KEY: ("Idempotency-Key", "idempotency_key"),
    NOT_READY: ("record", "not_ready"),
}
"""Problems that say what is wrong, and something that can be."""


def answer_examples(rulesets: Rulesets) -> Examples:
    """An answer for each schema of one, by the name of the schema."""
    return {
        "Assessment": _answer(RECORDED, rulesets, **record_head(RECORD_ID, RECORDED_AT)),
        "Preview": _answer(PREVIEWED, rulesets),
        CDS_SERVICES: _services(rulesets),
        CDS_RESPONSE: _card(),
    }


def problem_examples() -> Examples:
    """Every problem of the table, by its code."""
    return {
        problem.code: {
            "summary": problem.title,
            "value": json.loads(problem_body(problem, TRACE_ID, _errors(AT_FAULT.get(problem)))),
        }
        for problem in EVERY_PROBLEM
    }


def outcome_examples() -> Examples:
    """Every problem as it is sent where errors are OperationOutcomes."""
    return {
        outcome_name(code): {"summary": shown["summary"], "value": operation_outcome(shown["value"])}
        for code, shown in problem_examples().items()
    }


def _services(rulesets: Rulesets) -> dict[str, Any]:
    runner = rulesets.at(RECORDED_AT.date())
    offered = discovery(runner.ruleset.name, runner.ruleset.version, runner.digest)
    return {"summary": "The first of the services", "value": {"services": offered["services"][:1]}}


def _card() -> dict[str, Any]:
    """The card that integrators meet first, and must not take for an error."""
    card = cannot_assess_card(RECORD_ID, list(notes_of(parts_of({}))), EXAMPLE_URL)
    return {"summary": "Nothing was supplied: the card says so", "value": response(card)}


def _answer(example: str, rulesets: Rulesets, **head: Any) -> dict[str, Any]:
    sent = CASES[example]
    case = Case.model_validate_json(json.dumps(sent["value"]))
    answer = assess(case, RECORDED_AT, rulesets).answer(**head).text
    receipt = {"receipt": example_receipt(answer)} if head else {}
    return {"summary": f"To the request `{example}`", "value": json.loads(answer) | receipt}


def example_receipt(answer: bytes = b"{}") -> dict[str, Any]:
    """A receipt of this answer that can be checked: of a log of the examples' own, with eight leaves."""
    salt = sha256(b"the salt of the example").digest()
    sealed = SealedContent(RECORD_ID, "0" * 64, "0" * 64, answer_digest(salt, answer), "0" * 64)
    meta = write_meta(members_of("assess", RECORD_ID, RECORDED_AT, EXAMPLE_ACTOR), EXAMPLE_PLACE, sealed)
    leaves = [leaf_hash(b"another leaf %d" % number) for number in range(EXAMPLE_PLACE)] + [leaf_hash(meta)]
    grown = append(Frontier(), leaves)
    head = Checkpoint(EXAMPLE_LOG, grown.frontier.size, grown.frontier.root)
    note, path = EXAMPLE_SIGNER.sign(head), grown.paths[EXAMPLE_PLACE]
    receipt = Receipt(EXAMPLE_LOG, EXAMPLE_PLACE, head.size, head.root, note, leaves[-1], path)
    return {**receipt.members(), "meta": meta.decode(), "salt": b64encode(salt).decode()}


def _errors(at_fault: tuple[str, str] | None) -> tuple[InputError, ...]:
    if at_fault is None:
        return ()
    pointer, code = at_fault
    return (InputError.of(pointer, code),)
