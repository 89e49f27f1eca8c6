"""Which operations are answered here, and AWS's JSON protocol around them.

Source: botocore's model ``logs/2014-03-28``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ...wire.rest_json import model, read_parameters
from .call import LogGroups, LogsCall
from .definitions import QueryDefinitions
from .groups import describe_log_groups, list_log_groups, refuse_other_classes
from .queries import Queries
from .search import (
    filter_log_events,
    get_log_events,
    read_pattern,
    test_metric_filter,
)
from .streams import describe_log_streams
from .views import get_log_group_fields, get_log_record

# moto keeps these, and does not look at their patterns.
WITH_PATTERN = frozenset({"PutMetricFilter", "PutSubscriptionFilter"})
CONTENT_TYPE = "application/x-amz-json-1.1"


Operation = Callable[[LogsCall], dict[str, Any]]


class LogsApi:
    """Answers what it offers; `answer` may be called on any thread."""

    def __init__(self, groups: LogGroups) -> None:
        self._groups = groups
        queries, definitions = Queries(), QueryDefinitions()
        self._operations: dict[str, Operation] = {
            "DeleteQueryDefinition": definitions.delete,
            "DescribeLogGroups": describe_log_groups,
            "DescribeLogStreams": describe_log_streams,
            "DescribeQueries": queries.describe,
            "DescribeQueryDefinitions": definitions.describe,
            "FilterLogEvents": filter_log_events,
            "GetLogEvents": get_log_events,
            "GetLogGroupFields": get_log_group_fields,
            "GetLogRecord": get_log_record,
            "GetQueryResults": queries.results,
            "ListLogGroups": list_log_groups,
            "PutQueryDefinition": definitions.put,
            "StartQuery": queries.start,
            "StopQuery": queries.stop,
            "TestMetricFilter": test_metric_filter,
        }
        self._queries = queries

    def answer(self, request: Request, region: str, caller: str) -> Response | None:
        """The answer; None when the operation is moto's. Raises `ServiceError`."""
        name = request.header("x-amz-target").rpartition(".")[2]
        operation = self._operations.get(name)
        if name in WITH_PATTERN:
            pattern = json.loads(request.body).get("filterPattern")
            read_pattern(pattern if isinstance(pattern, str) else "")
        if name == "CreateLogGroup":
            refuse_other_classes(json.loads(request.body))
        if operation is None:
            return None
        result = operation(LogsCall(_parameters(request, name), caller, region, self._groups))
        body = {key: value for key, value in result.items() if value is not None}
        return Response(
            200,
            {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": str(uuid.uuid4())},
            json.dumps(body).encode(),
        )

    def close(self) -> None:
        """End the queries that run."""
        self._queries.close()


def _parameters(request: Request, operation: str) -> dict[str, Any]:
    try:
        return read_parameters(request, model("logs").operation_model(operation), {})
    except ServiceError as error:
        if error.code == "ValidationException":
            raise ServiceError("InvalidParameterException", error.message) from error
        raise
