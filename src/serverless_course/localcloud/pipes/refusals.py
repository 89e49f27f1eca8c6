"""How EventBridge Pipes refuses.

Sources: Pipes API reference, each operation's errors (read 2026-11). That a ValidationException's
message is JSON with ValidationErrorFields, "Missing required parameter." and the words for
MaximumRecordAgeInSeconds: public error reports of 2023 to 2025. The other words are ours.
"""

from __future__ import annotations

import json

from ..wire.errors import ServiceError

MISSING = "Missing required parameter."
# Names of parameters, and what is wrong with each.
Problems = list[tuple[str, str]]


def invalid(problems: Problems) -> ServiceError:
    """ValidationException, with every mistake."""
    fields = [{"Name": name, "Message": text} for name, text in problems]
    text = json.dumps({"ValidationErrorFields": fields}, separators=(",", ":"))
    return ServiceError("ValidationException", text)


def missing(what: str) -> ServiceError:
    """NotFoundException."""
    return ServiceError("NotFoundException", f"{what} does not exist.", 404)


def conflict(name: str, text: str) -> ServiceError:
    """ConflictException."""
    fields = {"resourceId": name, "resourceType": "pipe"}
    return ServiceError("ConflictException", text, 409, fields=fields)


def not_offered(what: str) -> ServiceError:
    """What AWS has and the embedded cloud does not, by its name."""
    return ServiceError(
        "NotImplemented",
        f"The embedded cloud does not offer {what} of Amazon EventBridge Pipes. Use an AWS "
        "account for it.",
        501,
    )
