"""What must be provable of a database after every fault."""

from __future__ import annotations

from collections.abc import Callable

CHECKS: tuple[Callable[[str], None], ...] = ()
"""Each takes the address of a database that no service has open, and raises AssertionError if it must.

Empty until the record has a tree. Then: the whole tree verifies, from the first leaf to the signed head.
"""


def require_provable(url: str) -> None:
    """Every check of the record as a whole; called after each fault, besides the look for what was lost."""
    for check in CHECKS:
        check(url)
