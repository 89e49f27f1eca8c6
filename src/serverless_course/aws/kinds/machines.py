"""State machines of Step Functions."""

from __future__ import annotations

from collections.abc import Iterable

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind
from serverless_course.waiting import until

# AWS deletes a state machine when its executions have ended; it stops them itself.
PATIENCE_S = 60.0


def _listed(cloud: Cloud) -> Iterable[tuple[str, str]]:
    """Name and ARN of each state machine."""
    for page in cloud.client("stepfunctions").get_paginator("list_state_machines").paginate():
        yield from ((each["name"], each["stateMachineArn"]) for each in page["stateMachines"])


def _names(cloud: Cloud, _: str) -> Iterable[str]:
    return (name for name, _ in _listed(cloud))


def _machine(cloud: Cloud, name: str) -> list[Instance]:
    client = cloud.client("stepfunctions")
    return [
        Instance(
            arn,
            {
                tag["key"]: tag["value"]
                for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]
            },
        )
        for found, arn in _listed(cloud)
        if found == name
    ]


def _delete(cloud: Cloud, arn: str) -> None:
    cloud.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
    until(lambda: arn not in (found for _, found in _listed(cloud)), PATIENCE_S)


STATE_MACHINE = Kind("state machine", _names, _machine, _delete)
