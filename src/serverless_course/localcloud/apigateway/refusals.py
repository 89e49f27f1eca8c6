"""API Gateway's refusals, and those of what the embedded cloud does not offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..wire.errors import ServiceError


def bad_request(message: str) -> ServiceError:
    """A request that cannot be done as it stands."""
    return ServiceError("BadRequestException", message, 400)


def not_found(message: str) -> ServiceError:
    """Something that is not there."""
    return ServiceError("NotFoundException", message, 404)


def conflict(message: str) -> ServiceError:
    """Something that is there already, or in use."""
    return ServiceError("ConflictException", message, 409)


def not_offered(what: str, instead: str = "Leave it out, or use an AWS account.") -> ServiceError:
    """Something that AWS offers and the embedded cloud does not."""
    return ServiceError(
        "NotImplementedException", f"The embedded cloud does not offer {what}. {instead}", 501
    )


def refuse(given: Mapping[str, Any], table: Mapping[str, str]) -> None:
    """Refuse the members of a table that were given, and not as empty. Raises `ServiceError`."""
    for member, what in table.items():
        if given.get(member):
            raise not_offered(f"{member} ({what})")
