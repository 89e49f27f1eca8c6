"""What a schedule calls at its target, with the rights of its execution role.

Sources: EventBridge Scheduler User Guide, "Templated targets", "Universal targets" and "Adding
context attributes" (read 2026-11): Lambda is invoked asynchronously. The notification without an
Input: API reference, Target; its members: public recordings of 2022 to 2025.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from ..iam.account import ACCOUNT_ID
from ..iam.role_client import RoleClients, queue_url
from .schedule import Members, Schedule
from .target_kinds import templated, universal


def shown_time(moment: float) -> str:
    """A time as AWS writes it: ``2026-11-30T08:00:00Z``."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def text_of(schedule: Schedule, due: float, execution: str, attempt: int) -> str:
    """The Input with its context attributes filled in; without one, AWS's notification."""
    given = schedule.target.get("Input")
    time = shown_time(due)
    if given is None:
        return json.dumps(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": ACCOUNT_ID,
                "time": time,
                "region": schedule.group.region,
                "resources": [schedule.arn],
                "detail": "{}",
            }
        )
    text = str(given)
    for name, value in (
        ("schedule-arn", schedule.arn),
        ("scheduled-time", time),
        ("execution-id", execution),
        ("attempt-number", str(attempt)),
    ):
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def call(clients: RoleClients, schedule: Schedule, text: str) -> None:
    """Invoke the target. Raises botocore's errors. Called on worker threads."""
    target = schedule.target
    arn, role, region = target["Arn"], target["RoleArn"], schedule.group.region
    operation = universal(arn)
    if operation is not None:
        client = clients.client(operation.service, role, schedule.name, region)
        shape = client.meta.service_model.operation_model(operation.operation).input_shape
        given = {} if target.get("Input") is None else json.loads(text)
        method = getattr(client, xform_name(operation.operation))
        method(**(_members(shape, given) if shape is not None else {}))
        return
    service = templated(arn)
    name = "stepfunctions" if service == "states" else service
    client = clients.client(name, role, schedule.name, arn.split(":")[3])
    CALLS[service](client, target, text)


def _invoke(client: Any, target: Members, text: str) -> None:
    client.invoke(FunctionName=target["Arn"], InvocationType="Event", Payload=text.encode())


def _send(client: Any, target: Members, text: str) -> None:
    client.send_message(
        QueueUrl=queue_url(client, target["Arn"]),
        MessageBody=text,
        **(target.get("SqsParameters") or {}),
    )


def _publish(client: Any, target: Members, text: str) -> None:
    client.publish(TopicArn=target["Arn"], Message=text)


def _put_events(client: Any, target: Members, text: str) -> None:
    entry = {**target["EventBridgeParameters"], "Detail": text, "EventBusName": target["Arn"]}
    for failed in client.put_events(Entries=[entry])["Entries"]:
        if failed.get("ErrorCode"):
            raise RefusedEvent(failed["ErrorCode"], failed.get("ErrorMessage") or "")


def _start(client: Any, target: Members, text: str) -> None:
    client.start_execution(stateMachineArn=target["Arn"], input=text)


def _put_record(client: Any, target: Members, text: str) -> None:
    client.put_record(StreamARN=target["Arn"], Data=text.encode(), **target["KinesisParameters"])


def _deliver(client: Any, target: Members, text: str) -> None:
    name = target["Arn"].rpartition("/")[2]
    client.put_record(DeliveryStreamName=name, Record={"Data": text.encode()})


CALLS = {
    "lambda": _invoke,
    "sqs": _send,
    "sns": _publish,
    "events": _put_events,
    "states": _start,
    "kinesis": _put_record,
    "firehose": _deliver,
}


class RefusedEvent(Exception):
    """PutEvents answered 200 and refused the event."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _members(shape: Any, value: Any) -> Any:
    """A JSON value as botocore takes it: names of members begin as its model has them (those of
    the SDK for Java begin with a capital), and blobs are bytes."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        known = {name[:1].upper() + name[1:]: name for name in shape.members}
        found = {}
        for name, each in value.items():
            own = known.get(name[:1].upper() + name[1:], name)
            member = shape.members.get(own)
            found[own] = each if member is None else _members(member, each)
        return found
    if shape.type_name == "list" and isinstance(value, list):
        return [_members(shape.member, each) for each in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: _members(shape.value, each) for key, each in value.items()}
    if shape.type_name == "blob" and isinstance(value, str):
        return value.encode()
    return value
