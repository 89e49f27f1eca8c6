"""The shop of lab 07, as its checks look at it: table, queues, log."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import EnvironmentProblem, NotAttempted
from serverless_course.waiting import until

# The numbers of the day's orders.
DAY = frozenset(range(1, 25))
EMPTY_WITHIN_S = 90.0
_START = re.compile(r"START RequestId: (\S+)")


def booked(lab: CheckedLab) -> set[int]:
    """Numbers of the day's orders that are in the table."""
    pages = lab.client("dynamodb").get_paginator("scan")
    found: set[int] = set()
    for page in pages.paginate(TableName=_name(lab, "orders-table"), ConsistentRead=True):
        found |= {int(item["order"]["N"]) for item in page["Items"] if "cents" in item}
    return found & DAY


def body_of(lab: CheckedLab, number: int) -> int | None:
    """What an order was booked at, in cents; None when it is not in the table."""
    cents = _item(lab, number).get("cents")
    return int(cents["N"]) if cents else None


def packed(lab: CheckedLab, number: int) -> int:
    """How often a parcel was packed."""
    times = _item(lab, number).get("packed")
    return int(times["N"]) if times else 0


def dead_letter_target(lab: CheckedLab) -> str:
    """The ARN in the DeadLetterConfig of orders; "" without one."""
    config = lab.client("lambda").get_function_configuration(FunctionName=lab.name("orders"))
    return str((config.get("DeadLetterConfig") or {}).get("TargetArn", ""))


def tries_in_log(lab: CheckedLab) -> int:
    """The most START lines with one request id in the log of orders."""
    pages = lab.client("logs").get_paginator("filter_log_events")
    group = f"/aws/lambda/{lab.name('orders')}"
    count: Counter[str] = Counter()
    for page in pages.paginate(logGroupName=group, filterPattern='"START RequestId"'):
        count.update(
            match[1] for event in page["events"] if (match := _START.match(event["message"]))
        )
    return max(count.values(), default=0)


def queue_url(lab: CheckedLab, short: str) -> str:
    """The URL of one of the lab's queues; `NotAttempted` when it is not there."""
    sqs = lab.client("sqs")
    try:
        return str(sqs.get_queue_url(QueueName=_name(lab, short))["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist:
        raise NotAttempted(
            f"There is no queue {short} yet.", next_step="Run the cells above this one."
        ) from None


def queue_arn(lab: CheckedLab, short: str) -> str:
    """The ARN of one of the lab's queues."""
    return _attributes(lab, short, "QueueArn")["QueueArn"]


def redrive_target(lab: CheckedLab, short: str) -> str:
    """Where a queue's redrive policy leads; "" without a queue or a policy."""
    try:
        policy = _attributes(lab, short, "RedrivePolicy").get("RedrivePolicy", "")
    except NotAttempted:
        return ""
    match = re.search(r'"deadLetterTargetArn":\s*"([^"]+)"', policy)
    return match[1] if match else ""


def waiting_in(lab: CheckedLab, short: str) -> int:
    """Messages in a queue, those in flight included."""
    known = _attributes(
        lab, short, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
    )
    return sum(int(value) for value in known.values())


def wait_until_empty(lab: CheckedLab, short: str) -> None:
    """Wait until a queue holds nothing; `EnvironmentProblem` after a minute and a half."""
    if not until(lambda: waiting_in(lab, short) == 0, EMPTY_WITHIN_S):
        raise EnvironmentProblem(
            f"The queue {short} was not empty after {EMPTY_WITHIN_S:g} s. "
            "Your answer was not judged.",
            next_step="Look at the state of the mapping: is it Enabled?",
        )


def list_of(items: Iterable[Any]) -> str:
    """Items with commas between them."""
    return ", ".join(str(item) for item in items)


def _name(lab: CheckedLab, short: str) -> str:
    kind = "dynamodb:table" if short == "orders-table" else "sqs:queue"
    return lab.name(short, kind=kind)


def _item(lab: CheckedLab, number: int) -> dict[str, Any]:
    answer = lab.client("dynamodb").get_item(
        TableName=_name(lab, "orders-table"),
        Key={"order": {"N": str(number)}},
        ConsistentRead=True,
    )
    item: dict[str, Any] = answer.get("Item", {})
    return item


def _attributes(lab: CheckedLab, short: str, *names: str) -> dict[str, str]:
    answer = lab.client("sqs").get_queue_attributes(
        QueueUrl=queue_url(lab, short), AttributeNames=list(names)
    )
    attributes: dict[str, str] = answer.get("Attributes", {})
    return attributes
