"""FHIR R4 and CDS Hooks, as plain dicts in and plain dicts out: no clock, no network, no ids made up."""
