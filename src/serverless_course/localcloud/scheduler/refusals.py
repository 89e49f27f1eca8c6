"""How EventBridge Scheduler refuses. Sources: API reference, "Common errors" and each operation's
(read 2026-11)."""

from __future__ import annotations

from ..wire.errors import ServiceError


def invalid(text: str) -> ServiceError:
    """ValidationException."""
    return ServiceError("ValidationException", text)


def missing(noun: str, name: str) -> ServiceError:
    """ResourceNotFoundException: ``Schedule NAME does not exist.``"""
    return ServiceError("ResourceNotFoundException", f"{noun} {name} does not exist.", 404)


def conflict(text: str) -> ServiceError:
    """ConflictException."""
    return ServiceError("ConflictException", text, 409)


def not_offered(what: str) -> ServiceError:
    """What AWS has and the embedded cloud does not, by its name."""
    return ServiceError(
        "NotImplemented",
        f"The embedded cloud does not offer {what} of Amazon EventBridge Scheduler. Use an AWS "
        "account for it.",
        501,
    )
