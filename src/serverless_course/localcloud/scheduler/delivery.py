"""One invocation of a schedule's target: its attempts, and what becomes of it when all failed.

Sources: EventBridge Scheduler User Guide, "Configuring a schedule's dead-letter queue" (attributes
of a dead letter) and "Monitoring with CloudWatch"; API reference, RetryPolicy (read 2026-11). AWS
says that the pauses between attempts grow; how fast is ours.
"""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from ..cloudwatch.metrics.metric import MetricId, dimensions
from ..cloudwatch.metrics.store import MetricStores
from ..iam.role_client import RoleClients, queue_url
from .calls import RefusedEvent, call, shown_time, text_of
from .schedule import Schedule

log = logging.getLogger(__name__)
SERVICE = "scheduler.amazonaws.com"
# The pause after the first failed attempt, and the longest, in seconds of AWS.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 480.0
MAX_MESSAGE = 1024
THROTTLES = ("Throttl", "TooManyRequests", "ProvisionedThroughputExceeded", "LimitExceeded")
UNTRUSTED = (
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
)


@dataclass
class Attempts:
    """An invocation that is due. ``began`` is the scaled time of its first attempt."""

    schedule: Schedule
    due: float
    began: float
    done: Callable[[], None]
    made: int = 0
    execution: str = field(default_factory=lambda: secrets.token_hex(8))


class Delivery:
    """Invokes targets on worker threads. Its methods run on the event loop.

    ``trusts`` says whether a role lets a service assume it for a resource; ``later`` calls
    something at a scaled time of a schedule.
    """

    def __init__(
        self,
        clients: RoleClients,
        trusts: Callable[[str, str, str], bool],
        stores: MetricStores,
        threads: Executor,
        later: Callable[[Schedule, float, Callable[[], None]], None],
    ) -> None:
        self._clients = clients
        self._trusts = trusts
        self._stores = stores
        self._threads = threads
        self._later = later

    def begin(self, schedule: Schedule, due: float, done: Callable[[], None]) -> None:
        """Invoke the target for the time ``due``; ``done`` is called when it is over."""
        self._attempt(Attempts(schedule, due, schedule.line.now(), done))

    def _attempt(self, under_way: Attempts) -> None:
        under_way.made += 1
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._threads, self._try, under_way)

        def ended(future: asyncio.Future[tuple[str, str] | None]) -> None:
            if not future.cancelled() and future.exception() is None:
                self._after(under_way, future.result())
            elif not future.cancelled():
                log.error("a schedule's attempt failed", exc_info=future.exception())

        future.add_done_callback(ended)

    def _try(self, under_way: Attempts) -> tuple[str, str] | None:
        """The code and the message of what went wrong. Runs on a worker thread."""
        schedule = under_way.schedule
        self._note(schedule, "InvocationAttemptCount")
        role = schedule.target["RoleArn"]
        if not self._trusts(role, SERVICE, schedule.group.arn):
            problem = "AccessDenied", UNTRUSTED
        else:
            text = text_of(schedule, under_way.due, under_way.execution, under_way.made)
            try:
                call(self._clients, schedule, text)
            except ClientError as error:
                told = error.response["Error"]
                problem = told.get("Code") or "Unknown", told.get("Message") or ""
            except RefusedEvent as refused:
                problem = refused.code, str(refused)
            except Exception as error:
                # What botocore itself refuses of an Input, and whatever a connection meets.
                problem = type(error).__name__, str(error)
            else:
                return None
        is_throttle = any(each in problem[0] for each in THROTTLES)
        self._note(schedule, "TargetErrorThrottledCount" if is_throttle else "TargetErrorCount")
        return problem

    def _after(self, under_way: Attempts, problem: tuple[str, str] | None) -> None:
        schedule = under_way.schedule
        if problem is None:
            under_way.done()
            return
        policy = schedule.target["RetryPolicy"]
        pause_s = min(FIRST_PAUSE_S * math.pow(2, min(under_way.made - 1, 32)), LONGEST_PAUSE_S)
        next_at = schedule.line.now() + pause_s
        condition = ""
        if under_way.made > policy["MaximumRetryAttempts"]:
            condition = "MaximumRetryAttempts"
        elif next_at - under_way.began > policy["MaximumEventAgeInSeconds"]:
            condition = "MaximumEventAgeInSeconds"
        if not condition:
            self._later(schedule, next_at, lambda: self._attempt(under_way))
            return
        self._note(schedule, "InvocationDroppedCount")
        if schedule.target.get("DeadLetterConfig", {}).get("Arn"):
            loop = asyncio.get_running_loop()
            letter = loop.run_in_executor(
                self._threads, self._dead_letter, under_way, problem, condition
            )
            letter.add_done_callback(lambda _: under_way.done())
        else:
            under_way.done()

    def _dead_letter(self, under_way: Attempts, problem: tuple[str, str], condition: str) -> None:
        schedule = under_way.schedule
        queue = schedule.target["DeadLetterConfig"]["Arn"]
        attributes = {
            "ERROR_CODE": problem[0],
            "ERROR_MESSAGE": problem[1][:MAX_MESSAGE],
            "EXECUTION_ID": under_way.execution,
            "EXHAUSTED_RETRY_CONDITION": condition,
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": str(under_way.made - 1),
            "SCHEDULED_TIME": shown_time(under_way.due),
            "SCHEDULE_ARN": schedule.arn,
            "TARGET_ARN": schedule.target["Arn"],
        }
        try:
            client = self._clients.client(
                "sqs", schedule.target["RoleArn"], schedule.name, queue.split(":")[3]
            )
            client.send_message(
                QueueUrl=queue_url(client, queue),
                MessageBody=text_of(schedule, under_way.due, under_way.execution, under_way.made),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in attributes.items()
                    if value
                },
            )
        except Exception as error:
            self._note(schedule, "InvocationsFailedToBeSentToDeadLetterCount")
            log.warning("The dead letter of %s was not sent: %s", schedule.arn, error)
        else:
            self._note(schedule, "InvocationsSentToDeadLetterCount")

    def _note(self, schedule: Schedule, name: str) -> None:
        store = self._stores.region(schedule.group.region)
        of_group = dimensions([{"Name": "ScheduleGroup", "Value": schedule.group.name}])
        for each in ((), of_group):
            store.put(MetricId("AWS/Scheduler", name, each), time.time(), [(1.0, 1.0)], "Count")
