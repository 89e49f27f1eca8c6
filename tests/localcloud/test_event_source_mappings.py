"""The API of event source mappings.

Sources: botocore's lambda/2015-03-31 (EventSourceMappingConfiguration); Lambda API reference and
Developer Guide, "Lambda parameters for Amazon SQS / Kinesis / DynamoDB event source mappings"
(read 2026-11). Messages marked R were recorded from AWS; those without are ours.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mapped import Mapped, Queue, name, open_role, role_with
from running_cloud import RunningCloud, wait_for

NOTHING = "def handler(event, context): return None\n"


@pytest.fixture(scope="module")
def role(one_cloud: RunningCloud) -> str:
    return open_role(one_cloud)


@pytest.fixture(scope="module")
def function(one_cloud: RunningCloud, role: str) -> str:
    return one_cloud.create(NOTHING, Role=role, Timeout=1)


@pytest.fixture(scope="module")
def stream(one_cloud: RunningCloud) -> str:
    client = one_cloud.client("kinesis")
    client.create_stream(StreamName=(stream_name := name("s")), ShardCount=1)
    found = client.describe_stream_summary(StreamName=stream_name)
    return str(found["StreamDescriptionSummary"]["StreamARN"])


@pytest.fixture(scope="module")
def table_stream(one_cloud: RunningCloud) -> str:
    made = one_cloud.client("dynamodb").create_table(
        TableName=name("t"),
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return str(made["TableDescription"]["LatestStreamArn"])


@pytest.fixture
def queue(one_cloud: RunningCloud) -> Queue:
    return Queue(one_cloud)


class Api:
    """Creates mappings that are deleted after the test."""

    def __init__(self, cloud: RunningCloud, function: str) -> None:
        self.client = cloud.client("lambda")
        self.function = function
        self.made: list[str] = []

    def create(self, arn: str | None, **settings: Any) -> dict[str, Any]:
        given = {"FunctionName": self.function, **settings}
        if arn is not None:
            given["EventSourceArn"] = arn
        answer = self.client.create_event_source_mapping(**given)
        self.made.append(answer["UUID"])
        return members(answer)

    def steady(self, uuid: str) -> str:
        wait_for(lambda: self.get(uuid)["State"] in ("Enabled", "Disabled"))
        return str(self.get(uuid)["State"])

    def get(self, uuid: str) -> dict[str, Any]:
        return members(self.client.get_event_source_mapping(UUID=uuid))

    def update(self, uuid: str, **changes: Any) -> dict[str, Any]:
        return members(self.client.update_event_source_mapping(UUID=uuid, **changes))

    def delete(self, uuid: str) -> dict[str, Any]:
        return members(self.client.delete_event_source_mapping(UUID=uuid))


@pytest.fixture
def api(one_cloud: RunningCloud, function: str) -> Iterator[Api]:
    found = Api(one_cloud, function)
    yield found
    listed = {
        each["UUID"] for each in found.client.list_event_source_mappings()["EventSourceMappings"]
    }
    for uuid in listed.intersection(found.made):
        found.steady(uuid)
        found.delete(uuid)


def members(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def refusal(call: Any, *arguments: Any, **settings: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as refused:
        call(*arguments, **settings)
    response = refused.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return response["Error"]["Code"], response["Error"]["Message"], status


INVALID = "InvalidParameterValueException"


def test_the_members_of_a_queues_mapping(
    api: Api, queue: Queue, one_cloud: RunningCloud, function: str
) -> None:
    """R: members, defaults, state, reason. A queue's mapping has no LastProcessingResult."""
    made = api.create(queue.arn)
    account = one_cloud.ready["account_id"]
    uuid = made["UUID"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid)
    assert abs(made.pop("LastModified").timestamp() - time.time()) < 5
    assert made == {
        "UUID": uuid,
        "BatchSize": 10,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": queue.arn,
        "FunctionArn": f"arn:aws:lambda:us-east-1:{account}:function:{function}",
        "State": "Creating",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": [],
        "EventSourceMappingArn": f"arn:aws:lambda:us-east-1:{account}:event-source-mapping:{uuid}",
    }
    assert api.steady(uuid) == "Enabled"


