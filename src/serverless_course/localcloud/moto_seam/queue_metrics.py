"""SQS's metrics in CloudWatch.

Source: SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS" (read 2026-11); labels
and values as recorded from AWS (localstack's test_aws_sqs_metrics_created,
test_sqs_approximate_metrics and test_alarm_number_of_messages_sent, 2023 and 2024). A message that
a redrive policy moves is not counted as sent. What AWS measures at each minute is measured here at
the first look after the minute has begun, which is a second later at most. AWS also says zero
while nothing happens; here nothing is said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from ..cloudwatch.metrics.metric import MetricId
from ..cloudwatch.metrics.store import MetricStores
from ..iam.account import ACCOUNT_ID
from .queue_sending import message_size

NAMESPACE = "AWS/SQS"
COUNT, BYTES, SECONDS = "Count", "Bytes", "Seconds"
SENT, SIZE = "NumberOfMessagesSent", "SentMessageSize"
RECEIVED, EMPTY = "NumberOfMessagesReceived", "NumberOfEmptyReceives"
DELETED = "NumberOfMessagesDeleted"
MINUTE_S = 60
# A message of a standard queue that came so often no longer counts as its oldest (the guide).
OFTEN = 3


class QueueMetrics:
    """Notes what happens in queues, and looks at each of them once a minute."""

    def __init__(self, stores: MetricStores) -> None:
        self._stores = stores
        # The minute of each queue's last look, by region and name.
        self._looked: dict[tuple[str, str], int] = {}

    def sent(self, queue: Any, message: Any) -> None:
        """A new message has come into a queue."""
        self._put(queue, SENT, 1, COUNT)
        self._put(queue, SIZE, message_size(message.body, message.message_attributes or {}), BYTES)

    def received(self, queue: Any, count: int) -> None:
        """A ReceiveMessage was answered with ``count`` messages."""
        if count:
            self._put(queue, RECEIVED, count, COUNT)
        else:
            self._put(queue, EMPTY, 1, COUNT)

    def deleted(self, queue: Any, count: int) -> None:
        """``count`` messages were deleted."""
        if count:
            self._put(queue, DELETED, count, COUNT)

    def publish(self) -> None:
        """Measure every queue that was not looked at in this minute. On any thread."""
        minute = int(time.time()) // MINUTE_S
        found = {(region, queue.name): queue for region, queue in _queues()}
        for key in self._looked.keys() - found.keys():
            self._looked.pop(key, None)
        for key, queue in found.items():
            if self._looked.get(key) != minute:
                self._looked[key] = minute
                self._look(queue, minute * MINUTE_S)

    def _look(self, queue: Any, at: int) -> None:
        now_ms = time.time() * 1000
        with queue._messages_lock:
            messages = list(queue._messages)
        delayed = [each for each in messages if each.delayed_until > now_ms]
        hidden = [each for each in messages if each.visible_at >= now_ms]
        ages = [
            (now_ms - each.sent_timestamp) / 1000
            for each in messages
            if queue.fifo_queue or each.approximate_receive_count < OFTEN
        ]
        for name, value, unit in (
            ("ApproximateNumberOfMessagesVisible", _waiting(messages, now_ms), COUNT),
            ("ApproximateNumberOfMessagesNotVisible", len(hidden), COUNT),
            ("ApproximateNumberOfMessagesDelayed", len(delayed), COUNT),
            ("ApproximateAgeOfOldestMessage", int(max(ages, default=0)), SECONDS),
        ):
            self._put(queue, name, value, unit, at)

    def _put(self, queue: Any, name: str, value: float, unit: str, at: float | None = None) -> None:
        metric = MetricId(NAMESPACE, name, (("QueueName", str(queue.name)),))
        store = self._stores.region(queue.region)
        store.put(metric, time.time() if at is None else at, [(float(value), 1.0)], unit)


def _waiting(messages: list[Any], now_ms: float) -> int:
    return sum(each.visible_at < now_ms and each.delayed_until <= now_ms for each in messages)


def _queues() -> Iterator[tuple[str, Any]]:
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

    for region, backend in list(sqs_backends[ACCOUNT_ID].items()):
        for queue in list(backend.queues.values()):
            yield region, queue
