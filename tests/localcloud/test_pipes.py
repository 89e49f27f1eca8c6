"""EventBridge Pipes through boto3: its API, sources, filters, enrichment, targets, failures, rights.

Sources: EventBridge User Guide, "Amazon EventBridge Pipes" and its pages (read 2026-11); Pipes API
reference; what is marked R was seen on AWS in public reports and recordings of 2023 to 2026.
"""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mapped import Mapped, Queue, name, settled
from roles import acting_as, allow, of_service, role, writing_role
from running_cloud import RunningCloud, wait_for

CLOCK_FACTOR = 120
# What a function does with an array of records, by what is in them.
ACT = """
import base64, json
def text(record):
    if not isinstance(record, dict):
        return str(record)
    if "data" in record:
        return base64.b64decode(record["data"]).decode()
    return str(record.get("body") or record)
texts = [text(record) for record in event]
if any("raise" in each for each in texts):
    raise ValueError("no")
if any("refuse" in each for each in texts):
    ids = [each.get("messageId") or each["eventID"] for each in event]
    failed = [one for one, each in zip(ids, texts) if "refuse" in each]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
if any("answer" in each for each in texts):
    return json.loads(texts[0].partition("answer ")[2])
return "done"
"""


ANY_EVENT = '{"account": [{"exists": true}]}'


