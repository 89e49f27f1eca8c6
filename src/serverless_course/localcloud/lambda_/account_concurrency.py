"""The account's concurrency: what of it no reservation may take.

Source: Lambda quotas (read 2026-11).
"""

from __future__ import annotations

# So many of the account's environments must stay for functions without a reservation.
MIN_UNRESERVED = 100


def always_unreserved(limit: int) -> int:
    """What no reservation may take from an account's limit: a small account keeps all of it."""
    return min(MIN_UNRESERVED, limit)
