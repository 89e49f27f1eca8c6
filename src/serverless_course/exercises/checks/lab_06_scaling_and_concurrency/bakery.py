"""The bakery of lab 06, as its checks look at it: table, database, queues, metrics."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import EnvironmentProblem, NotAttempted
from serverless_course.waiting import until

# What the database takes at once.
MOST_CONNECTIONS = 5
# What the till is capped at when the lab begins: more than the database takes.
FIRST_CAP = 10
CLOSED_WITHIN_S = 15.0
READY_WITHIN_S = 45.0
THROTTLED = "TooManyRequestsException"
# What the id of each order of a check begins with.
CHECKS_ORDER = "check-"


def fresh_id() -> str:
    """The id of an order that nobody has used."""
    return f"{CHECKS_ORDER}{token_hex(6)}"


def table_of(lab: CheckedLab) -> str:
    """The full name of the bakery's table."""
    return lab.name("bakery", kind="dynamodb:table")


def item(lab: CheckedLab, key: str) -> dict[str, Any]:
    """An item of the table, as DynamoDB writes it; empty when it is not there."""
    client = lab.client("dynamodb")
    try:
        found = client.get_item(TableName=table_of(lab), Key=_key(key), ConsistentRead=True)
    except client.exceptions.ResourceNotFoundException:
        raise NotAttempted(
            "The bakery's table is not there.", next_step="Run this page from the top."
        ) from None
    kept: dict[str, Any] = found.get("Item", {})
    return kept


def numbers(lab: CheckedLab, keys: Iterable[str], attribute: str) -> dict[str, int]:
    """An attribute of several items, by key; 0 where it is not there."""
    wanted = list(keys)
    found = dict.fromkeys(wanted, 0)
    for part in _parts(wanted, 100):
        asked = {"Keys": [_key(key) for key in part], "ConsistentRead": True}
        while asked["Keys"]:
            answer = lab.client("dynamodb").batch_get_item(RequestItems={table_of(lab): asked})
            for row in answer["Responses"].get(table_of(lab), []):
                found[row["id"]["S"]] = int(row.get(attribute, {"N": "0"})["N"])
            asked = answer.get("UnprocessedKeys", {}).get(table_of(lab), {"Keys": []})
    return found


def booked(lab: CheckedLab, orders: Iterable[str]) -> dict[str, int]:
    """How often each of these orders was booked by the till."""
    keys = {f"order {order}": order for order in orders}
    return {keys[key]: times for key, times in numbers(lab, keys, "times").items()}


def database(lab: CheckedLab) -> dict[str, int]:
    """The database's counts: ``in_use``, ``opened``, ``refused``."""
    row = item(lab, "connections")
    return {n: int(row.get(n, {"N": "0"})["N"]) for n in ("in_use", "opened", "refused")}


def take_connections(lab: CheckedLab, number: int) -> None:
    """Say how many connections are in use: 0 closes all, 5 leaves none free."""
    lab.client("dynamodb").update_item(
        TableName=table_of(lab),
        Key=_key("connections"),
        UpdateExpression="SET in_use = :number",
        ExpressionAttributeValues={":number": {"N": str(number)}},
    )


def quiet_database(lab: CheckedLab) -> None:
    """Wait until no connection is in use; close those that a killed function left open.

    A count below 0 (somebody wrote it, or connections were closed that were in use) becomes 0.
    """
    if until(lambda: database(lab)["in_use"], CLOSED_WITHIN_S, ends=lambda n: n <= 0):
        take_connections(lab, 0)


def cap_of(lab: CheckedLab, short: str) -> int | None:
    """The reserved concurrency of a function; None without one."""
    client = lab.client("lambda")
    try:
        found = client.get_function_concurrency(FunctionName=lab.name(short))
    except client.exceptions.ResourceNotFoundException:
        raise NotAttempted(
            f"The function {short} is not deployed.", next_step="Run this page from the top."
        ) from None
    cap = found.get("ReservedConcurrentExecutions")
    return None if cap is None else int(cap)


def warm_up(lab: CheckedLab, number: int) -> None:
    """Start so many environments of the till, so that a measurement meets no cold start."""
    at_once(lambda _: try_to_invoke(lab, "till", {"warm": True}), range(number))