class Pipes:
    """Makes pipes with a role that may do everything; they are deleted after the test."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.cloud = cloud
        self.api = cloud.client("pipes")
        self.role = role(cloud, allow("*"), principal=of_service("pipes"))
        self.made: list[str] = []

    def create(self, source: str, target: str, *, state: str = "RUNNING", **given: Any) -> str:
        """A pipe that has come to a state; its name."""
        own = given.pop("Name", None) or name("pipe")
        self.made.append(own)
        made = {"RoleArn": self.role, "Source": source, "Target": target, **given}
        assert self.api.create_pipe(Name=own, **made)["CurrentState"] == "CREATING"
        self.wait(own, state)
        return own

    def state(self, own: str) -> str:
        return str(self.api.describe_pipe(Name=own)["CurrentState"])

    def wait(self, own: str, state: str) -> None:
        wait_for(lambda: self.state(own) == state)

    def close(self) -> None:
        for own in self.made:
            with contextlib.suppress(self.api.exceptions.NotFoundException):
                settled(partial(self._may_be_deleted, own))
                self.api.delete_pipe(Name=own)

    def _may_be_deleted(self, own: str) -> bool:
        return self.state(own) in ("RUNNING", "STOPPED", "CREATE_FAILED", "UPDATE_FAILED")


@pytest.fixture(scope="module")
def reporting(one_cloud: RunningCloud) -> Iterator[Mapped]:
    found = Mapped(one_cloud, ACT)
    yield found
    found.close()


@pytest.fixture
def mapped(reporting: Mapped) -> Iterator[Mapped]:
    yield reporting
    reporting.forget()


@pytest.fixture
def pipes(one_cloud: RunningCloud, mapped: Mapped) -> Iterator[Pipes]:
    """Its pipes end before the reports of ``mapped`` are forgotten."""
    found = Pipes(one_cloud)
    yield found
    found.close()


@pytest.fixture
def function(mapped: Mapped) -> str:
    """The ARN of the function that reports what it gets."""
    found = mapped.lambda_.get_function(FunctionName=mapped.function)
    return str(found["Configuration"]["FunctionArn"])


@pytest.fixture
def source(one_cloud: RunningCloud) -> Queue:
    return Queue(one_cloud, VisibilityTimeout="1")


class Stream:
    """A data stream."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.client = cloud.client("kinesis")
        self.name = name("s")
        self.client.create_stream(StreamName=self.name, ShardCount=1)
        found = self.client.describe_stream_summary(StreamName=self.name)
        self.arn = str(found["StreamDescriptionSummary"]["StreamARN"])

    def put(self, *texts: str) -> None:
        records = [{"Data": each.encode(), "PartitionKey": "k"} for each in texts]
        self.client.put_records(StreamName=self.name, Records=records)

    def texts(self, count: int) -> list[str]:
        shard = self.client.list_shards(StreamName=self.name)["Shards"][0]["ShardId"]
        found: list[str] = []

        def enough() -> bool:
            start = self.client.get_shard_iterator(
                StreamName=self.name, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = self.client.get_records(ShardIterator=start)["Records"]
            found[:] = [each["Data"].decode() for each in records]
            return len(found) >= count

        wait_for(enough)
        return found


@pytest.fixture
def stream(one_cloud: RunningCloud) -> Stream:
    return Stream(one_cloud)


def of_kinesis(**given: Any) -> dict[str, Any]:
    return {"KinesisStreamParameters": {"StartingPosition": "TRIM_HORIZON", **given}}


def refusal(call: Callable[..., Any], **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**given)
    told = refused.value.response["Error"]
    return told["Code"], told["Message"]


def fields(message: str) -> dict[str, str]:
    """What a ValidationException says of each parameter (R: its message is JSON)."""
    return {each["Name"]: each["Message"] for each in json.loads(message)["ValidationErrorFields"]}


# its API


def test_the_life_of_a_pipe(pipes: Pipes, source: Queue, one_cloud: RunningCloud) -> None:
    api, target = pipes.api, Queue(one_cloud)
    own = pipes.create(source.arn, target.arn, Description="first", Tags={"team": "a"})
    shown = api.describe_pipe(Name=own)
    assert shown["Arn"].endswith(f":pipe/{own}")
    assert (shown["DesiredState"], shown["StateReason"]) == ("RUNNING", "USER_INITIATED")
    assert shown["SourceParameters"] == {"SqsQueueParameters": {"BatchSize": 10}}
    assert (shown["Source"], shown["Target"]) == (source.arn, target.arn)
    (listed,) = api.list_pipes(NamePrefix=own, CurrentState="RUNNING")["Pipes"]
    assert listed["Target"] == target.arn
    assert api.list_pipes(NamePrefix=own, SourcePrefix="arn:aws:kinesis")["Pipes"] == []
    assert api.stop_pipe(Name=own)["CurrentState"] == "STOPPING"
    assert refusal(api.start_pipe, Name=own)[0] == "ConflictException"
    pipes.wait(own, "STOPPED")
    source.send("waits")
    changed = api.update_pipe(Name=own, RoleArn=pipes.role, Description="second")
    assert changed["CurrentState"] == "UPDATING"
    pipes.wait(own, "STOPPED")
    assert api.describe_pipe(Name=own)["Description"] == "second"
    assert source.counts() == (1, 0)
    assert api.start_pipe(Name=own)["CurrentState"] == "STARTING"
    pipes.wait(own, "RUNNING")
    (message,) = target.take(1)
    assert message["body"] == "waits"
    assert api.delete_pipe(Name=own)["DesiredState"] == "DELETED"
    wait_for(lambda: api.list_pipes(NamePrefix=own)["Pipes"] == [])
    assert refusal(api.describe_pipe, Name=own)[0] == "NotFoundException"


def test_a_pipe_may_be_made_stopped(pipes: Pipes, source: Queue, one_cloud: RunningCloud) -> None:
    source.send("waits")
    own = pipes.create(source.arn, Queue(one_cloud).arn, state="STOPPED", DesiredState="STOPPED")
    time.sleep(0.5)
    assert source.counts() == (1, 0)
    given = {"Name": own, "Source": source.arn, "Target": source.arn, "RoleArn": pipes.role}
    assert refusal(pipes.api.create_pipe, **given)[0] == "ConflictException"


def test_tags(pipes: Pipes, source: Queue, one_cloud: RunningCloud) -> None:
    own = pipes.create(source.arn, Queue(one_cloud).arn, Tags={"a": "1", "b": "2"})
    arn = pipes.api.describe_pipe(Name=own)["Arn"]
    pipes.api.tag_resource(resourceArn=arn, tags={"c": "3"})
    pipes.api.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert pipes.api.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2", "c": "3"}
    assert pipes.api.describe_pipe(Name=own)["Tags"] == {"b": "2", "c": "3"}
    gone = refusal(pipes.api.list_tags_for_resource, resourceArn=f"{arn}-no")
    assert gone[0] == "NotFoundException"


def test_lists_come_in_pages(pipes: Pipes, source: Queue, one_cloud: RunningCloud) -> None:
    start, target = name("page"), Queue(one_cloud).arn
    for number in range(3):
        pipes.create(
            source.arn, target, Name=f"{start}-{number}", state="STOPPED", DesiredState="STOPPED"
        )
    pages = pipes.api.get_paginator("list_pipes").paginate(
        NamePrefix=start, PaginationConfig={"PageSize": 2}
    )
    found = [[each["Name"] for each in page["Pipes"]] for page in pages]
    assert found == [[f"{start}-0", f"{start}-1"], [f"{start}-2"]]


def test_an_update_changes_what_it_names(
    pipes: Pipes, stream: Stream, one_cloud: RunningCloud
) -> None:
    first, second = Queue(one_cloud), Queue(one_cloud)
    filters = {"Filters": [{"Pattern": '{"partitionKey": ["k"]}'}]}
    own = pipes.create(
        stream.arn,
        first.arn,
        SourceParameters={**of_kinesis(BatchSize=5), "FilterCriteria": filters},
        TargetParameters={"InputTemplate": '{"a": <$.partitionKey>}'},
    )
    stream.put("one")
    assert first.take(1) == [{"a": "k"}]
    pipes.api.update_pipe(
        Name=own,
        RoleArn=pipes.role,
        Target=second.arn,
        SourceParameters={"KinesisStreamParameters": {"BatchSize": 7}},
        TargetParameters={"InputTemplate": '{"b": <$.partitionKey>}'},
    )
    pipes.wait(own, "RUNNING")
    shown = pipes.api.describe_pipe(Name=own)["SourceParameters"]
    assert shown == {**of_kinesis(BatchSize=7), "FilterCriteria": filters}
    stream.put("two")
    assert second.take(1) == [{"b": "k"}]
    assert first.empty()


# sources and filters


def test_messages_go_to_a_function_as_an_array(
    pipes: Pipes, source: Queue, mapped: Mapped, function: str
) -> None:
    pipes.create(source.arn, function)
    sent = source.send("hello")
    (event,) = mapped.events(1)
    (record,) = event
    assert (record["messageId"], record["body"]) == (sent, "hello")
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", source.arn)
    settled(source.empty)


def test_a_kinesis_record_is_flat_and_a_template_looks_into_its_data(
    pipes: Pipes, stream: Stream, mapped: Mapped, function: str, one_cloud: RunningCloud
) -> None:
    stream.put('{"city": "Recife"}')
    pipes.create(stream.arn, function, SourceParameters=of_kinesis())
    ((record,),) = mapped.events(1)
    assert base64.b64decode(record["data"]) == b'{"city": "Recife"}'
    assert list(record)[:3] == ["kinesisSchemaVersion", "partitionKey", "sequenceNumber"]
    assert record["invokeIdentityArn"] == pipes.role
    target = Queue(one_cloud)
    template = '{"city": <$.data.city>, "whole": <$.data>, "pipe": "<aws.pipes.pipe-name>"}'
    own = pipes.create(
        stream.arn,
        target.arn,
        SourceParameters=of_kinesis(BatchSize=10),
        TargetParameters={"InputTemplate": template},
    )
    assert target.take(1) == [{"city": "Recife", "whole": {"city": "Recife"}, "pipe": own}]


def test_a_consumer_with_enhanced_fan_out_is_a_source(
    pipes: Pipes, stream: Stream, mapped: Mapped, function: str
) -> None:
    made = stream.client.register_stream_consumer(StreamARN=stream.arn, ConsumerName="c")
    stream.put("one")
    pipes.create(made["Consumer"]["ConsumerARN"], function, SourceParameters=of_kinesis())
    ((record,),) = mapped.events(1)
    assert base64.b64decode(record["data"]) == b"one"


def test_only_what_a_filter_finds_goes_on(
    pipes: Pipes, source: Queue, mapped: Mapped, function: str
) -> None:
    filters = {"Filters": [{"Pattern": '{"body": {"kind": ["a"]}}'}]}
    pipes.create(source.arn, function, SourceParameters={"FilterCriteria": filters})
    source.send('{"kind": "b"}')
    source.send('{"kind": "a"}')
    ((record,),) = mapped.events(1)
    assert record["body"] == '{"kind": "a"}'
    settled(source.empty)


def test_changes_of_a_table_go_to_an_event_bus(pipes: Pipes, one_cloud: RunningCloud) -> None:
    """R: source and detail-type."""
    table = one_cloud.client("dynamodb")
    made = table.create_table(
        TableName=(own_table := name("t")),
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    events, seen = one_cloud.client("events"), Queue(one_cloud)
    bus = events.create_event_bus(Name=(own_bus := name("bus")))["EventBusArn"]
    events.put_rule(Name="all", EventBusName=own_bus, EventPattern=ANY_EVENT)
    events.put_targets(Rule="all", EventBusName=own_bus, Targets=[{"Id": "q", "Arn": seen.arn}])
    own = pipes.create(
        made["TableDescription"]["LatestStreamArn"],
        bus,
        SourceParameters={
            "DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON", "BatchSize": 10}
        },
        TargetParameters={"InputTemplate": '{"id": <$.dynamodb.NewImage.id.S>}'},
    )
    table.put_item(TableName=own_table, Item={"id": {"S": "one"}})
    (event,) = seen.take(1)
    assert event["detail"] == {"id": "one"}
    assert (event["source"], event["detail-type"]) == (f"Pipe {own}", "Event from aws:dynamodb")
    events.remove_targets(Rule="all", EventBusName=own_bus, Ids=["q"])


# enrichment


def test_a_function_enriches(
    pipes: Pipes, source: Queue, mapped: Mapped, function: str, one_cloud: RunningCloud
) -> None:
    target = Queue(one_cloud)
    own = pipes.create(
        source.arn,
        target.arn,
        Enrichment=function,
        TargetParameters={"InputTemplate": '{"got": <$.x>}'},
    )
    source.send('answer [{"x": 1}, {"x": 2}]')
    assert sorted(each["got"] for each in target.take(2)) == [1, 2]
    source.send('answer {"x": 3}')
    assert target.take(1) == [{"got": 3}]
    template = '{"body": "answer [{\\"x\\": <$.body.n>}]"}'
    pipes.api.update_pipe(
        Name=own, RoleArn=pipes.role, EnrichmentParameters={"InputTemplate": template}
    )
    pipes.wait(own, "RUNNING")
    source.send('{"n": 4}')
    assert target.take(1) == [{"got": 4}]
    settled(source.empty)


@pytest.mark.parametrize("answer", ['""', "{}", "[]"])
def test_an_empty_answer_of_the_enrichment_ends_it(
    pipes: Pipes,
    source: Queue,
    mapped: Mapped,
    function: str,
    one_cloud: RunningCloud,
    answer: str,
) -> None:
    target = Queue(one_cloud)
    pipes.create(source.arn, target.arn, Enrichment=function)
    source.send(f"answer {answer}")
    mapped.events(1)
    settled(source.empty)
    assert target.empty()


def test_an_express_workflow_enriches(pipes: Pipes, source: Queue, one_cloud: RunningCloud) -> None:
    """ "Step Functions state machine (Express workflows only)", synchronously."""
    target, failing = Queue(one_cloud), Queue(one_cloud, VisibilityTimeout="1")
    pick = {"Type": "Pass", "Parameters": {"got.$": "$[0].n"}, "End": True}
    enriching = machine(one_cloud, "EXPRESS", {"StartAt": "P", "States": {"P": pick}})
    given = {"EnrichmentParameters": {"InputTemplate": '{"n": <$.body.n>}'}}
    pipes.create(source.arn, target.arn, Enrichment=enriching, **given)
    source.send('{"n": 4}')
    assert target.take(1) == [{"got": 4}]
    settled(source.empty)
    no = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "No"}}}
    pipes.create(failing.arn, target.arn, Enrichment=machine(one_cloud, "EXPRESS", no))
    failing.send("stays")
    settled(lambda: failing.counts()[1] == 1)
    standard = machine(one_cloud, "STANDARD", MACHINE)
    stopped = Queue(one_cloud)
    own = pipes.create(stopped.arn, target.arn, Enrichment=standard)
    stopped.send("two")
    pipes.wait(own, "STOPPED")
    assert target.empty()