def test_the_members_of_a_streams_mapping(api: Api, stream: str) -> None:
    """R: members, defaults, state, reason, first result."""
    made = api.create(stream, StartingPosition="LATEST")
    del made["LastModified"], made["EventSourceMappingArn"], made["FunctionArn"]
    assert made == {
        "UUID": made["UUID"],
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "EventSourceArn": stream,
        "FunctionResponseTypes": [],
        "LastProcessingResult": "No records processed",
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "StartingPosition": "LATEST",
        "State": "Creating",
        "StateTransitionReason": "User action",
        "TumblingWindowInSeconds": 0,
    }


def test_states_from_creating_to_deleting(api: Api, queue: Queue) -> None:
    """API reference, EventSourceMappingConfiguration, State; "in use": R."""
    uuid = api.create(queue.arn)["UUID"]
    in_use = "Cannot {} the event source mapping because it is in use."
    assert refusal(api.update, uuid, BatchSize=5) == (
        "ResourceInUseException",
        in_use.format("update"),
        400,
    )
    assert api.steady(uuid) == "Enabled"
    assert api.update(uuid, BatchSize=5)["State"] == "Updating"
    assert refusal(api.delete, uuid)[:2] == ("ResourceInUseException", in_use.format("delete"))
    assert api.steady(uuid) == "Enabled"
    assert api.get(uuid)["BatchSize"] == 5
    assert api.update(uuid, Enabled=False)["State"] == "Disabling"
    assert api.steady(uuid) == "Disabled"
    assert api.update(uuid, BatchSize=6)["State"] == "Updating"
    assert api.steady(uuid) == "Disabled"
    assert api.update(uuid, Enabled=True)["State"] == "Enabling"
    assert api.steady(uuid) == "Enabled"
    assert api.delete(uuid)["State"] == "Deleting"
    wait_for(lambda: _missing(api, uuid))


def _missing(api: Api, uuid: str) -> bool:
    try:
        api.get(uuid)
    except ClientError:
        return True
    return False


def test_a_mapping_made_disabled_is_disabled_at_once(api: Api, queue: Queue) -> None:
    """R."""
    uuid = api.create(queue.arn, Enabled=False)["UUID"]
    assert api.get(uuid)["State"] == "Disabled"


def test_a_mapping_that_is_not_there(api: Api) -> None:
    """R."""
    for call in (api.get, api.update, api.delete):
        assert refusal(call, "01234567-0123-0123-0123-0123456789ab") == (
            "ResourceNotFoundException",
            "The resource you requested does not exist.",
            404,
        )


def test_a_second_mapping_of_the_same_queue_and_function(api: Api, queue: Queue) -> None:
    """R: status, code and words. Another function, or a version of it, is another pair."""
    uuid = api.create(queue.arn)["UUID"]
    assert refusal(api.create, queue.arn) == (
        "ResourceConflictException",
        f'An event source mapping with SQS arn (" {queue.arn} ") and function '
        f'(" {api.function} ") already exists. Please update or delete the existing mapping with '
        f"UUID {uuid}",
        409,
    )
    version = api.client.publish_version(FunctionName=api.function)["Version"]
    assert api.create(queue.arn, FunctionName=f"{api.function}:{version}")["FunctionArn"].endswith(
        f":{version}"
    )


def test_a_second_mapping_of_the_same_stream_and_function(api: Api, stream: str) -> None:
    """R."""
    uuid = api.create(stream, StartingPosition="LATEST")["UUID"]
    code, message, status = refusal(api.create, stream, StartingPosition="LATEST")
    assert (code, status) == ("ResourceConflictException", 409)
    assert message == (
        f'The event source arn (" {stream} ") and function (" {api.function} ") provided mapping '
        f"already exists. Please update or delete the existing mapping with UUID {uuid}"
    )


