"""What electronic health records speak: FHIR R4 and CDS Hooks, as plain dicts in and out."""