def test_an_array_with_an_empty_object_reaches_the_target(
    pipes: Pipes, source: Queue, function: str, one_cloud: RunningCloud
) -> None:
    target = Queue(one_cloud)
    pipes.create(source.arn, target.arn, Enrichment=function)
    source.send("answer [{}]")
    assert target.take(1) == [{}]


# failures


def test_only_the_messages_that_the_function_refuses_come_again(
    pipes: Pipes, mapped: Mapped, function: str, one_cloud: RunningCloud
) -> None:
    source = Queue(one_cloud, VisibilityTimeout="3")
    pipes.create(
        source.arn,
        function,
        SourceParameters={"SqsQueueParameters": {"MaximumBatchingWindowInSeconds": 1}},
    )
    source.send_many(["fine", "refuse"])
    events = mapped.events(2)
    assert sorted(each["body"] for each in events[0]) == ["fine", "refuse"]
    assert [each["body"] for each in events[1]] == ["refuse"]
    assert events[1][0]["attributes"]["ApproximateReceiveCount"] == "2"


def test_only_the_records_that_the_function_refuses_come_again(
    pipes: Pipes, stream: Stream, mapped: Mapped, function: str
) -> None:
    """The records of a stream are named by their eventID, and those behind a failed one do not
    come again."""
    stream.put("refuse 1", "fine 2", "refuse 3", "fine 4")
    pipes.create(stream.arn, function, SourceParameters=of_kinesis(MaximumRetryAttempts=1))
    events = mapped.events(3)
    texts = [[base64.b64decode(each["data"]).decode() for each in event] for event in events]
    assert texts[0] == ["refuse 1", "fine 2", "refuse 3", "fine 4"]
    assert texts[1:] == [["refuse 1", "refuse 3"]] * 2


