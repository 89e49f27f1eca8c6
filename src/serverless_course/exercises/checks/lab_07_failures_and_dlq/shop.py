"""The shop of lab 07, as its checks look at it: table, queues, log."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from secrets import randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import NotAttempted
from serverless_course.waiting import until

# The numbers of the day's orders.
DAY = frozenset(range(1, 25))
_START = re.compile(r"START RequestId: (\S+)")
# A message that was looked at comes back after so many seconds.
LOOKED_AT_S = 3


def rows(lab: CheckedLab) -> dict[int, dict[str, Any]]:
    """The day's orders that are in the table: DynamoDB's item, by order number."""
    pages = lab.client("dynamodb").get_paginator("scan")
    found: dict[int, dict[str, Any]] = {}
    for page in pages.paginate(TableName=_name(lab, "orders-table"), ConsistentRead=True):
        found |= {int(item["order"]["N"]): item for item in page["Items"] if "cents" in item}
    return {number: item for number, item in found.items() if number in DAY}


def booked(lab: CheckedLab) -> set[int]:
    """Numbers of the day's orders that are in the table."""
    return set(rows(lab))


def price_in_table(lab: CheckedLab, number: int) -> int | None:
    """What an order was booked at, in cents; None when it is not in the table."""
    cents = _item(lab, number).get("cents")
    return int(cents["N"]) if cents else None


def packed(lab: CheckedLab, number: int) -> int:
    """How often a parcel was packed."""
    times = _item(lab, number).get("packed")
    return int(times["N"]) if times else 0


def fresh_number() -> int:
    """An order number that nobody has used."""
    return 100_000 + randbelow(900_000_000)


def hopeless_order() -> dict[str, Any]:
    """A fresh order that no version of the function can book."""
    nothing = {"coupon": None, "gift": None, "card": None}
    return {"order": fresh_number(), "items": "three apples", **nothing}


def send(lab: CheckedLab, order: dict[str, Any]) -> str:
    """Send an order as the web page does; returns the request id."""
    answer = lab.client("lambda").invoke(
        FunctionName=lab.name("orders"), InvocationType="Event", Payload=json.dumps(order)
    )
    return str(answer["ResponseMetadata"]["RequestId"])


def tries(lab: CheckedLab) -> Counter[str]:
    """How often each event of orders was begun, by request id, as the log tells."""
    logs = lab.client("logs")
    pages = logs.get_paginator("filter_log_events")
    group = f"/aws/lambda/{lab.name('orders')}"
    count: Counter[str] = Counter()
    try:
        for page in pages.paginate(logGroupName=group, filterPattern='"START RequestId"'):
            count.update(
                match[1] for event in page["events"] if (match := _START.match(event["message"]))
            )
    except logs.exceptions.ResourceNotFoundException:
        return count
    return count


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


def messages_in(lab: CheckedLab, short: str) -> list[dict[str, Any]]:
    """The messages of a queue that can be received now. They stay in it."""
    sqs, url = lab.client("sqs"), queue_url(lab, short)
    found: dict[str, dict[str, Any]] = {}
    while True:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=LOOKED_AT_S,
        )
        new = {m["MessageId"]: m for m in answer.get("Messages", []) if m["MessageId"] not in found}
        if not new:
            break
        found |= new
    for each in found.values():
        sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0
        )
    return list(found.values())


def take(lab: CheckedLab, short: str, number: int, limit_s: float) -> dict[str, Any] | None:
    """Wait for the message about order ``number`` in a queue, and take it out; None without one.

    It is a dead letter, whose body is the order, or a record, which holds it as its payload.
    """

    def look() -> dict[str, Any] | None:
        return next((m for m in messages_in(lab, short) if order_in(m) == number), None)

    message = until(look, limit_s)
    if message is not None:
        lab.client("sqs").delete_message(
            QueueUrl=queue_url(lab, short), ReceiptHandle=message["ReceiptHandle"]
        )
    return message


def order_in(message: dict[str, Any]) -> Any:
    """The order number in a dead letter or in a record; None where there is none."""
    try:
        body = json.loads(message["Body"])
        return body.get("requestPayload", body).get("order")
    except (ValueError, AttributeError):
        return None


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
