"""The provable log: its arithmetic, its signed words and the proofs that need nothing else."""