def test_discarded_records_leave_a_dead_letter(
    pipes: Pipes, stream: Stream, function: str, one_cloud: RunningCloud
) -> None:
    """R: the members of the record."""
    letters = Queue(one_cloud)
    own = pipes.create(
        stream.arn,
        function,
        SourceParameters=of_kinesis(MaximumRetryAttempts=0, DeadLetterConfig={"Arn": letters.arn}),
    )
    stream.put("raise")
    (record,) = letters.take(1)
    arn = pipes.api.describe_pipe(Name=own)["Arn"]
    assert record["context"] == {"partnerResourceArn": arn, "condition": "RetryAttemptsExhausted"}
    assert set(record) == {"context", "version", "timestamp", "KinesisBatchInfo"}
    info = record["KinesisBatchInfo"]
    assert (info["streamArn"], info["batchSize"]) == (stream.arn, 1)


def test_a_failed_execution_leaves_the_message_in_its_queue(
    pipes: Pipes, source: Queue, mapped: Mapped, function: str, one_cloud: RunningCloud
) -> None:
    pipes.create(source.arn, function)
    source.send("raise")
    first, second = mapped.events(2)
    assert first[0]["messageId"] == second[0]["messageId"]
    counts = [each[0]["attributes"]["ApproximateReceiveCount"] for each in (first, second)]
    assert counts == ["1", "2"]


