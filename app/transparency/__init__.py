"""The provable log: tree, checkpoints, receipts, witness. It knows no database and nothing of the service."""
