"""Decompass: cited, explained, recorded assessments after lumbar decompression."""