def test_entries_that_the_target_refuses_come_again(pipes: Pipes, one_cloud: RunningCloud) -> None:
    """PutEvents refuses an event whose source is one of AWS's."""
    source = Queue(one_cloud, VisibilityTimeout="3")
    events, seen = one_cloud.client("events"), Queue(one_cloud)
    bus = events.create_event_bus(Name=(own_bus := name("bus")))["EventBusArn"]
    events.put_rule(Name="all", EventBusName=own_bus, EventPattern=ANY_EVENT)
    events.put_targets(Rule="all", EventBusName=own_bus, Targets=[{"Id": "q", "Arn": seen.arn}])
    pipes.create(
        source.arn,
        bus,
        SourceParameters={"SqsQueueParameters": {"MaximumBatchingWindowInSeconds": 1}},
        TargetParameters={"EventBridgeEventBusParameters": {"Source": "$.body.source"}},
    )
    source.send_many(['{"source": "mine"}', '{"source": "aws.theirs"}'])
    (event,) = seen.take(1)
    assert (event["source"], event["detail-type"]) == ("mine", "Event from aws:sqs")
    assert event["detail"]["body"] == '{"source": "mine"}'
    settled(lambda: sum(source.counts()) == 1)
    time.sleep(3.5)
    assert sum(source.counts()) == 1
    assert seen.empty()


def test_metrics(pipes: Pipes, source: Queue, mapped: Mapped, function: str) -> None:
    own = pipes.create(source.arn, function)
    source.send("fine")
    mapped.events(1)
    cloudwatch = pipes.cloud.client("cloudwatch")

    def names() -> set[str]:
        found = cloudwatch.list_metrics(
            Namespace="AWS/EventBridge/Pipes", Dimensions=[{"Name": "PipeName", "Value": own}]
        )
        return {each["MetricName"] for each in found["Metrics"]}

    settled(lambda: {"EventCount", "TargetStageDuration"} <= names())
    assert "ExecutionFailed" not in names()
    source.send("raise")
    settled(lambda: {"ExecutionFailed", "TargetStageFailed"} <= names())


# targets


def test_a_function_may_be_invoked_asynchronously(
    pipes: Pipes, source: Queue, mapped: Mapped, function: str
) -> None:
    how = {"LambdaFunctionParameters": {"InvocationType": "FIRE_AND_FORGET"}}
    pipes.create(source.arn, function, TargetParameters=how)
    source.send("refuse")
    mapped.events(1)
    settled(source.empty)


def test_a_fifo_queue_as_target_takes_its_group_from_the_record(
    pipes: Pipes, source: Queue, one_cloud: RunningCloud
) -> None:
    target = Queue(one_cloud, fifo=True, ContentBasedDeduplication="true")
    pipes.create(
        source.arn,
        target.arn,
        TargetParameters={
            "InputTemplate": '{"n": <$.body.n>}',
            "SqsQueueParameters": {"MessageGroupId": "$.body.group"},
        },
    )
    source.send('{"group": "g1", "n": 1}')
    found: list[Any] = []

    def received() -> bool:
        found.extend(
            one_cloud.client("sqs")
            .receive_message(QueueUrl=target.url, AttributeNames=["All"])
            .get("Messages", [])
        )
        return bool(found)

    wait_for(received)
    assert found[0]["Attributes"]["MessageGroupId"] == "g1"
    assert json.loads(found[0]["Body"]) == {"n": 1}


