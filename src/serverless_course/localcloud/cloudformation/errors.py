"""How CloudFormation refuses."""

from __future__ import annotations

from ..wire.errors import ServiceError


class ResourceFailed(Exception):
    """A resource could not be made, changed or deleted. Its text is the event's reason."""


def invalid(message: str) -> ServiceError:
    """A ValidationError, which is what CloudFormation answers to nearly everything."""
    return ServiceError("ValidationError", message)


def not_offered(what: str) -> ServiceError:
    """What the embedded cloud's CloudFormation does not do, refused by its name."""
    return ServiceError(
        "NotImplemented",
        f"The embedded cloud's CloudFormation does not offer {what}. Leave it out, or use an AWS "
        "account.",
        501,
    )
