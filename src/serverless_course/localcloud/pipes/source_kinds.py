"""Which sources a pipe may have, what each is given, and whether the pipe's role may read it.

Sources: Pipes API reference, PipeSourceParameters; EventBridge User Guide, "Amazon EventBridge
Pipes sources" (read 2026-11). The reasons that begin with "Input parameter is invalid from the
request": public error reports of 2023 and 2024 for a queue, a stream and a dead-letter queue; for
what is not there they are Lambda's words for event source mappings. The limits of a queue's batches
are Lambda's too: Pipes' pages say nothing else of them.
"""

from __future__ import annotations

from typing import Any

from ..lambda_.event_sources.filters import Filters, InvalidEventPattern
from ..lambda_.event_sources.settings import Settings
from ..moto_seam import Services
from ..moto_seam.stream_consumers import CONSUMER, stream_of
from .pipe import Members, Pipe
from .refusals import MISSING, Problems, not_offered

SERVICE = "pipes.amazonaws.com"
PARAMETERS = {
    "sqs": "SqsQueueParameters",
    "kinesis": "KinesisStreamParameters",
    "dynamodb": "DynamoDBStreamParameters",
}
ELSEWHERE = (
    *("ActiveMQBrokerParameters", "RabbitMQBrokerParameters"),
    *("ManagedStreamingKafkaParameters", "SelfManagedKafkaParameters"),
)
BATCH_SIZES = {"sqs": 10, "kinesis": 100, "dynamodb": 100}
MOST_WITHOUT_WINDOW = 10
SMALLEST_AGE_S, LARGEST_AGE_S = 60, 604_800
INVALID = "Input parameter is invalid from the request due to : "
QUEUE_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
READ_STREAM = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
STREAM_ACTIONS = {
    "kinesis": (*READ_STREAM, "DescribeStreamSummary", "ListShards"),
    "dynamodb": READ_STREAM,
}
CONSUMER_ACTIONS = ("DescribeStreamSummary", "ListShards")


def service_of(arn: str) -> str:
    """``sqs``, ``kinesis`` or ``dynamodb``. Raises `ServiceError` for every other source."""
    service = arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") >= 5 else ""
    if service not in PARAMETERS:
        raise not_offered(f"the source {arn}")
    return service


def refuse_elsewhere(parameters: Members) -> None:
    """Refuse parameters of sources that are not offered. Raises `ServiceError`."""
    for name in ELSEWHERE:
        if parameters.get(name) is not None:
            raise not_offered(f"the member {name}")


def with_defaults(service: str, parameters: Members) -> Members:
    """SourceParameters with AWS's batch size."""
    name = PARAMETERS[service]
    own = {"BatchSize": BATCH_SIZES[service], **(parameters.get(name) or {})}
    return {**parameters, name: own}


def problems(source: str, region: str, parameters: Members) -> Problems:
    """What is wrong with a source and its parameters, as they were given."""
    service = service_of(source)
    found: Problems = []
    if source.split(":")[3] != region:
        found.append(("Source", f"The source must be in the pipe's region ({region})."))
    name = PARAMETERS[service]
    for other in sorted(set(PARAMETERS.values()) - {name}):
        if parameters.get(other) is not None:
            found.append((f"SourceParameters.{other}", "The source does not take this parameter."))
    given = parameters.get(name)
    if given is None and service != "sqs":
        found.append((f"SourceParameters.{name}", MISSING))
    if service == "sqs":
        found += _queue_problems(source, given or {})
    else:
        found += _stream_problems(name, given or {})
    try:
        Filters.of(service, parameters.get("FilterCriteria"))
    except InvalidEventPattern as error:
        found.append(("SourceParameters.FilterCriteria", f"Invalid filter pattern: {error}"))
    return found


def _queue_problems(source: str, given: Members) -> Problems:
    batch_size = given.get("BatchSize", BATCH_SIZES["sqs"])
    window_s = given.get("MaximumBatchingWindowInSeconds", 0)
    large, window = "SourceParameters.BatchSize", "SourceParameters.MaximumBatchingWindowInSeconds"
    found: Problems = []
    if _is_fifo(source) and window_s:
        found.append((window, "Batching window is not supported for FIFO queues"))
    if _is_fifo(source) and batch_size > MOST_WITHOUT_WINDOW:
        found.append((large, "Batch size must not exceed 10 for FIFO queues"))
    elif batch_size > MOST_WITHOUT_WINDOW and not window_s:
        text = (
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
            "greater than 10"
        )
        found.append((window, text))
    return found


