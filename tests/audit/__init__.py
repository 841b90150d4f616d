"""The record: what is stored, and what is answered."""