def test_a_topic_a_stream_and_a_log_group_as_targets(
    pipes: Pipes, source: Queue, stream: Stream, one_cloud: RunningCloud
) -> None:
    topic = one_cloud.client("sns").create_topic(Name=name("t"))["TopicArn"]
    heard = Queue(one_cloud)
    one_cloud.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=heard.arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    template = {"InputTemplate": '{"got": <$.body>}'}
    own = pipes.create(source.arn, topic, TargetParameters=template)
    source.send("one")
    assert heard.take(1) == [{"got": "one"}]
    pipes.api.update_pipe(
        Name=own,
        RoleArn=pipes.role,
        Target=stream.arn,
        TargetParameters={**template, "KinesisStreamParameters": {"PartitionKey": "$.messageId"}},
    )
    pipes.wait(own, "RUNNING")
    source.send("two")
    assert [json.loads(each) for each in stream.texts(1)] == [{"got": "two"}]
    logs, group = one_cloud.client("logs"), name("/group")
    logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:us-east-1:{one_cloud.ready['account_id']}:log-group:{group}"
    pipes.api.update_pipe(
        Name=own,
        RoleArn=pipes.role,
        Target=arn,
        TargetParameters={**template, "CloudWatchLogsParameters": {"LogStreamName": "s"}},
    )
    pipes.wait(own, "RUNNING")
    source.send("three")

    def written() -> list[str]:
        found = logs.filter_log_events(logGroupName=group)["events"]
        return [each["message"] for each in found]

    wait_for(lambda: written() == ['{"got": "three"}'])


MACHINE = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
REFUSING = {
    "StartAt": "P",
    "States": {
        "P": {
            "Type": "Pass",
            "Parameters": {"batchItemFailures": [{"itemIdentifier.$": "$[0].messageId"}]},
            "End": True,
        }
    },
}


def machine(cloud: RunningCloud, kind: str, definition: dict[str, Any]) -> str:
    """A state machine; its ARN."""
    made = cloud.client("stepfunctions").create_state_machine(
        name=name("m"),
        type=kind,
        definition=json.dumps(definition),
        roleArn=role(cloud, allow("*"), principal=of_service("states")),
    )
    return str(made["stateMachineArn"])


def test_state_machines_as_targets(pipes: Pipes, source: Queue, one_cloud: RunningCloud) -> None:
    states = one_cloud.client("stepfunctions")
    standard = machine(one_cloud, "STANDARD", MACHINE)
    later = {"StepFunctionStateMachineParameters": {"InvocationType": "FIRE_AND_FORGET"}}
    own = pipes.create(source.arn, standard, TargetParameters=later)
    source.send("one")

    def inputs() -> list[Any]:
        found = states.list_executions(stateMachineArn=standard)["executions"]
        each = [states.describe_execution(executionArn=one["executionArn"]) for one in found]
        return [json.loads(one["input"])[0]["body"] for one in each]

    wait_for(lambda: inputs() == ["one"])
    settled(source.empty)
    pipes.api.update_pipe(
        Name=own,
        RoleArn=pipes.role,
        Target=machine(one_cloud, "EXPRESS", REFUSING),
        TargetParameters={
            "StepFunctionStateMachineParameters": {"InvocationType": "REQUEST_RESPONSE"}
        },
    )
    pipes.wait(own, "RUNNING")
    source.send("refused by the machine's answer")
    settled(lambda: source.counts()[1] == 1)
    time.sleep(1.5)
    assert sum(source.counts()) == 1


def test_a_standard_workflow_called_synchronously_stops_the_pipe(
    pipes: Pipes, source: Queue, one_cloud: RunningCloud
) -> None:
    own = pipes.create(source.arn, machine(one_cloud, "STANDARD", MACHINE))
    source.send("one")
    pipes.wait(own, "STOPPED")
    shown = pipes.api.describe_pipe(Name=own)
    assert shown["StateReason"] != "USER_INITIATED"


# refusals


def test_what_is_refused_by_name(pipes: Pipes, source: Queue, function: str) -> None:
    account = pipes.cloud.ready["account_id"]

    def refused(**given: Any) -> str:
        made = {"Source": source.arn, "Target": function, "RoleArn": pipes.role, **given}
        code, text = refusal(pipes.api.create_pipe, Name=name("pipe"), **made)
        assert code == "NotImplemented"
        return text

    mq = f"arn:aws:mq:us-east-1:{account}:broker:b:b-1"
    assert mq in refused(Source=mq)
    firehose = f"arn:aws:firehose:us-east-1:{account}:deliverystream/d"
    assert firehose in refused(Target=firehose)
    for part in (
        "sns:us-east-1:%s:topic:subscription",
        "logs:us-east-1:%s:log-group:g:log-stream:s",
    ):
        given = f"arn:aws:{part}" % account
        assert given in refused(Target=given)
    api = f"arn:aws:execute-api:us-east-1:{account}:a/prod/GET/b"
    assert api in refused(Enrichment=api)
    assert "KmsKeyIdentifier" in refused(KmsKeyIdentifier="alias/a")
    assert "LogConfiguration" in refused(LogConfiguration={"Level": "ERROR"})
    assert "HttpParameters" in refused(TargetParameters={"HttpParameters": {}})
    group = f"arn:aws:logs:us-east-1:{account}:log-group:g"
    assert "LogStreamName" in refused(Target=group)


