"""CloudWatch's refusals, in its codes and as far as known in its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...wire.errors import ServiceError


def invalid_value(message: str) -> ServiceError:
    """A parameter whose value is wrong."""
    return ServiceError("InvalidParameterValue", message)


def invalid_combination(message: str) -> ServiceError:
    """Parameters that do not go together."""
    return ServiceError("InvalidParameterCombination", message)


def validation(message: str) -> ServiceError:
    """What CloudWatch answers to queries and alarms that it cannot make out."""
    return ServiceError("ValidationError", message)


def missing(name: str) -> ServiceError:
    """A parameter that has to be there."""
    return ServiceError("MissingParameter", f"The parameter {name} is required.")


def refuse(given: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse parameters that the embedded cloud does not offer. Raises `ServiceError`."""
    for name in names:
        if given.get(name):
            raise invalid_value(f"The parameter {name} is not offered by the embedded cloud.")
