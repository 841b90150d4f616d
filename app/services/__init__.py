"""Use cases: assess and record, read, verify. No HTTP here."""
