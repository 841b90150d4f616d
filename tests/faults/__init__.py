"""Kills, races and restarts; each with a control that must fail."""
