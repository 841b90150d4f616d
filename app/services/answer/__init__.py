"""From an assessment to the contract's JSON: one module per part of the answer, and no rule in any.

Three modules walk down the same conditions, each with a question of its own:

- ``questions``: what is missing behind a rule that is open? It feeds ``missing`` and its ``could_change``,
  ``missing`` of a cause, and what ``safety.ask`` chooses from.
- ``changing``: what could still turn what is settled so far, be it open or not? It feeds ``changes`` of
  ``missing``, and ``settled``.
- ``asking``: which few answers would rule out every open flag? It feeds ``safety.ask``.
"""
