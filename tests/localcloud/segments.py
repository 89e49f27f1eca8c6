"""Segment documents for X-Ray's tests: short to write, as the SDKs send them."""

from __future__ import annotations

import json
from typing import Any

START = 1_790_000_000.0


def trace_id(number: int = 1, at: float = START) -> str:
    """A trace id that began at a time."""
    return f"1-{int(at):08x}-{number:024x}"


def identity(number: int) -> str:
    """A segment's id."""
    return f"{number:016x}"


def segment(
    number: int, name: str = "web", at: float = 0.0, took: float | None = 1.0, **members: Any
) -> dict[str, Any]:
    """A segment that began ``at`` seconds after ``base``; in progress when ``took`` is None.

    Further members: ``trace``, the trace's number, and ``base``, when it began.
    """
    trace, base = members.pop("trace", 1), members.pop("base", START)
    found = {"trace_id": trace_id(trace, base), **_entity(number, name, base + at, took)}
    return {**found, **members}


def subsegment(
    number: int, name: str, at: float = 0.0, took: float | None = 0.5, **members: Any
) -> dict[str, Any]:
    """A subsegment to be embedded."""
    return {**_entity(number, name, members.pop("base", START) + at, took), **members}


def alone(
    number: int, name: str, parent: int, at: float = 0.0, took: float | None = 0.5, **members: Any
) -> dict[str, Any]:
    """A subsegment that is sent alone."""
    return {
        **segment(number, name, at, took, **members),
        "type": "subsegment",
        "parent_id": identity(parent),
    }


def texts(*documents: dict[str, Any]) -> list[str]:
    """Documents as they are sent."""
    return [json.dumps(document) for document in documents]


def _entity(number: int, name: str, start: float, took: float | None) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "id": identity(number), "start_time": start}
    return {**found, "in_progress": True} if took is None else {**found, "end_time": start + took}
