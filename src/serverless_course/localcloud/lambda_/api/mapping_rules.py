"""What an event source mapping may say, and which source may feed it, in AWS's words.

Sources (read 2026-11): Lambda API reference, CreateEventSourceMapping; Developer Guide, the pages
"Lambda parameters for Amazon SQS / Kinesis / DynamoDB event source mappings" and those on
permissions. Messages as AWS was recorded to send them; where no recording is known, ours.
"""

from __future__ import annotations

from typing import Any

from ...moto_seam.stream_consumers import CONSUMER, stream_of
from ...wire.errors import ServiceError
from ..event_sources.filters import MAX_FILTERS, Filters, InvalidEventPattern
from .event_invoke_config import ACTIONS as DESTINATION_ACTIONS
from .plane import ControlPlane

SERVICES = ("sqs", "kinesis", "dynamodb")
STREAM_DEFAULTS: dict[str, Any] = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
    "DestinationConfig": {"OnFailure": {}},
}
QUEUE_DEFAULTS: dict[str, Any] = {
    "BatchSize": 10,
    "MaximumBatchingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}
# Settings that a client may change later, by what they are for.
FOR_ALL = (
    "BatchSize",
    "FilterCriteria",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
)
FOR_QUEUES = ("ScalingConfig",)
FOR_STREAMS = (
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "TumblingWindowInSeconds",
)
NOT_OFFERED = (
    "AmazonManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "KMSKeyArn",
    "LoggingConfig",
    "MetricsConfig",
    "ProvisionedPollerConfig",
    "Queues",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "Topics",
)
# What the execution role must be allowed on the source, and how AWS says that it is not.
QUEUE_ACTIONS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
STREAM_ACTIONS = {
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards", "ListStreams"),
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"),
}
SMALLEST_RECORD_AGE_S = 60


def refused(message: str) -> ServiceError:
    """InvalidParameterValueException (400)."""
    return ServiceError("InvalidParameterValueException", message, fields={"Type": "User"})


def service_of(arn: str | None) -> str:
    """``sqs``, ``kinesis`` or ``dynamodb``. Raises `ServiceError` for every other source."""
    if not arn or arn.count(":") < 5:
        raise refused("Unrecognized event source.")
    service = arn.split(":")[2]
    if service not in SERVICES:
        raise refused(
            "The embedded cloud offers event source mappings for SQS queues, Kinesis data streams "
            f"and DynamoDB streams, not for {service}."
        )
    return service


def check_given(service: str, arn: str, given: dict[str, Any]) -> None:
    """Refuse parameters that do not fit the kind of source."""
    for name in NOT_OFFERED:
        if given.get(name):
            raise refused(
                f"The embedded cloud does not offer {name} for event source mappings. "
                "docs/event-sources.md lists what it does offer."
            )
    if given.get("TumblingWindowInSeconds"):
        raise refused(
            "The embedded cloud does not offer tumbling windows: leave out "
            "TumblingWindowInSeconds, or keep the window's state in your own table."
        )
    if (given.get("DestinationConfig") or {}).get("OnSuccess"):
        raise refused(
            "Unsupported DestinationConfig parameter for given event source mapping type."
        )
    other = FOR_STREAMS if service == "sqs" else FOR_QUEUES
    for name in other:
        if given.get(name):
            raise refused(f"Unsupported {name} parameter for given event source mapping type.")
    _check_start(service, arn, given)


def _check_start(service: str, arn: str, given: dict[str, Any]) -> None:
    position, at = given.get("StartingPosition"), given.get("StartingPositionTimestamp")
    if service == "sqs":
        if position or at is not None:
            raise refused("StartingPosition is not valid for SQS event sources.")
        return
    if at is not None and position != "AT_TIMESTAMP":
        raise refused("Timestamp only valid with StartingPosition AT_TIMESTAMP")
    if position != "AT_TIMESTAMP":
        return
    if service == "dynamodb":
        raise refused(f"Unsupported starting position for arn type: {arn}")
    if at is None:
        raise refused("StartingPositionTimestamp is required with StartingPosition AT_TIMESTAMP")
    if at < 0:
        raise refused(
            "Received Exception while reading from provided stream. class java.lang.Long can not "
            "be converted to a Timestamp"
        )


def check_settings(service: str, arn: str, mapping: dict[str, Any]) -> None:
    """Refuse settings that contradict each other; ``mapping`` is what they would amount to."""
    batch_size = mapping["BatchSize"]
    window_s = mapping["MaximumBatchingWindowInSeconds"]
    if service == "sqs":
        fifo = arn.endswith(".fifo")
        if fifo and window_s:
            raise refused("Batching window is not supported for FIFO queues")
        if fifo and batch_size > 10:
            raise refused("Batch size must not exceed 10 for FIFO queues")
        if batch_size > 10 and not window_s:
            raise refused(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
                "greater than 10"
            )
    elif -1 < mapping["MaximumRecordAgeInSeconds"] < SMALLEST_RECORD_AGE_S:
        raise refused(
            "MaximumRecordAgeInSeconds must be -1, or between 60 and 604800: values between are "
            "not allowed."
        )
    filters = (mapping.get("FilterCriteria") or {}).get("Filters") or []
    if len(filters) > MAX_FILTERS:
        raise refused(f"An event source mapping has at most {MAX_FILTERS} filters.")
    try:
        Filters.of(service, mapping.get("FilterCriteria"))
    except InvalidEventPattern as error:
        raise refused("Invalid filter pattern definition.") from error


def check_source(
    plane: ControlPlane, service: str, arn: str, region: str, function: dict[str, Any]
) -> None:
    """Refuse a source that does not exist, or that the function's role may not read.

    ``function`` are the members of its FunctionConfiguration.
    """
    role = function["Role"]
    if arn.split(":")[3] != region:
        raise refused(f"The event source must be in the function's region ({region}): {arn}")
    if service != "sqs":
        if plane.services.streams.look(arn) is None:
            raise refused(f"Stream not found: {arn}")
        if CONSUMER in arn:
            _check_consumer(plane, role, arn)
            return
        actions = STREAM_ACTIONS[service]
        if not all(
            plane.services.identity.role_allows(role, f"{service}:{each}", arn) for each in actions
        ):
            listed = f"{', '.join(actions[:-1])}, and {actions[-1]}"
            raise refused(
                f"Cannot access stream {arn}. Please ensure the role can perform the {listed} "
                "Actions on your stream in IAM."
            )
        return
    queue = plane.services.queues.look(region, arn.split(":")[5])
    for action in QUEUE_ACTIONS:
        if not plane.services.identity.role_allows(role, f"sqs:{action}", arn):
            raise refused(
                f"The provided execution role does not have permissions to call {action} on SQS"
            )
    if queue is None:
        raise refused(
            "Error occurred while ReceiveMessage. SQS Error Code: "
            "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does "
            "not exist."
        )
    if queue.visibility_timeout_s < function["Timeout"]:
        raise refused(
            f"Queue visibility timeout: {queue.visibility_timeout_s} seconds is less than "
            f"Function timeout: {function['Timeout']} seconds"
        )


def _check_consumer(plane: ControlPlane, role: str, arn: str) -> None:
    """Refuse a role that may not read a consumer: what is needed as reported, the words ours."""
    needed = [("SubscribeToShard", arn)]
    needed += [(action, stream_of(arn)) for action in ("DescribeStreamSummary", "ListShards")]
    for action, resource in needed:
        if not plane.services.identity.role_allows(role, f"kinesis:{action}", resource):
            raise refused(
                f"Cannot access stream consumer {arn}. Please ensure the role can perform the "
                f"{action} Action on {resource} in IAM."
            )


def check_destination(plane: ControlPlane, role: str, config: dict[str, Any] | None) -> None:
    """Refuse an on-failure destination that is none, or that the role may not send to."""
    arn = ((config or {}).get("OnFailure") or {}).get("Destination")
    if not arn:
        return
    service = arn.split(":")[2] if arn.count(":") >= 5 else ""
    if service not in ("sqs", "sns", "s3") or arn.endswith(".fifo"):
        raise refused(
            f"The destination ARN {arn} is invalid: discarded records can go to a standard SQS "
            "queue, a standard SNS topic or an S3 bucket."
        )
    action = DESTINATION_ACTIONS[service]
    resource = f"{arn}/*" if service == "s3" else arn
    if not plane.services.identity.role_allows(role, action, resource):
        raise refused(
            "The provided execution role does not have permissions to call "
            f"{action.partition(':')[2]} on {service.upper()}"
        )
