"""Who may: credentials, what they open, and the table of what each route needs."""
