"""What a checkpoint of a durable execution costs, while its operations become more.

The function calls the API itself, without the SDK: each checkpoint ends one step with 1 KB. A
plain call of the same client is measured in turns with it.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from .cloud import BenchCloud, running

POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicDurableExecutionRolePolicy"
STEPS = 1000
SOURCE = """
import json, time
import boto3
lam = boto3.client("lambda")
def handler(event, context):
    arn, token = event["DurableExecutionArn"], event["CheckpointToken"]
    found, payload = [], json.dumps("x" * 1000)
    steps = json.loads(event["InitialExecutionState"]["Operations"][0]
                       ["ExecutionDetails"]["InputPayload"])["steps"]
    for n in range(steps):
        update = {"Id": f"s{n}", "Type": "STEP", "Action": "SUCCEED", "Payload": payload}
        began = time.perf_counter()
        token = lam.checkpoint_durable_execution(
            DurableExecutionArn=arn, CheckpointToken=token, Updates=[update])["CheckpointToken"]
        middle = time.perf_counter()
        lam.get_durable_execution_state(DurableExecutionArn=arn, CheckpointToken=token, MaxItems=1)
        found.append(((middle - began) * 1e3, (time.perf_counter() - middle) * 1e3))
    return {"Status": "SUCCEEDED", "Result": json.dumps(found)}
"""


def bench() -> None:
    """Print medians of the first and of the last hundred checkpoints."""
    with running() as cloud:
        function = _create(cloud)
        found = _measured(cloud.client("lambda"), function)
    print(f"\nCheckpoint of a durable execution, {STEPS} steps of 1 KB, from inside the function")
    for name, part in (("first", found[:100]), ("last", found[-100:])):
        checkpoint, read = (statistics.median(column) for column in zip(*part, strict=True))
        p90 = sorted(each[0] for each in part)[89]
        print(
            f"  the {name} 100: median {checkpoint:.2f} ms (p90 {p90:.2f}), "
            f"one operation read {read:.2f} ms"
        )


def _create(cloud: BenchCloud) -> str:
    config = {"ExecutionTimeout": 86_400}
    cloud.create("durable", SOURCE, MemorySize=1769, Timeout=120, DurableConfig=config)
    cloud.client("iam").attach_role_policy(RoleName="bench", PolicyArn=POLICY)
    return "durable:$LATEST"


def _measured(client: Any, function: str) -> list[tuple[float, float]]:
    """Milliseconds of each checkpoint, and of the read after it."""
    arn = client.invoke(
        FunctionName=function, InvocationType="Event", Payload=json.dumps({"steps": STEPS})
    )["DurableExecutionArn"]
    while (now := client.get_durable_execution(DurableExecutionArn=arn))["Status"] == "RUNNING":
        time.sleep(0.5)
    if now["Status"] != "SUCCEEDED":
        raise RuntimeError(f"the execution ended as {now['Status']}: {now.get('Error')}")
    return [(one, two) for one, two in json.loads(now["Result"])]


if __name__ == "__main__":
    bench()
