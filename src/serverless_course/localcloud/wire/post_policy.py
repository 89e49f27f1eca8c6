"""The policy of an upload form: until when, and what each field may be.

Source: Amazon S3 API Reference, "POST Policy" (read 2026-11).
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any

from .errors import ServiceError

# Fields that need no condition (and those whose names begin with x-ignore-).
FREE = frozenset({"awsaccesskeyid", "bucket", "file", "policy", "signature", "x-amz-signature"})
RANGE = "content-length-range"


def policy_of(text: str) -> dict[str, Any]:
    """The policy in a form's field. Raises `ServiceError` (400) for one that is none."""
    try:
        found = json.loads(base64.b64decode(text, validate=True))
    except (ValueError, RecursionError) as error:
        raise invalid("Invalid JSON.") from error
    if not isinstance(found, dict) or not isinstance(found.get("conditions"), list):
        raise invalid("Policy is missing 'conditions'.")
    if not isinstance(found.get("expiration"), str):
        raise invalid("Policy is missing 'expiration'.")
    return found


def check_policy(policy: dict[str, Any], fields: dict[str, str], size: int, now: float) -> None:
    """Hold a form against its policy. Raises `ServiceError` (400, 403) in S3's words.

    ``fields`` by lower-case name, with ``bucket``; ``size`` is the file's, in bytes.
    """
    if now > _expiration(policy["expiration"]):
        raise denied("Policy expired.")
    covered: set[str] = set()
    for condition in policy["conditions"]:
        for operator, name, wanted in _conditions(condition):
            if operator == RANGE:
                _check_size(size, name, wanted)
                continue
            field = str(name).removeprefix("$").lower()
            covered.add(field)
            if not _holds(operator, field, fields.get(field, ""), str(wanted)):
                shown = json.dumps([operator, f"${field}", wanted])
                raise denied(f"Policy Condition failed: {shown}")
    extra = {name for name in fields if name not in FREE and not name.startswith("x-ignore-")}
    if extra - covered:
        raise denied(f"Extra input fields: {', '.join(sorted(extra - covered))}")


def _expiration(text: str) -> float:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", text, re.ASCII):
        raise invalid("Invalid 'expiration' value.")
    try:
        plain = text.partition(".")[0].removesuffix("Z")
        return datetime.strptime(plain, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise invalid("Invalid 'expiration' value.") from error


def _conditions(condition: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(condition, dict) and len(condition) == 1:
        return [("eq", name, value) for name, value in condition.items()]
    if isinstance(condition, list) and len(condition) == 3 and isinstance(condition[0], str):
        operator = condition[0].lower()
        if operator in ("eq", "starts-with", RANGE):
            return [(operator, condition[1], condition[2])]
    raise invalid("Invalid Condition.")


def _check_size(size: int, least: Any, most: Any) -> None:
    try:
        low, high = int(least), int(most)
    except (TypeError, ValueError) as error:
        raise invalid("Invalid content-length-range.") from error
    if size < low:
        text = "Your proposed upload is smaller than the minimum allowed size"
        raise ServiceError("EntityTooSmall", text, 400)
    if size > high:
        text = "Your proposed upload exceeds the maximum allowed size"
        raise ServiceError("EntityTooLarge", text, 400)


def _holds(operator: str, field: str, value: str, wanted: str) -> bool:
    if operator == "eq":
        return value == wanted
    if field == "content-type":
        return all(part.strip().startswith(wanted) for part in value.split(","))
    return value.startswith(wanted)


def invalid(message: str) -> ServiceError:
    """A policy that is none."""
    text = (
        "The content of the form does not meet the conditions specified in the policy document. "
        f"{message}"
    )
    return ServiceError("InvalidPolicyDocument", text, 400)


def denied(why: str) -> ServiceError:
    """A form that its policy does not allow."""
    return ServiceError("AccessDenied", f"Invalid according to Policy: {why}", 403)