# Developer Guide, "Lambda parameters for Amazon SQS event source mappings".
QUEUE_REFUSALS = [
    (
        {"BatchSize": 11},
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
        "than 10",  # R
    ),
    ({"StartingPosition": "LATEST"}, "StartingPosition is not valid for SQS event sources."),  # R
    (
        {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1},
        "StartingPosition is not valid for SQS event sources.",  # R
    ),
    *(
        ({"FilterCriteria": {"Filters": [each]}}, "Invalid filter pattern definition.")  # R
        for each in (
            {"Pattern": "simple string"},
            {},
            {"Pattern": '{"eventSource": "aws:sqs"}'},
            {"Pattern": '{"eventSource": []}'},
        )
    ),
    (
        {"FilterCriteria": {"Filters": [{"Pattern": '{"body": ["x"]}'}] * 11}},
        "An event source mapping has at most 10 filters.",
    ),
    (
        {
            "DestinationConfig": {
                "OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:123456789012:x"}
            }
        },
        "Unsupported DestinationConfig parameter for given event source mapping type.",  # R
    ),
    (
        {"ParallelizationFactor": 2},
        "Unsupported ParallelizationFactor parameter for given event source mapping type.",
    ),
    (
        {"MaximumRetryAttempts": 2},
        "Unsupported MaximumRetryAttempts parameter for given event source mapping type.",
    ),
]


@pytest.mark.parametrize(("settings", "message"), QUEUE_REFUSALS)
def test_what_a_queues_mapping_may_not_say(
    api: Api, queue: Queue, settings: dict[str, Any], message: str
) -> None:
    assert refusal(api.create, queue.arn, **settings) == (INVALID, message, 400)


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"BatchSize": 0}, "at 'batchSize'"),
        ({"BatchSize": 10_001}, "at 'batchSize'"),
        ({"MaximumBatchingWindowInSeconds": 301}, "at 'maximumBatchingWindowInSeconds'"),
        ({"ScalingConfig": {"MaximumConcurrency": 1}}, "at 'scalingConfig.maximumConcurrency'"),
        ({"ScalingConfig": {"MaximumConcurrency": 1001}}, "at 'scalingConfig.maximumConcurrency'"),
        ({"FunctionResponseTypes": ["Other"]}, "functionResponseTypes"),
    ],
)
def test_limits_of_the_service_model(
    one_cloud: RunningCloud, api: Api, queue: Queue, settings: dict[str, Any], part: str
) -> None:
    """botocore's shapes: BatchSize, MaximumBatchingWindowInSeconds, ScalingConfig."""
    from botocore.config import Config

    client = one_cloud.client("lambda", config=Config(parameter_validation=False))
    code, message, status = refusal(
        client.create_event_source_mapping,
        EventSourceArn=queue.arn,
        FunctionName=api.function,
        **settings,
    )
    assert (code, status) == ("ValidationException", 400)
    assert part in message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"MaximumBatchingWindowInSeconds": 1},
            "Batching window is not supported for FIFO queues",  # R
        ),
        ({"BatchSize": 11}, "Batch size must not exceed 10 for FIFO queues"),
    ],
)
def test_what_a_fifo_queues_mapping_may_not_say(
    api: Api, one_cloud: RunningCloud, settings: dict[str, Any], message: str
) -> None:
    fifo = Queue(one_cloud, fifo=True)
    assert refusal(api.create, fifo.arn, **settings)[:2] == (INVALID, message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {},
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null.",  # R
        ),
        (
            {"StartingPosition": "LATEST", "StartingPositionTimestamp": 1},
            "Timestamp only valid with StartingPosition AT_TIMESTAMP",  # R
        ),
        (
            {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": -1},
            "Received Exception while reading from provided stream. class java.lang.Long can not "
            "be converted to a Timestamp",  # R
        ),
        (
            {"StartingPosition": "LATEST", "ScalingConfig": {"MaximumConcurrency": 2}},
            "Unsupported ScalingConfig parameter for given event source mapping type.",
        ),
        (
            {
                "StartingPosition": "LATEST",
                "FilterCriteria": {"Filters": [{"Pattern": '{"data": ["plain"]}'}]},
            },
            "Invalid filter pattern definition.",  # R
        ),
        (
            {"StartingPosition": "LATEST", "MaximumRecordAgeInSeconds": 59},
            "MaximumRecordAgeInSeconds must be -1, or between 60 and 604800: values between are "
            "not allowed.",
        ),
        (
            {"StartingPosition": "LATEST", "TumblingWindowInSeconds": 10},
            "The embedded cloud does not offer tumbling windows: leave out "
            "TumblingWindowInSeconds, or keep the window's state in your own table.",
        ),
    ],
)
def test_what_a_streams_mapping_may_not_say(
    api: Api, stream: str, settings: dict[str, Any], message: str
) -> None:
    assert refusal(api.create, stream, **settings) == (INVALID, message, 400)


