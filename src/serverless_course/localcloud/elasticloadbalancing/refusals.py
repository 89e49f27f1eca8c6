"""How Elastic Load Balancing refuses.

Sources: Elastic Load Balancing API reference, version 2015-12-01, and its errors (read 2026-11).
The words of those marked *reported* are those of public error reports (2017 to 2026, among them
moto 5.2.5's, which has them from AWS); all others are ours.
"""

from __future__ import annotations

from ..wire.errors import ServiceError

SERVICE = "Elastic Load Balancing"


def invalid(text: str) -> ServiceError:
    """ValidationError."""
    return ServiceError("ValidationError", text)


def misconfigured(text: str) -> ServiceError:
    """InvalidConfigurationRequest."""
    return ServiceError("InvalidConfigurationRequest", text)


def not_permitted(text: str) -> ServiceError:
    """OperationNotPermitted."""
    return ServiceError("OperationNotPermitted", text)


def in_use(text: str) -> ServiceError:
    """ResourceInUse."""
    return ServiceError("ResourceInUse", text)


def missing(noun: str, arn: str) -> ServiceError:
    """The thing that a call names is not there: ``Target groups 'ARN' not found`` (reported)."""
    plural = f"{noun[:1].upper()}{noun[1:]}s"
    return ServiceError(f"{_code(noun)}NotFound", f"{plural} '{arn}' not found")


def missing_of_several(noun: str) -> ServiceError:
    """One of those that a call names is not there: ``One or more listeners not found``
    (reported)."""
    return ServiceError(f"{_code(noun)}NotFound", f"One or more {noun}s not found")


def not_offered(what: str) -> ServiceError:
    """What AWS has and the embedded cloud does not, by its name."""
    return ServiceError(
        "NotImplemented",
        f"The embedded cloud does not offer {what} of {SERVICE}. Use an AWS account for it.",
        501,
    )


def _code(noun: str) -> str:
    return "".join(word.capitalize() for word in noun.split())
