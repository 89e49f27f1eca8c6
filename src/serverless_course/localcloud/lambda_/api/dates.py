"""Times as Lambda's API writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def now_text() -> str:
    """Now, as Lambda writes LastModified and CreatedDate: ``2026-11-24T10:00:00.000+0000``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def seconds_text() -> str:
    """Now, as Lambda writes a provisioned concurrency's LastModified: whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
