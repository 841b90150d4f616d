"""From an assessment to the contract's JSON: one module per part of the answer, and no rule in any."""
