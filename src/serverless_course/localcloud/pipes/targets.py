"""What a pipe calls at its target, with its role. Called on worker threads.

Sources: EventBridge User Guide, "Amazon EventBridge Pipes targets" and "batching and concurrency":
the batch API of each target, whole arrays for functions and state machines (read 2026-11). Source
and detail-type of an event without them: public recordings of 2024 to 2026.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ..iam.role_client import queue_url
from .json_paths import NOTHING, find, resolved
from .pipe import Members, Pipe

SYNCHRONOUS = "REQUEST_RESPONSE"


@dataclass(frozen=True)
class Item:
    """A record for the target: ``text`` is what it gets, ``view`` what dynamic parameters see."""

    text: str
    view: Any


@dataclass(frozen=True)
class Delivered:
    """``failed`` are the numbers of the items that the target refused, ``error`` why it, or a
    function in it, failed as a whole; ``answer`` is what a function answered."""

    failed: tuple[int, ...] = ()
    error: str = ""
    answer: Any = None


def deliver(client: Any, service: str, pipe: Pipe, items: list[Item]) -> Delivered:
    """Hand the items to the target. Raises botocore's errors."""
    return DELIVER[service](client, pipe, items)


def whole(items: list[Item]) -> bytes:
    """The items as one JSON array."""
    return f"[{','.join(each.text for each in items)}]".encode()


def invoke(client: Any, function: str, payload: bytes) -> Delivered:
    """Invoke a function and wait for its answer. Raises botocore's errors."""
    answer = client.invoke(FunctionName=function, Payload=payload)
    read = answer["Payload"].read()
    if answer.get("FunctionError"):
        return Delivered(error=f"{answer['FunctionError']}: {read.decode('utf-8', 'replace')}")
    return Delivered(answer=json.loads(read or b"null"))


def run(client: Any, machine: str, payload: bytes) -> Delivered:
    """Run an express workflow and wait for its end. Raises botocore's errors."""
    ended = client.start_sync_execution(stateMachineArn=machine, input=payload.decode())
    if ended["status"] != "SUCCEEDED":
        return Delivered(error=f"{ended.get('error', ended['status'])}: {ended.get('cause', '')}")
    return Delivered(answer=json.loads(ended.get("output") or "null"))


def _own(pipe: Pipe, name: str) -> Members:
    return dict(pipe.target_parameters.get(name) or {})


def _invoke(client: Any, pipe: Pipe, items: list[Item]) -> Delivered:
    how = _own(pipe, "LambdaFunctionParameters").get("InvocationType", SYNCHRONOUS)
    function = pipe.settings["Target"]
    if how == SYNCHRONOUS:
        return invoke(client, function, whole(items))
    client.invoke(FunctionName=function, InvocationType="Event", Payload=whole(items))
    return Delivered()


def _start(client: Any, pipe: Pipe, items: list[Item]) -> Delivered:
    how = _own(pipe, "StepFunctionStateMachineParameters").get("InvocationType", SYNCHRONOUS)
    machine = pipe.settings["Target"]
    if how == SYNCHRONOUS:
        return run(client, machine, whole(items))
    client.start_execution(stateMachineArn=machine, input=whole(items).decode())
    return Delivered()


def _send(client: Any, pipe: Pipe, items: list[Item]) -> Delivered:
    given = _own(pipe, "SqsQueueParameters")
    entries = [
        {
            "Id": str(number),
            "MessageBody": each.text,
            **{name: resolved(value, each.view) for name, value in given.items()},
        }
        for number, each in enumerate(items)
    ]
    answer = client.send_message_batch(
        QueueUrl=queue_url(client, pipe.settings["Target"]), Entries=entries
    )
    return Delivered(tuple(int(each["Id"]) for each in answer.get("Failed") or []))


def _publish(client: Any, pipe: Pipe, items: list[Item]) -> Delivered:
    entries = [{"Id": str(number), "Message": each.text} for number, each in enumerate(items)]
    answer = client.publish_batch(
        TopicArn=pipe.settings["Target"], PublishBatchRequestEntries=entries
    )
    return Delivered(tuple(int(each["Id"]) for each in answer.get("Failed") or []))


def _put_events(client: Any, pipe: Pipe, items: list[Item]) -> Delivered:
    given = _own(pipe, "EventBridgeEventBusParameters")
    source = given.get("Source") or f"Pipe {pipe.name}"
    kind = given.get("DetailType") or f"Event from aws:{pipe.source}"
    entries = []
    for each in items:
        entry: Members = {
            "EventBusName": pipe.settings["Target"],
            "Source": resolved(source, each.view),
            "DetailType": resolved(kind, each.view),
            "Detail": each.text,
            "Resources": [resolved(one, each.view) for one in given.get("Resources") or []],
        }
        if given.get("Time"):
            entry["Time"] = _moment(find(given["Time"], each.view))
        entries.append(entry)
    answer = client.put_events(Entries=entries)["Entries"]
    return Delivered(tuple(number for number, each in enumerate(answer) if each.get("ErrorCode")))


def _put_records(client: Any, pipe: Pipe, items: list[Item]) -> Delivered:
    key = _own(pipe, "KinesisStreamParameters")["PartitionKey"]
    records = [
        {"Data": each.text.encode(), "PartitionKey": resolved(key, each.view)} for each in items
    ]
    answer = client.put_records(StreamARN=pipe.settings["Target"], Records=records)["Records"]
    return Delivered(tuple(number for number, each in enumerate(answer) if each.get("ErrorCode")))


def _put_log_events(client: Any, pipe: Pipe, items: list[Item]) -> Delivered:
    given = _own(pipe, "CloudWatchLogsParameters")
    group = pipe.settings["Target"].split(":", 6)[6].removesuffix(":*")
    streams: dict[str, list[Members]] = {}
    for each in items:
        at = find(given["Timestamp"], each.view) if given.get("Timestamp") else None
        written = _moment(at).timestamp() if given.get("Timestamp") else time.time()
        event = {"timestamp": int(written * 1000), "message": each.text}
        streams.setdefault(resolved(given["LogStreamName"], each.view), []).append(event)
    for name, events in streams.items():
        try:
            client.create_log_stream(logGroupName=group, logStreamName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                raise
        client.put_log_events(
            logGroupName=group,
            logStreamName=name,
            logEvents=sorted(events, key=lambda each: each["timestamp"]),
        )
    return Delivered()


def _moment(found: Any) -> datetime:
    """A time: milliseconds or seconds since 1970, or ISO 8601. Raises ValueError."""
    if found is NOTHING or found is None:
        raise ValueError("The time's path finds nothing.")
    try:
        seconds = float(found)
    except (TypeError, ValueError):
        moment = datetime.fromisoformat(str(found))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # Milliseconds of any year after 1973 are larger than seconds of any year before 5138.
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)


Deliver = Callable[[Any, Pipe, list[Item]], Delivered]
DELIVER: dict[str, Deliver] = {
    "events": _put_events,
    "kinesis": _put_records,
    "lambda": _invoke,
    "logs": _put_log_events,
    "sns": _publish,
    "sqs": _send,
    "states": _start,
}
