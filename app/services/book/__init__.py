"""The pages of the rule book: pure functions from a ruleset to Markdown."""
