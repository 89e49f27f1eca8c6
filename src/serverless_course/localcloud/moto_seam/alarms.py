"""CloudWatch's alarms on moto's protocol: they are evaluated, and act.

moto 5.2.5 keeps alarms and never looks at them. Here ours are what counts; moto keeps a shadow of
each, for tags and for who asks moto. What an alarm does goes to SNS, Lambda and EventBridge.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from ..cloudwatch.alarms import alarm_message, alarm_views
from ..cloudwatch.alarms.alarm_record import Change, State
from ..cloudwatch.alarms.alarms import Alarms
from ..cloudwatch.metrics.data_queries import MetricQuery, Read
from ..cloudwatch.metrics.data_request import series_of
from ..cloudwatch.metrics.refusals import missing, validation
from ..cloudwatch.metrics.series import Series
from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .alarm_targets import forget_tags, publish, put_event, shadow
from .current import CurrentCall, answering
from .functions import Functions
from .metrics import Metrics, Operation, answering_with
from .seam import add, replace

log = logging.getLogger(__name__)
# Who invokes a function that is an alarm's action (User Guide, "Invoke a Lambda function from an
# alarm", read 2026-11).
SERVICE = "lambda.alarms.cloudwatch.amazonaws.com"


class AlarmActions:
    """Alarms of all regions, what watches them, and what they do."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._regions: dict[str, Alarms] = {}
        self.functions: Functions | None = None

    def region(self, name: str) -> Alarms:
        """The alarms of one region."""
        if name not in self._regions:
            prefix = f"arn:aws:cloudwatch:{name}:{ACCOUNT_ID}:alarm:"
            self._regions.setdefault(name, Alarms(lambda alarm: prefix + alarm))
        return self._regions[name]

    def evaluate(self, now: float) -> None:
        """Look at all alarms; those whose state changes act."""
        for region, alarms in list(self._regions.items()):
            if not alarms.found:
                continue
            changes = alarms.evaluate(now, self._reader(region))
            for change in changes:
                self._act(region, change)

    def install(self) -> None:
        """Take over the operations on alarms."""
        from moto.cloudwatch.models import CloudWatchBackend  # noqa: PLC0415 - moto loads late
        from moto.cloudwatch.responses import CloudWatchResponse  # noqa: PLC0415

        def putting(put: Callable[[Alarms, dict[str, Any], float], None]) -> Operation:
            def operation(given: dict[str, Any], region: str, now: float) -> None:
                put(self.region(region), given, now)
                shadow(region, given)

            return operation

        add(
            CloudWatchResponse,
            "put_composite_alarm",
            answering_with(putting(Alarms.put_composite))(None),
        )
        operations: dict[str, Operation] = {
            "put_metric_alarm": putting(Alarms.put_metric),
            "describe_alarms": lambda given, region, now: alarm_views.describe_alarms(
                self.region(region), given
            ),
            "describe_alarms_for_metric": lambda given, region, now: (
                alarm_views.describe_for_metric(self.region(region), given)
            ),
            "set_alarm_state": self._set_state,
            "enable_alarm_actions": lambda given, region, now: self._enable(given, region, True),
            "disable_alarm_actions": lambda given, region, now: self._enable(given, region, False),
        }
        for name, operation in operations.items():
            replace(CloudWatchResponse, name, answering_with(operation))
        add(
            CloudWatchResponse,
            "describe_alarm_history",
            answering_with(
                lambda given, region, now: alarm_views.describe_history(self.region(region), given)
            )(None),
        )

        def deleting(known: Any) -> Any:
            def delete_alarms(backend: Any, alarm_names: list[str]) -> None:
                alarms = self.region(backend.region_name)
                alarms.delete(alarm_names)
                known(backend, alarm_names)
                forget_tags(backend, [alarms.arn_of(name) for name in alarm_names])

            return delete_alarms

        replace(CloudWatchBackend, "delete_alarms", deleting)

    def _reader(self, region: str) -> Callable[[float, float], Read]:
        store = self._metrics.stores.region(region)

        def between(start: float, end: float) -> Read:
            def read(query: MetricQuery) -> Series:
                return series_of(store, query, start, end)

            return read

        return between

    def _set_state(self, given: dict[str, Any], region: str, now: float) -> None:
        for name in ("AlarmName", "StateValue", "StateReason"):
            if not given.get(name):
                raise missing(name)
        alarms = self.region(region)
        if given["AlarmName"] not in alarms.found:
            raise ServiceError("ResourceNotFound", "")
        data = given.get("StateReasonData") or ""
        try:
            alarm_message.check_reason_data(data)
        except ValueError as error:
            raise ServiceError("InvalidFormat", "StateReasonData is no JSON object") from error
        # Composite alarms follow at once: what they said before this change, and after it.
        self._follow(region, alarms, now)
        state = State(given["StateValue"], given["StateReason"], data, now)
        change = alarms.set_state(given["AlarmName"], state)
        if change is not None:
            self._act(region, change)
            self._follow(region, alarms, now)

    def _follow(self, region: str, alarms: Alarms, now: float) -> None:
        for change in alarms.evaluate_rules(now):
            self._act(region, change)

    def _enable(self, given: dict[str, Any], region: str, enabled: bool) -> None:
        alarms = self.region(region)
        if not given.get("AlarmNames"):
            raise validation("AlarmNames must not be empty.")
        with alarms.lock:
            for name in given["AlarmNames"]:
                if name in alarms.found:
                    alarms.found[name].given["ActionsEnabled"] = enabled

    def _act(self, region: str, change: Change) -> None:
        """Tell everyone. What fails fails for that target alone, and stands in the history."""
        event = alarm_message.state_change_event(change, ACCOUNT_ID, region)
        with answering(CurrentCall()):
            try:
                put_event(region, event)
            except Exception:
                log.exception("alarm %s: its event was not sent", change.alarm.name)
            for arn in change.alarm.actions(change.after.value):
                self._tell(region, change, arn)

    def _tell(self, region: str, change: Change, arn: str) -> None:
        alarm = change.alarm
        failure = ""
        try:
            if arn.split(":")[2] == "sns":
                publish(region, change, arn)
            elif self.functions is None or not self.functions.allows(arn, SERVICE, alarm.arn):
                failure = "CloudWatch Alarms is not authorized to invoke the function"
            else:
                sent = alarm_message.function_event(change, ACCOUNT_ID, region)
                self.functions.send(arn, sent, SERVICE, alarm.arn)
        except Exception as error:  # whatever moto raises for a topic that is gone
            failure = str(error) or type(error).__name__
        done = "Failed to execute" if failure else "Successfully executed"
        data = {
            "actionState": "Failed" if failure else "Succeeded",
            "notificationResource": arn,
            "stateUpdateTimestamp": int(change.after.at * 1000),
            **({"error": failure} if failure else {}),
        }
        summary = f"{done} action {arn}"
        self.region(region).note(alarm, "Action", summary, data, time.time())
