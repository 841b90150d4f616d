"""What happens when FHIR is asked: assess what is sent, and show what was recorded as resources."""