def at_once(call: Callable[[Any], Any], inputs: Iterable[Any]) -> list[Any]:
    """Call a function with all inputs side by side; what it returned, in their order."""
    waiting = list(inputs)
    with ThreadPoolExecutor(max(1, len(waiting))) as pool:
        return list(pool.map(call, waiting))


def try_to_invoke(lab: CheckedLab, short: str, payload: Any) -> str:
    """Invoke a function and wait: "" when it answered well, else the error's type."""
    try:
        answer = lab.client("lambda").invoke(
            FunctionName=lab.name(short), Payload=json.dumps(payload)
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != THROTTLED:
            raise
        return THROTTLED
    said = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" not in answer:
        return ""
    return str((said or {}).get("errorType") or answer["FunctionError"])


def total_of(lab: CheckedLab, short: str, metric: str) -> int:
    """The sum of one of Lambda's metrics of a function, over the last three hours."""
    now = datetime.now(UTC)
    found = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": lab.name(short)}],
        StartTime=now - timedelta(hours=3),
        EndTime=now + timedelta(minutes=5),
        Period=3600,
        Statistics=["Sum"],
    )
    return round(sum(float(point["Sum"]) for point in found["Datapoints"]))


def settled(lab: CheckedLab, short: str, metric: str) -> int:
    """A metric's sum, when it has stopped growing: metrics are a little late."""
    seen = [total_of(lab, short, metric)]

    def again() -> bool:
        seen.append(total_of(lab, short, metric))
        return seen[-1] == seen[-2]

    until(again, 10.0, every_s=1.2)
    return seen[-1]


def queue_url(lab: CheckedLab, short: str) -> str:
    """The URL of one of the lab's queues; `NotAttempted` when it is not there."""
    sqs = lab.client("sqs")
    try:
        return str(sqs.get_queue_url(QueueName=lab.name(short, kind="sqs:queue"))["QueueUrl"])
    except sqs.exceptions.QueueDoesNotExist:
        raise NotAttempted(
            f"There is no queue {short} yet.", next_step="Run the cells above this one."
        ) from None


def waiting_in(lab: CheckedLab, short: str) -> int:
    """Messages in a queue, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = lab.client("sqs").get_queue_attributes(
        QueueUrl=queue_url(lab, short), AttributeNames=names
    )
    return sum(int(found["Attributes"][name]) for name in names)


def send_all(lab: CheckedLab, short: str, bodies: Iterable[Any]) -> None:
    """Send messages to a queue, ten at a time."""
    sqs, url = lab.client("sqs"), queue_url(lab, short)
    for part in _parts([json.dumps(body) for body in bodies], 10):
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(part)]
        answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        if answer.get("Failed"):
            raise EnvironmentProblem(
                "SQS did not take all messages of this check. Your answer was not judged.",
                evidence=[str(answer["Failed"][0])],
                next_step="Check again.",
            )


def empty(lab: CheckedLab, short: str) -> None:
    """Throw away what is left in a queue."""
    sqs = lab.client("sqs")
    if waiting_in(lab, short):
        try:
            sqs.purge_queue(QueueUrl=queue_url(lab, short))
        except sqs.exceptions.PurgeQueueInProgress:
            return


def mapping_of(lab: CheckedLab, short: str) -> dict[str, Any]:
    """The only event source mapping of a function, as soon as its last change is in force."""
    client, name = lab.client("lambda"), lab.name(short)

    def look() -> list[dict[str, Any]]:
        found = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        return [dict(each) for each in found]

    def still(found: list[dict[str, Any]]) -> bool:
        return all(each["State"] in ("Enabled", "Disabled") for each in found)

    found = until(look, READY_WITHIN_S, ends=still)
    if not found:
        raise NotAttempted(
            f"Nothing reads a queue for {short}.", next_step="Run the cells above this one."
        )
    if not still(found):
        raise EnvironmentProblem(
            f"The mapping is still {found[0]['State']} after {READY_WITHIN_S:g} s. "
            "Your answer was not judged.",
            next_step="Check again in a minute.",
        )
    return found[0]


def _key(key: str) -> dict[str, dict[str, str]]:
    return {"id": {"S": key}}


def _parts(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
