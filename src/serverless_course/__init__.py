"""Serverless, Measured: the package that the notebooks import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from serverless_course.lab import Lab

__all__ = ["Lab"]


def __getattr__(name: str) -> Any:
    # Imported when asked for: the embedded cloud's process must not load pandas to start.
    if name == "Lab":
        from serverless_course.lab import Lab  # noqa: PLC0415

        return Lab
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