def test_a_tables_stream_cannot_be_read_from_a_time(api: Api, table_stream: str) -> None:
    """R."""
    assert refusal(
        api.create, table_stream, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1
    )[:2] == (INVALID, f"Unsupported starting position for arn type: {table_stream}")


def test_sources_that_are_none(api: Api, one_cloud: RunningCloud) -> None:
    account = one_cloud.ready["account_id"]
    assert refusal(api.create, None)[:2] == (INVALID, "Unrecognized event source.")  # R
    missing = f"arn:aws:sqs:us-east-1:{account}:not-there"
    message = refusal(api.create, missing)[1]
    assert message.startswith(
        "Error occurred while ReceiveMessage. SQS Error Code: "
        "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not "
        "exist"  # R
    )
    for arn in (
        f"arn:aws:kinesis:us-east-1:{account}:stream/not-there",
        f"arn:aws:kinesis:us-east-1:{account}:stream/s/consumer/c:1",
        f"arn:aws:dynamodb:us-east-1:{account}:table/t/stream/2026-01-01T00:00:00.000",
    ):
        assert refusal(api.create, arn, StartingPosition="LATEST")[:2] == (
            INVALID,
            f"Stream not found: {arn}",  # R
        )
    assert "not for mq" in refusal(api.create, f"arn:aws:mq:us-east-1:{account}:broker:b")[1]
    assert (
        "SelfManagedEventSource"
        in (
            refusal(
                api.create,
                None,
                SelfManagedEventSource={"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a:1"]}},
            )[1]
        )
    )


def test_the_function_must_exist(api: Api, queue: Queue) -> None:
    """R."""
    for wanted in ("not-there", f"{api.function}:not-there"):
        assert refusal(api.create, queue.arn, FunctionName=wanted) == (
            INVALID,
            "Function does not exist",
            400,
        )


def test_a_visibility_timeout_below_the_functions_is_refused(
    one_cloud: RunningCloud, api: Api, role: str
) -> None:
    """R. Developer Guide, "Creating and configuring an Amazon SQS event source mapping"."""
    slow = one_cloud.create(NOTHING, Role=role, Timeout=60)
    queue = Queue(one_cloud, VisibilityTimeout="30")
    assert refusal(api.create, queue.arn, FunctionName=slow)[:2] == (
        INVALID,
        "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds",
    )
    api.create(Queue(one_cloud, VisibilityTimeout="60").arn, FunctionName=slow)


ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


@pytest.mark.parametrize("missing", ACTIONS)
def test_the_execution_role_must_be_allowed_to_read_the_queue(
    one_cloud: RunningCloud, api: Api, queue: Queue, missing: str
) -> None:
    """R (ReceiveMessage); Developer Guide, "Setting up execution role permissions" (all three)."""
    allowed = [each for each in ACTIONS if each != missing]
    statement = {"Effect": "Allow", "Action": allowed, "Resource": queue.arn}
    poor = one_cloud.create(NOTHING, Role=role_with(one_cloud, statement), Timeout=1)
    assert refusal(api.create, queue.arn, FunctionName=poor) == (
        INVALID,
        "The provided execution role does not have permissions to call "
        f"{missing.partition(':')[2]} on SQS",
        400,
    )
    enough = {"Effect": "Allow", "Action": list(ACTIONS), "Resource": queue.arn}
    rich = one_cloud.create(NOTHING, Role=role_with(one_cloud, enough), Timeout=1)
    api.create(queue.arn, FunctionName=rich)


