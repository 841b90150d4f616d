"""What each route needs: the one table. Where credentials are required, nothing else is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """What a credential may open."""

    ASSESS = "assess"
    READ = "read"
    SEARCH = "search"
    VERIFY = "verify"
    LOG = "log"
    RULES = "rules"
    METRICS = "metrics"


MEANINGS: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.ASSESS: "assess a case, recorded or not",
        Scope.READ: "read an assessment, its case and its trace",
        Scope.SEARCH: "find assessments",
        Scope.VERIFY: "verify a recorded assessment",
        Scope.LOG: "read the log of the tenant: checkpoints, proofs and entries without content",
        Scope.RULES: "read the rules, their evidence and the vocabulary",
        Scope.METRICS: "read the figures of the whole service",
    }
)
EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Public:
    """A route that anybody may ask, and why that is safe."""

    reason: str


Need = Scope | Public
Route = tuple[str, str]
"""Method and path template, as the router has it. HEAD needs what GET needs."""

HEALTH = Public("a load balancer has no credential; says yes or no, and names of checks")
DOCS = Public("the API to try; holds no data, and one setting withholds it")
OFFER = Public("an EHR finds by it what it can call; the same for everybody, and holds no data")
ONE = "/v1/assessments/{assessment_id:uuid}"
RESOURCES = (
    *("GuidanceResponse", "RequestGroup", "ServiceRequest", "Task", "DetectedIssue", "RiskAssessment"),
    *("Device", "Provenance"),
)
"""The types of FHIR that an assessment is told in."""
NEEDS: Mapping[Route, Need] = MappingProxyType(
    {
        ("POST", "/v1/assessments"): Scope.ASSESS,
        ("POST", "/v1/assessments/preview"): Scope.ASSESS,
        ("POST", "/v1/assessments/search"): Scope.SEARCH,
        ("GET", ONE): Scope.READ,
        ("GET", f"{ONE}/case"): Scope.READ,
        ("GET", f"{ONE}/trace"): Scope.READ,
        ("POST", f"{ONE}/verify"): Scope.VERIFY,
        ("POST", f"{ONE}/corrections"): Scope.ASSESS,
        ("GET", "/v1/log/checkpoint"): Scope.LOG,
        ("GET", "/v1/log/inclusion"): Scope.LOG,
        ("GET", "/v1/log/consistency"): Scope.LOG,
        ("GET", "/v1/log/entries"): Scope.LOG,
        ("GET", "/v1/rulesets"): Scope.RULES,
        ("GET", "/v1/rulesets/{version}"): Scope.RULES,
        ("GET", "/v1/rulesets/{version}/rules/{rule_id}"): Scope.RULES,
        ("GET", "/v1/evidence"): Scope.RULES,
        ("GET", "/v1/vocabulary"): Scope.RULES,
        ("GET", "/cds-services"): OFFER,
        ("POST", "/cds-services/{service_id}"): Scope.ASSESS,
        ("POST", "/cds-services/{service_id}/feedback"): Scope.ASSESS,
        ("POST", "/fhir/$assess"): Scope.ASSESS,
        ("GET", "/fhir/metadata"): OFFER,
        ("GET", "/fhir/OperationDefinition/assess"): Scope.RULES,
        ("GET", "/fhir/Questionnaire"): Scope.RULES,
        ("GET", "/fhir/Questionnaire/postop-lumbar"): Scope.RULES,
        ("GET", "/fhir/AuditEvent"): Scope.LOG,
        ("GET", "/fhir/AuditEvent/{index}"): Scope.LOG,
        **{("GET", f"/fhir/{kind}/{{resource_id}}"): Scope.READ for kind in RESOURCES},
        ("GET", "/metrics"): Scope.METRICS,
        ("GET", "/health/live"): HEALTH,
        ("GET", "/health/ready"): HEALTH,
        ("GET", "/docs"): DOCS,
        ("GET", "/docs/files/{name}"): DOCS,
        ("GET", "/openapi.json"): DOCS,
    }
)


def known_scopes(words: Iterable[str]) -> frozenset[Scope]:
    """Those of the words that are scopes of ours; an issuer may give others for other services."""
    return frozenset(Scope(word) for word in words if word in EVERY_SCOPE)