def test_what_is_invalid(
    pipes: Pipes, source: Queue, stream: Stream, function: str, one_cloud: RunningCloud
) -> None:
    def invalid(**given: Any) -> dict[str, str]:
        made = {"Source": source.arn, "Target": function, "RoleArn": pipes.role, **given}
        code, text = refusal(pipes.api.create_pipe, Name=name("pipe"), **made)
        assert code == "ValidationException"
        return fields(text)

    # R.
    assert invalid(Source=stream.arn) == {
        "SourceParameters.KinesisStreamParameters": "Missing required parameter."
    }
    # R.
    ages = of_kinesis(MaximumRecordAgeInSeconds=0, MaximumBatchingWindowInSeconds=0)
    assert invalid(Source=stream.arn, SourceParameters=ages) == {
        "MaximumRecordAgeInSeconds": (
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 "
            "(inclusive)"
        ),
        "MaximumBatchingWindowInSeconds": (
            "MaximumBatchingWindowInSeconds must be less than MaximumRecordAgeInSeconds."
        ),
    }
    queue = Queue(one_cloud).arn
    large = {"SqsQueueParameters": {"BatchSize": 11}}
    assert "SourceParameters.BatchSize" in invalid(Target=queue, SourceParameters=large)
    window = "SourceParameters.MaximumBatchingWindowInSeconds"
    assert list(invalid(SourceParameters=large)) == [window]
    ordered = Queue(one_cloud, fifo=True).arn
    windowed = {"SqsQueueParameters": {"BatchSize": 11, "MaximumBatchingWindowInSeconds": 1}}
    assert list(invalid(Source=ordered, SourceParameters=windowed)) == [
        *(window, "SourceParameters.BatchSize")
    ]
    assert list(invalid(SourceParameters=of_kinesis())) == [
        "SourceParameters.KinesisStreamParameters"
    ]
    assert list(invalid(Target=stream.arn)) == ["TargetParameters.KinesisStreamParameters"]
    other = {"SqsQueueParameters": {"MessageGroupId": "g"}}
    assert list(invalid(TargetParameters=other)) == ["TargetParameters.SqsQueueParameters"]
    fifo = Queue(one_cloud, fifo=True)
    assert list(invalid(Target=fifo.arn)) == ["TargetParameters.SqsQueueParameters.MessageGroupId"]
    filters = {"FilterCriteria": {"Filters": [{"Pattern": '{"body": "a"}'}]}}
    assert list(invalid(SourceParameters=filters)) == ["SourceParameters.FilterCriteria"]
    template = {"InputTemplate": "<aws.pipes.region>"}
    assert list(invalid(TargetParameters=template)) == ["TargetParameters.InputTemplate"]
    at = of_kinesis(StartingPosition="AT_TIMESTAMP")
    assert list(invalid(Source=stream.arn, SourceParameters=at)) == [
        "SourceParameters.KinesisStreamParameters.StartingPositionTimestamp"
    ]


# rights

READ_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def test_a_role_that_may_not_read_the_source_makes_the_pipe_fail(
    pipes: Pipes, source: Queue, stream: Stream, function: str
) -> None:
    """R: the reasons."""
    start = "Input parameter is invalid from the request due to : "
    own = of_service("pipes")
    none = role(pipes.cloud, allow("lambda:InvokeFunction"), principal=own)
    failed = pipes.create(source.arn, function, RoleArn=none, state="CREATE_FAILED")
    assert pipes.api.describe_pipe(Name=failed)["StateReason"] == (
        f"{start}The provided customer role does not have permissions to call ReceiveMessage on SQS"
    )
    parameters = of_kinesis()
    failed = pipes.create(
        stream.arn, function, RoleArn=none, SourceParameters=parameters, state="CREATE_FAILED"
    )
    assert pipes.api.describe_pipe(Name=failed)["StateReason"] == (
        f"{start}Cannot access stream {stream.arn}. Please ensure the customer role can perform "
        "actions on source stream"
    )
    reading = role(pipes.cloud, allow(["kinesis:*", "lambda:*"]), principal=own)
    letters = of_kinesis(DeadLetterConfig={"Arn": source.arn})
    failed = pipes.create(
        stream.arn, function, RoleArn=reading, SourceParameters=letters, state="CREATE_FAILED"
    )
    assert pipes.api.describe_pipe(Name=failed)["StateReason"] == (
        f"{start}Error occurred while sending message to SQS queue: {source.arn}"
    )
    untrusting = writing_role(pipes.cloud, allow("*"))
    failed = pipes.create(source.arn, function, RoleArn=untrusting, state="CREATE_FAILED")
    assert untrusting in pipes.api.describe_pipe(Name=failed)["StateReason"]


