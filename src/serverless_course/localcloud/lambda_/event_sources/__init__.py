"""Pollers: they read queues and streams, and invoke functions with what they find.

Source: Lambda Developer Guide, "How Lambda processes records from stream and queue-based event
sources" (read 2026-11).
"""

from __future__ import annotations

from .invocation import Invocations
from .pollers import Pollers
from .sources import Sources

__all__ = ["Invocations", "Pollers", "Sources"]