def _stream_problems(name: str, given: Members) -> Problems:
    found: Problems = []
    age_s = given.get("MaximumRecordAgeInSeconds", -1)
    if age_s != -1:
        if not SMALLEST_AGE_S <= age_s <= LARGEST_AGE_S:
            text = (
                "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 "
                "(inclusive)"
            )
            found.append(("MaximumRecordAgeInSeconds", text))
        if given.get("MaximumBatchingWindowInSeconds", 0) >= age_s:
            text = "MaximumBatchingWindowInSeconds must be less than MaximumRecordAgeInSeconds."
            found.append(("MaximumBatchingWindowInSeconds", text))
    at, position = given.get("StartingPositionTimestamp"), given.get("StartingPosition")
    timestamp = f"SourceParameters.{name}.StartingPositionTimestamp"
    if position == "AT_TIMESTAMP" and at is None:
        found.append((timestamp, MISSING))
    elif position != "AT_TIMESTAMP" and at is not None:
        found.append((timestamp, "Only AT_TIMESTAMP takes a timestamp."))
    letters = (given.get("DeadLetterConfig") or {}).get("Arn")
    if letters is not None and (letters.split(":")[2] not in ("sqs", "sns") or _is_fifo(letters)):
        text = "A dead-letter queue is a standard SQS queue or a standard SNS topic."
        found.append((f"SourceParameters.{name}.DeadLetterConfig", text))
    return found


def reason(services: Services, pipe: Pipe) -> str:
    """Why the pipe cannot read its source, as StateReason says it; "" when it can."""
    role = pipe.settings["RoleArn"]
    if not services.identity.trusts_service(role, SERVICE, pipe.arn):
        return f"{INVALID}Pipes is not authorized to assume the role {role}"
    return (_queue_reason if pipe.source == "sqs" else _stream_reason)(services, pipe)


def _queue_reason(services: Services, pipe: Pipe) -> str:
    role, arn = pipe.settings["RoleArn"], pipe.settings["Source"]
    for action in QUEUE_ACTIONS:
        if not services.identity.role_allows(role, f"sqs:{action}", arn):
            text = f"The provided customer role does not have permissions to call {action}"
            return f"{INVALID}{text} on SQS"
    if services.queues.look(pipe.region, arn.split(":")[5]) is None:
        return (
            f"{INVALID}Error occurred while ReceiveMessage. SQS Error Code: "
            "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does "
            "not exist."
        )
    return ""


def _stream_reason(services: Services, pipe: Pipe) -> str:
    role, arn = pipe.settings["RoleArn"], pipe.settings["Source"]
    allows = services.identity.role_allows
    if services.streams.look(arn) is None:
        return f"{INVALID}Stream not found: {arn}"
    if not all(allows(role, action, resource) for action, resource in _needed(pipe.source, arn)):
        return (
            f"{INVALID}Cannot access stream {arn}. Please ensure the customer role can perform "
            "actions on source stream"
        )
    return _letters_reason(services, pipe)


def _needed(service: str, arn: str) -> list[tuple[str, str]]:
    """The actions and resources that reading a stream, or a consumer of it, needs."""
    if CONSUMER in arn:
        own = [(f"kinesis:{action}", stream_of(arn)) for action in CONSUMER_ACTIONS]
        return [("kinesis:SubscribeToShard", arn), *own]
    return [(f"{service}:{action}", arn) for action in STREAM_ACTIONS[service]]


def _letters_reason(services: Services, pipe: Pipe) -> str:
    given = pipe.settings["SourceParameters"][PARAMETERS[pipe.source]]
    letters = (given.get("DeadLetterConfig") or {}).get("Arn")
    if letters is None:
        return ""
    is_queue = letters.split(":")[2] == "sqs"
    action = "sqs:SendMessage" if is_queue else "sns:Publish"
    there = not is_queue or services.queues.look(*letters.split(":")[3:6:2]) is not None
    if there and services.identity.role_allows(pipe.settings["RoleArn"], action, letters):
        return ""
    what = "sending message to SQS queue" if is_queue else "publishing message to SNS topic"
    return f"{INVALID}Error occurred while {what}: {letters}"


def poller_settings(pipe: Pipe) -> Settings:
    """What the poller of the pipe's source reads."""
    parameters = pipe.settings["SourceParameters"]
    given: dict[str, Any] = parameters[PARAMETERS[pipe.source]]
    return Settings(
        uuid=pipe.key,
        region=pipe.region,
        source_arn=pipe.settings["Source"],
        function_arn="",
        batch_size=given["BatchSize"],
        window_s=given.get("MaximumBatchingWindowInSeconds", 0),
        filters=Filters.of(pipe.source, parameters.get("FilterCriteria")),
        report_failures=True,
        starting_position=given.get("StartingPosition", ""),
        starting_timestamp=given.get("StartingPositionTimestamp"),
        parallelization=given.get("ParallelizationFactor", 1),
        maximum_retries=given.get("MaximumRetryAttempts", -1),
        maximum_age_s=given.get("MaximumRecordAgeInSeconds", -1),
        bisect=given.get("OnPartialBatchItemFailure") == "AUTOMATIC_BISECT",
        on_failure=(given.get("DeadLetterConfig") or {}).get("Arn", ""),
        only_failed=True,
    )


def _is_fifo(arn: str) -> bool:
    return arn.endswith(".fifo")