def test_the_target_is_called_with_the_pipes_role(
    pipes: Pipes, source: Queue, mapped: Mapped, function: str
) -> None:
    own = of_service("pipes")
    reading = role(pipes.cloud, allow(READ_QUEUE, source.arn), principal=own)
    made = pipes.create(source.arn, function, RoleArn=reading)
    source.send("waits")
    settled(lambda: source.counts()[1] == 1)
    invoking = role(
        pipes.cloud,
        allow(READ_QUEUE, source.arn),
        allow("lambda:InvokeFunction", function),
        principal=own,
    )
    pipes.api.update_pipe(Name=made, RoleArn=invoking)
    pipes.wait(made, "RUNNING")
    ((record,),) = mapped.events(1)
    assert record["body"] == "waits"
    assert int(record["attributes"]["ApproximateReceiveCount"]) > 1


def test_who_makes_a_pipe_must_be_allowed_to_pass_its_role(
    pipes: Pipes, source: Queue, function: str
) -> None:
    given = {"Source": source.arn, "Target": function, "RoleArn": pipes.role}
    may_create = acting_as(pipes.cloud, allow("pipes:*")).client("pipes")
    code, text = refusal(may_create.create_pipe, Name=name("pipe"), **given)
    assert code == "AccessDeniedException"
    assert "iam:PassRole" in text
    may_read = acting_as(pipes.cloud, allow("pipes:DescribePipe")).client("pipes")
    own = pipes.create(source.arn, function)
    assert may_read.describe_pipe(Name=own)["Name"] == own
    assert refusal(may_read.stop_pipe, Name=own)[0] == "AccessDeniedException"


# CloudFormation


def test_a_stack_with_a_pipe(pipes: Pipes, one_cloud: RunningCloud) -> None:
    client, stack = one_cloud.client("cloudformation"), name("stack")
    target = Queue(one_cloud)

    def template(role_arn: str, text: str) -> str:
        properties = {
            "RoleArn": role_arn,
            "Source": {"Fn::GetAtt": "Source.Arn"},
            "Target": target.arn,
            "TargetParameters": {"InputTemplate": f'{{"{text}": <$.body>}}'},
            "Tags": {"team": text},
        }
        return json.dumps(
            {
                "Resources": {
                    "Source": {"Type": "AWS::SQS::Queue"},
                    "It": {"Type": "AWS::Pipes::Pipe", "Properties": properties},
                },
                "Outputs": {
                    "Pipe": {"Value": {"Ref": "It"}},
                    "Arn": {"Value": {"Fn::GetAtt": "It.Arn"}},
                    "State": {"Value": {"Fn::GetAtt": "It.CurrentState"}},
                    "Queue": {"Value": {"Ref": "Source"}},
                },
            }
        )

    def status() -> str:
        return str(client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    client.create_stack(StackName=stack, TemplateBody=template(pipes.role, "a"))
    settled(lambda: status() == "CREATE_COMPLETE")
    found = {
        each["OutputKey"]: each["OutputValue"]
        for each in client.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    }
    assert found["State"] == "RUNNING"
    assert found["Arn"].endswith(f":pipe/{found['Pipe']}")
    sqs = one_cloud.client("sqs")
    sqs.send_message(QueueUrl=found["Queue"], MessageBody="one")
    assert target.take(1) == [{"a": "one"}]
    client.update_stack(StackName=stack, TemplateBody=template(pipes.role, "b"))
    settled(lambda: status() == "UPDATE_COMPLETE")
    assert pipes.api.describe_pipe(Name=found["Pipe"])["Tags"]["team"] == "b"
    sqs.send_message(QueueUrl=found["Queue"], MessageBody="two")
    assert target.take(1) == [{"b": "two"}]
    client.delete_stack(StackName=stack)
    wait_for(lambda: pipes.api.list_pipes(NamePrefix=found["Pipe"])["Pipes"] == [])


def test_a_stack_tells_why_a_pipe_did_not_stabilize(
    pipes: Pipes, one_cloud: RunningCloud, source: Queue
) -> None:
    """R: the reason in the stack's event."""
    client, stack = one_cloud.client("cloudformation"), name("stack")
    properties = {
        "RoleArn": role(one_cloud, principal=of_service("pipes")),
        "Source": source.arn,
        "Target": Queue(one_cloud).arn,
    }
    body = {"Resources": {"It": {"Type": "AWS::Pipes::Pipe", "Properties": properties}}}
    client.create_stack(StackName=stack, TemplateBody=json.dumps(body))

    def ended() -> bool:
        found = client.describe_stacks(StackName=stack)["Stacks"][0]
        return bool(found["StackStatus"] == "ROLLBACK_COMPLETE")

    settled(ended)
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    (reason,) = (
        each["ResourceStatusReason"]
        for each in events
        if each["LogicalResourceId"] == "It" and each["ResourceStatus"] == "CREATE_FAILED"
    )
    assert "did not stabilize. Status Reason is Input parameter is invalid" in reason
