"""Where executions leave logs, changes of status and metrics: moto's groups and buses, and ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cloudwatch.metrics.metric import MetricId
from ..cloudwatch.metrics.store import MetricStores
from ..iam.account import ACCOUNT_ID
from ..logs.log_event import DELIVERY, LogEvent
from .current import CurrentCall, answering
from .logs import Logs


class ExecutionOutlets:
    """Fulfils `stepfunctions.Outlets`. Every part may be used on any thread."""

    def __init__(self, wait: Callable[[], None], logs: Logs, stores: MetricStores) -> None:
        self._wait = wait
        self._logs = logs
        self._stores = stores

    def has_group(self, region: str, group: str) -> bool:
        """Whether there is such a log group."""
        self._wait()
        from moto.logs.models import logs_backends  # noqa: PLC0415 - moto loads late

        return group in logs_backends[ACCOUNT_ID][region].groups

    def log(self, region: str, group: str, stream: str, at_ms: int, message: str) -> None:
        """Write an event to a log group, if it is still there."""
        if self.has_group(region, group):
            self._logs.write(region, group, stream, [LogEvent(at_ms, message)], DELIVERY)

    def put_event(self, region: str, entry: dict[str, Any]) -> None:
        """Put an event of a service on the default bus: an entry of PutEvents."""
        self._wait()
        from moto.events.models import events_backends  # noqa: PLC0415 - moto loads late

        with answering(CurrentCall()):
            events_backends[ACCOUNT_ID][region].put_events([entry])

    def count(
        self, region: str, metric: str, machine: str, at: float, value: float, unit: str
    ) -> None:
        """A value of a metric of a state machine."""
        of = MetricId("AWS/States", metric, (("StateMachineArn", machine),))
        self._stores.region(region).put(of, at, [(value, 1.0)], unit)