@pytest.mark.parametrize(
    ("service", "policy"),
    [
        ("sqs", "AWSLambdaSQSQueueExecutionRole"),
        ("kinesis", "AWSLambdaKinesisExecutionRole"),
        ("dynamodb", "AWSLambdaDynamoDBExecutionRole"),
    ],
)
def test_awss_own_policies_are_enough(
    one_cloud: RunningCloud,
    api: Api,
    queue: Queue,
    stream: str,
    table_stream: str,
    service: str,
    policy: str,
) -> None:
    """Developer Guide, "Working with AWS managed policies in the execution role"."""
    arn = {"sqs": queue.arn, "kinesis": stream, "dynamodb": table_stream}[service]
    role = role_with(one_cloud)
    one_cloud.client("iam").attach_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyArn=f"arn:aws:iam::aws:policy/service-role/{policy}",
    )
    function = one_cloud.create(NOTHING, Role=role, Timeout=1)
    settings = {} if service == "sqs" else {"StartingPosition": "LATEST"}
    api.create(arn, FunctionName=function, **settings)


def test_the_execution_role_must_be_allowed_to_read_the_stream(
    one_cloud: RunningCloud, api: Api, stream: str, table_stream: str
) -> None:
    """R."""
    poor = one_cloud.create(NOTHING, Role=role_with(one_cloud), Timeout=1)
    for arn, listed in (
        (stream, "GetRecords, GetShardIterator, DescribeStream, ListShards, and ListStreams"),
        (table_stream, "GetRecords, GetShardIterator, DescribeStream, and ListStreams"),
    ):
        assert refusal(api.create, arn, FunctionName=poor, StartingPosition="LATEST")[:2] == (
            INVALID,
            f"Cannot access stream {arn}. Please ensure the role can perform the {listed} Actions "
            "on your stream in IAM.",
        )


def test_a_destination_must_be_one_that_the_role_may_send_to(
    one_cloud: RunningCloud, api: Api, stream: str, queue: Queue
) -> None:
    """Developer Guide, "Configuring destinations for failed invocations"."""
    read_only = {"Effect": "Allow", "Action": "kinesis:*", "Resource": "*"}
    poor = one_cloud.create(NOTHING, Role=role_with(one_cloud, read_only), Timeout=1)
    config = {"OnFailure": {"Destination": queue.arn}}
    settings: dict[str, Any] = {"StartingPosition": "LATEST", "DestinationConfig": config}
    assert refusal(api.create, stream, FunctionName=poor, **settings)[1] == (
        "The provided execution role does not have permissions to call SendMessage on SQS"
    )
    made = api.create(stream, **settings)
    assert made["DestinationConfig"] == config
    api.steady(made["UUID"])
    cleared = api.update(made["UUID"], DestinationConfig={"OnFailure": {}})
    assert cleared["DestinationConfig"] == {"OnFailure": {}}
    fifo = Queue(one_cloud, fifo=True)
    api.steady(made["UUID"])
    wrong = {"OnFailure": {"Destination": fifo.arn}}
    assert "is invalid" in refusal(api.update, made["UUID"], DestinationConfig=wrong)[1]


