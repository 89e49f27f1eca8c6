"""What EventBridge and CloudWatch Logs refuse by their service models, before moto sees it.

moto takes most of it. The limits are those of botocore's models; the words as recorded from AWS
(localstack's ``test_events`` and ``test_logs_groups``, 2024 to 2026). The API reference has no
colon in a metric's namespace; AWS takes one (recorded: put_metric_filter_with_special_namespace).
That the names of groups and streams have words of their own is recorded of CreateLogGroup and
DeleteMetricFilter, and done for all.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from ..wire.errors import ServiceError
from ..wire.http import Request
from ..wire.rest_json import model as service_model
from ..wire.validation import validate

# The code of a refusal, by botocore's name of the service.
CODES = {"events": "ValidationException", "logs": "InvalidParameterException"}
LOG_NAME = 512
LONG_NAME = (
    f"Invalid LogGroup or LogStream, both must have length less than or equal to {LOG_NAME}."
)
MOST_ENTRIES = 10


def check(model: str, operation: str, request: Request) -> None:
    """Refuse what the model of an operation does not allow. Raises `ServiceError`."""
    code = CODES.get(model)
    if code is None or not operation:
        return
    given = json.loads(request.body or b"{}")
    if model == "logs":
        _check_names(given)
    if (model, operation) == ("events", "PutEvents"):
        _check_entries(given.get("Entries"))
    if (model, operation) == ("logs", "PutMetricFilter"):
        _check_transformations(given.get("metricTransformations"))
        given = _without_colons(given)
    if (model, operation) == ("logs", "DescribeMetricFilters"):
        given = _without_colon(given)
    shape = service_model(model).operation_model(operation).input_shape
    try:
        if shape is not None:
            validate(shape, given)
    except ServiceError as error:
        if error.code != "ValidationException":
            raise
        raise ServiceError(code, error.message) from error


def _without_colons(given: dict[str, Any]) -> dict[str, Any]:
    """A metric filter as the model would have it, for a namespace that AWS takes."""
    copied = copy.deepcopy(given)
    transformations = copied.get("metricTransformations")
    for each in transformations if isinstance(transformations, list) else []:
        if isinstance(each, dict):
            each.update(_without_colon(each))
    return copied


def _without_colon(given: dict[str, Any]) -> dict[str, Any]:
    name = given.get("metricNamespace")
    if not isinstance(name, str) or set(name) & set("*$"):
        return given
    return {**given, "metricNamespace": name.replace(":", "")}


def _check_transformations(given: Any) -> None:
    """A metric filter has one transformation (recorded: put_metric_filter_too_many_...)."""
    if not isinstance(given, list) or len(given) < 2:
        return
    shown = ", ".join(_transformation_text(each) for each in given)
    raise ServiceError(
        "InvalidParameterException",
        f"1 validation error detected: Value '[{shown}]' at 'metricTransformations' failed to "
        "satisfy constraint: Member must have length less than or equal to 1",
    )


def _transformation_text(given: Any) -> str:
    members = ("metricName", "metricNamespace", "metricValue", "defaultValue", "unit", "dimensions")
    found = given if isinstance(given, dict) else {}
    shown = ((name, found.get(name)) for name in members)
    told = ", ".join(f"{name}={'null' if value is None else value}" for name, value in shown)
    return f"MetricTransformation({told})"


def _check_names(given: dict[str, Any]) -> None:
    """Names of groups and streams that are too long have words of their own."""
    for member in ("logGroupName", "logStreamName"):
        if len(str(given.get(member) or "")) > LOG_NAME:
            raise ServiceError("InvalidParameterException", LONG_NAME)


def _check_entries(entries: Any) -> None:
    if not isinstance(entries, list) or len(entries) <= MOST_ENTRIES:
        return
    shown = ", ".join(_entry_text(each) for each in entries)
    raise ServiceError(
        "ValidationException",
        f"1 validation error detected: Value '[{shown}]' at 'entries' failed to satisfy "
        f"constraint: Member must have length less than or equal to {MOST_ENTRIES}",
    )


def _entry_text(entry: Any) -> str:
    """An entry as AWS's Java code prints it (recorded: put_events_exceed_limit_ten_entries)."""
    given = entry if isinstance(entry, dict) else {}
    resources = given.get("Resources")
    members = {
        "time": given.get("Time"),
        "source": given.get("Source"),
        "resources": None if resources is None else f"[{', '.join(map(str, resources))}]",
        "detailType": given.get("DetailType"),
        "detail": given.get("Detail"),
        "eventBusName": given.get("EventBusName"),
        "traceHeader": given.get("TraceHeader"),
        "kmsKeyIdentifier": None,
        "internalMetadata": None,
    }
    shown = ", ".join(
        f"{name}={'null' if value is None else value}" for name, value in members.items()
    )
    return f"PutEventsRequestEntry({shown})"
