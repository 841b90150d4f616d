"""Decompass: cited, explained, recorded assessments after lumbar decompression."""

__version__ = "0.1.0"