def test_updating_settings(api: Api, one_cloud: RunningCloud, role: str, queue: Queue) -> None:
    """API reference, UpdateEventSourceMapping; the new function is shown at once: R."""
    other = one_cloud.create(NOTHING, Role=role, Timeout=1)
    pattern = {"Filters": [{"Pattern": json.dumps({"body": {"a": [1]}})}]}
    made = api.create(queue.arn, FilterCriteria=pattern, ScalingConfig={"MaximumConcurrency": 7})
    assert made["FilterCriteria"] == pattern
    assert made["ScalingConfig"] == {"MaximumConcurrency": 7}
    uuid = made["UUID"]
    api.steady(uuid)
    changed = api.update(
        uuid,
        FunctionName=other,
        BatchSize=100,
        MaximumBatchingWindowInSeconds=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    assert changed["FunctionArn"].endswith(f":{other}")
    assert (changed["BatchSize"], changed["State"]) == (100, "Updating")
    assert changed["LastModified"] >= made["LastModified"]
    api.steady(uuid)
    # Developer Guide: an empty FilterCriteria removes the filters.
    bare = api.update(uuid, FilterCriteria={}, ScalingConfig={})
    assert "FilterCriteria" not in bare
    assert "ScalingConfig" not in bare
    api.steady(uuid)
    assert refusal(api.update, uuid, MaximumBatchingWindowInSeconds=0)[0] == INVALID
    assert api.get(uuid)["MaximumBatchingWindowInSeconds"] == 1


def test_a_refused_update_changes_nothing(api: Api, queue: Queue) -> None:
    uuid = api.create(queue.arn)["UUID"]
    api.steady(uuid)
    before = api.get(uuid)
    refusal(api.update, uuid, BatchSize=50, Enabled=False)
    assert api.get(uuid) == before


def test_listing(api: Api, one_cloud: RunningCloud, role: str) -> None:
    """API reference, ListEventSourceMappings: by source, by function, in pages."""
    other = one_cloud.create(NOTHING, Role=role, Timeout=1)
    queues = [Queue(one_cloud) for _ in range(3)]
    uuids = [api.create(each.arn, FunctionName=other, Enabled=False)["UUID"] for each in queues]
    shared = api.create(queues[0].arn, Enabled=False)["UUID"]

    def listed(**wanted: Any) -> list[str]:
        answer = api.client.list_event_source_mappings(**wanted)
        return [each["UUID"] for each in answer["EventSourceMappings"]]

    assert listed(FunctionName=other) == uuids
    assert sorted(listed(EventSourceArn=queues[0].arn)) == sorted([uuids[0], shared])
    assert listed(EventSourceArn=queues[0].arn, FunctionName=other) == [uuids[0]]
    assert listed(FunctionName="not-there") == []
    pages = api.client.get_paginator("list_event_source_mappings").paginate(
        FunctionName=other, PaginationConfig={"PageSize": 2}
    )
    found = [each["UUID"] for page in pages for each in page["EventSourceMappings"]]
    assert found == uuids


def test_tags(api: Api, queue: Queue) -> None:
    """API reference, ListTags: an event source mapping is a resource with tags."""
    made = api.create(queue.arn, Tags={"course": "x"})
    assert "Tags" not in made
    arn = made["EventSourceMappingArn"]
    api.client.tag_resource(Resource=arn, Tags={"lab": "y"})
    assert api.client.list_tags(Resource=arn)["Tags"] == {"course": "x", "lab": "y"}


def test_a_function_that_is_deleted_takes_no_more_events(
    one_cloud: RunningCloud, api: Api, queue: Queue, role: str
) -> None:
    """The mapping stays Enabled: recorded from AWS (test_event_source_mapping_lifecycle_delete_
    function, 2024). That it polls again for a new function of that name is ours."""
    function = one_cloud.create(NOTHING, Role=role, Timeout=1)
    made = api.create(queue.arn, FunctionName=function)
    one_cloud.delete(function)
    time.sleep(0.5)
    assert api.get(made["UUID"])["State"] == "Enabled"
    queue.send("stays")
    time.sleep(0.3)
    assert queue.counts() == (1, 0)
    one_cloud.create(NOTHING, name=function, Role=role, Timeout=1)
    wait_for(lambda: queue.counts() == (0, 0))


def test_an_alias_can_be_mapped(one_cloud: RunningCloud, queue: Queue) -> None:
    """API reference, FunctionName: version or alias ARN."""
    mapped = Mapped(one_cloud)
    try:
        version = mapped.lambda_.publish_version(FunctionName=mapped.function)["Version"]
        mapped.lambda_.create_alias(
            FunctionName=mapped.function, Name="live", FunctionVersion=version
        )
        one_cloud.settle(f"{mapped.function}:{version}")
        uuid = mapped.lambda_.create_event_source_mapping(
            EventSourceArn=queue.arn, FunctionName=f"{mapped.function}:live"
        )["UUID"]
        mapped.mappings.append(uuid)
        queue.send("hello")
        (seen,) = mapped.seen.take(1)
        assert f"[{version}]" in seen["stream"]
    finally:
        mapped.close()
