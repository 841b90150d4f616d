"""The record: stored before it is answered, read back for years."""
