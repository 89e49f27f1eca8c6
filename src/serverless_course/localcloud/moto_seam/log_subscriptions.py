"""CloudWatch Logs to Lambda: subscription filters.

Source: Amazon CloudWatch Logs User Guide, "Log group-level subscription filters"; Lambda Developer
Guide, "Using Lambda with CloudWatch Logs" (read 2026-11).
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..logs.filter_patterns import matcher
from .current import current
from .functions import Functions
from .seam import replace

REFUSED = (
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission "
    "to execute your function."
)


def install(functions: Functions) -> None:
    """Refuse a subscription whose function does not let CloudWatch Logs invoke it."""
    from moto.logs.exceptions import InvalidParameterException  # noqa: PLC0415 - moto loads late
    from moto.logs.models import LogsBackend  # noqa: PLC0415

    def make(known: Any) -> Any:
        def put_subscription_filter(self: Any, *given: Any, **named: Any) -> None:
            names = ("log_group_name", "filter_name", "filter_pattern", "destination_arn")
            asked = {**dict(zip(names, given, strict=False)), **named}
            arn = str(asked["destination_arn"])
            if ":lambda:" in arn and not _leave(functions, arn, str(asked["log_group_name"])):
                raise InvalidParameterException(REFUSED)
            known(self, *given, **named)

        return put_subscription_filter

    replace(LogsBackend, "put_subscription_filter", make)


def send(
    functions: Functions,
    arn: str,
    filter_name: str,
    group: str,
    stream: str,
    events: list[dict[str, Any]],
) -> None:
    """Deliver the log events that a subscription's pattern lets through."""
    from moto.logs.models import logs_backends  # noqa: PLC0415 - moto loads late

    region = arn.split(":")[3]
    subscription = logs_backends[ACCOUNT_ID][region].groups[group].subscription_filters[filter_name]
    matches = matcher(subscription.filter_pattern or "")
    chosen = [
        {**event, "id": str(event["id"]).zfill(56)} for event in events if matches(event["message"])
    ]
    leave = _leave(functions, arn, group)
    if chosen and leave:
        event = _event(filter_name, group, stream, chosen)
        functions.send(arn, event, *leave, current().trace)


def _event(
    filter_name: str, group: str, stream: str, events: list[dict[str, Any]]
) -> dict[str, Any]:
    message = {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT_ID,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [filter_name],
        "logEvents": events,
    }
    data = base64.b64encode(gzip.compress(json.dumps(message).encode()))
    return {"awslogs": {"data": data.decode()}}


def _leave(functions: Functions, arn: str, group: str) -> tuple[str, str] | None:
    """The principal and the source by which a function's policy lets the group's events in."""
    region = arn.split(":")[3]
    source = f"arn:aws:logs:{region}:{ACCOUNT_ID}:log-group:{group}"
    for service in ("logs.amazonaws.com", f"logs.{region}.amazonaws.com"):
        for source_arn in (f"{source}:*", source):
            if functions.allows(arn, service, source_arn):
                return service, source_arn
    return None
