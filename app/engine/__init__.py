"""The rule engine: standard library only. It knows no medicine, no clock, no I/O."""
