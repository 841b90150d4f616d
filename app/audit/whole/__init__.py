"""Proves a whole database: every entry, every receipt, every tree, against what the log commits to."""
