"""Which targets and enrichments a pipe may have, and what each needs.

Sources: Pipes API reference, PipeTargetParameters; EventBridge User Guide, "Amazon EventBridge
Pipes targets" and "batching and concurrency" (read 2026-11).
"""

from __future__ import annotations

import re

from . import templates
from .pipe import Members
from .refusals import MISSING, Problems, not_offered

_ARN = re.compile(r"arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d{12}|):(.+)", re.ASCII)
# By the service in the ARN, and how the rest of the ARN looks.
KINDS = {
    "events": re.compile(r"event-bus/[^:]+", re.ASCII),
    "kinesis": re.compile(r"stream/[\w.-]+", re.ASCII),
    "lambda": re.compile(r"function:[\w-]+(?::(?:\$LATEST|[\w-]+))?", re.ASCII),
    "logs": re.compile(r"log-group:[\w./#-]+(?::\*)?", re.ASCII),
    "sns": re.compile(r"[\w-]+(?:\.fifo)?", re.ASCII),
    "sqs": re.compile(r"[\w-]+(?:\.fifo)?", re.ASCII),
    "states": re.compile(r"stateMachine:[^:]+(?::[^:]+)?", re.ASCII),
}
ENRICHMENTS = frozenset({"lambda", "states"})
# How many records of a batch each takes at once; functions and state machines take any number.
MOST = {"events": 10, "kinesis": 500, "logs": 10_000, "sns": 10, "sqs": 10}
PARAMETERS = {
    "CloudWatchLogsParameters": "logs",
    "EventBridgeEventBusParameters": "events",
    "KinesisStreamParameters": "kinesis",
    "LambdaFunctionParameters": "lambda",
    "SqsQueueParameters": "sqs",
    "StepFunctionStateMachineParameters": "states",
}
ELSEWHERE = (
    *("BatchJobParameters", "EcsTaskParameters", "HttpParameters", "RedshiftDataParameters"),
    *("SageMakerPipelineParameters", "TimestreamParameters"),
)


def service_of(arn: str, what: str = "target") -> str:
    """The service in an ARN that is offered. Raises `ServiceError` for another one."""
    found = _ARN.fullmatch(arn)
    service = found[1] if found else ""
    offered = ENRICHMENTS if what == "enrichment" else KINDS.keys()
    if found is None or service not in offered or not KINDS[service].fullmatch(found[4]):
        raise not_offered(f"the {what} {arn}")
    return service


def refuse_elsewhere(given: Members) -> None:
    """Refuse members that belong to what is not offered. Raises `ServiceError`."""
    parameters = given.get("TargetParameters") or {}
    for name in ELSEWHERE:
        if parameters.get(name) is not None:
            raise not_offered(f"the member {name}")
    if (parameters.get("EventBridgeEventBusParameters") or {}).get("EndpointId"):
        raise not_offered("the member EndpointId")
    if (given.get("EnrichmentParameters") or {}).get("HttpParameters") is not None:
        raise not_offered("the member HttpParameters")


def problems(given: Members, region: str, batch_size: int) -> Problems:
    """What is wrong with the target, the enrichment and their parameters."""
    target, parameters = str(given["Target"]), given.get("TargetParameters") or {}
    service = service_of(target)
    found: Problems = []
    for name, needed in PARAMETERS.items():
        if parameters.get(name) is not None and needed != service:
            found.append((f"TargetParameters.{name}", "The target does not take this parameter."))
    found += _of_one_kind(service, target, parameters)
    if batch_size > MOST.get(service, batch_size):
        text = f"The batch size of the source exceeds the {MOST[service]} that the target takes."
        found.append(("SourceParameters.BatchSize", text))
    if target.split(":")[3] != region:
        found.append(("Target", f"The target must be in the pipe's region ({region})."))
    enrichment = given.get("Enrichment")
    if enrichment:
        service_of(str(enrichment), "enrichment")
    for name in ("EnrichmentParameters", "TargetParameters"):
        text = templates.problem((given.get(name) or {}).get("InputTemplate") or "")
        if text:
            found.append((f"{name}.InputTemplate", text))
    return found


def _of_one_kind(service: str, target: str, parameters: Members) -> Problems:
    if service == "kinesis" and parameters.get("KinesisStreamParameters") is None:
        return [("TargetParameters.KinesisStreamParameters", MISSING)]
    if service == "sns" and target.endswith(".fifo"):
        return [("Target", "EventBridge Pipes does not support FIFO topics.")]
    if service == "sqs":
        group = (parameters.get("SqsQueueParameters") or {}).get("MessageGroupId")
        if target.endswith(".fifo") and not group:
            return [("TargetParameters.SqsQueueParameters.MessageGroupId", MISSING)]
    given = parameters.get("CloudWatchLogsParameters") or {}
    if service == "logs" and not given.get("LogStreamName"):
        raise not_offered("a log group without LogStreamName as target")
    return []
