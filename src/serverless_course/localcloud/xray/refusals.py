"""X-Ray's refusals. The model knows InvalidRequestException for all that is wrong in a request."""

from __future__ import annotations

from ..wire.errors import ServiceError


def invalid(message: str) -> ServiceError:
    """A request that X-Ray does not take."""
    return ServiceError("InvalidRequestException", message)


def not_offered(what: str, brings: str) -> ServiceError:
    """A part of X-Ray that the embedded cloud does not have."""
    return invalid(
        f"The embedded cloud does not offer {brings}. Leave {what} out, or use an AWS account."
    )


def not_found(arn: str) -> ServiceError:
    """A resource that does not exist (404)."""
    return ServiceError(
        "ResourceNotFoundException",
        f"Resource {arn} does not exist.",
        404,
        fields={"ResourceName": arn},
    )
