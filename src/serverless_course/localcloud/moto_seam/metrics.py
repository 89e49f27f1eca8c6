"""CloudWatch's metrics on moto's protocol: the requests are moto's to read, the data ours to keep.

moto 5.2.5 keeps every value in one list without end, begins periods at the first value, knows no
percentiles, and gives metric math a single name for an expression. Dashboards, Insight rules and
tags are moto's own, and so are the storage metrics of S3, which it works out when asked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from ..cloudwatch.metrics import data_request, listing, publishing, statistics_request
from ..cloudwatch.metrics.metric import MetricId, dimensions
from ..cloudwatch.metrics.periods import seconds
from ..cloudwatch.metrics.store import MetricStore, MetricStores
from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .seam import replace
from .watchers import wrap

DASHBOARD_NAME = re.compile(r"[A-Za-z0-9_-]+")
# A request's parameters, the region and the time, to the members of its answer.
Operation = Callable[[dict[str, Any], str, float], dict[str, Any] | None]


class Metrics:
    """CloudWatch's metrics. ``before_read`` is called before anything is read, on any thread."""

    def __init__(self) -> None:
        self.stores = MetricStores()
        self.before_read: Callable[[], None] = lambda: None

    def install(self) -> None:
        """Take over what is published and read."""
        from moto.cloudwatch.models import CloudWatchBackend  # noqa: PLC0415 - moto loads late
        from moto.cloudwatch.responses import CloudWatchResponse  # noqa: PLC0415

        operations: dict[str, Operation] = {
            "put_metric_data": self._put,
            "get_metric_statistics": self._get_statistics,
            "get_metric_data": self._get_data,
            "list_metrics": self._list,
        }
        for name, operation in operations.items():
            replace(CloudWatchResponse, name, answering_with(operation))

        def put_metric_data(
            backend: Any, namespace: str, metric_data: list[dict[str, Any]]
        ) -> None:
            """What moto's own services publish, such as Kinesis."""
            given = {"Namespace": namespace, "MetricData": metric_data}
            store = self.stores.region(backend.region_name)
            publishing.put_metric_data(store, given, time.time(), by_service=True)

        replace(CloudWatchBackend, "put_metric_data", lambda _: put_metric_data)
        wrap(CloudWatchBackend, "put_dashboard", _put_dashboard)

    def _put(self, given: dict[str, Any], region: str, now: float) -> None:
        publishing.put_metric_data(self.stores.region(region), given, now)

    def _get_statistics(self, given: dict[str, Any], region: str, now: float) -> dict[str, Any]:
        self.before_read()
        store = self._readable(region, [given.get("Namespace") or ""])
        return statistics_request.get_metric_statistics(store, given, now)

    def _get_data(self, given: dict[str, Any], region: str, now: float) -> dict[str, Any]:
        self.before_read()
        queries = given.get("MetricDataQueries") or []
        metrics = ((each.get("MetricStat") or {}).get("Metric") or {} for each in queries)
        store = self._readable(region, [each.get("Namespace") or "" for each in metrics])
        return data_request.get_metric_data(store, given, now)

    def _list(self, given: dict[str, Any], region: str, now: float) -> dict[str, Any]:
        self.before_read()
        since = listing.since(given, now)
        own = self.stores.region(region).metrics(since)
        provided = [_id(each) for each in _provided(region) if _at(each, now) >= since]
        return listing.list_metrics([*own, *provided], given)

    def _readable(self, region: str, namespaces: list[str]) -> MetricStore:
        """The region's store; for S3 one of what moto works out now."""
        if "AWS/S3" not in namespaces:
            return self.stores.region(region)
        store = MetricStore()
        now = time.time()
        for each in _provided(region):
            store.put(_id(each), _at(each, now), [(float(each.value), 1.0)], each.unit or "None")
        return store


def answering_with(operation: Operation) -> Callable[[Any], Any]:
    """A method of moto's response class that lets an operation answer, and refuse, in our words."""

    def make(_: Any) -> Any:
        def answer(self: Any) -> Any:
            from moto.cloudwatch.exceptions import CloudWatchException  # noqa: PLC0415
            from moto.core.responses import ActionResult, EmptyResult  # noqa: PLC0415

            try:
                found = operation(self._get_params(), self.region, time.time())
            except ServiceError as error:
                raise CloudWatchException(error.code, error.message) from error
            return EmptyResult() if found is None else ActionResult(found)

        return answer

    return make


def _put_dashboard(original: Any, backend: Any, name: str, body: str) -> None:
    """Refuse a name that no dashboard has (recorded from AWS, test_invalid_dashboard_name, 2024,
    that it is refused; the words as the AWS CDK has them, read 2026-11)."""
    from moto.cloudwatch.exceptions import CloudWatchException  # noqa: PLC0415 - moto loads late

    if not DASHBOARD_NAME.fullmatch(name or ""):
        raise CloudWatchException(
            "InvalidParameterInput",
            f"The value {name} for field DashboardName contains invalid characters. It can only "
            "contain alphanumerics, dash (-) and underscore (_).\n",
        )
    original(backend, name, body)


def _provided(region: str) -> Iterable[Any]:
    from moto.cloudwatch.models import cloudwatch_backends  # noqa: PLC0415 - moto loads late

    found: list[Any] = cloudwatch_backends[ACCOUNT_ID][region].aws_metric_data
    return found


def _id(datum: Any) -> MetricId:
    given = [{"Name": each.name, "Value": each.value} for each in datum.dimensions]
    return MetricId(datum.namespace, datum.name, dimensions(given))


def _at(datum: Any, now: float) -> float:
    return seconds(datum.timestamp) if datum.timestamp else now
