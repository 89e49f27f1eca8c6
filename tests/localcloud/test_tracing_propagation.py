"""How a trace goes on: queues, topics, rules, function URLs, state machines, calls in functions."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, own_launcher, running, wait_for
from segment_tree import Node, carrying_header, documents_of, trace_when, tree_of
from traced_roles import ACTIVE, has, new_trace, traced_role

WORKS = """
import os
def handler(event, context):
    print('seen', os.environ['_X_AMZN_TRACE_ID'])
    return 'done'
"""
CALLS = """
import boto3, os
client = boto3.client('lambda')
def handler(event, context):
    return client.invoke(FunctionName=event['call'])['Payload'].read().decode()
"""
FAILS = """
def handler(event, context):
    raise ValueError('on purpose')
"""
STATES = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "states.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


@pytest.fixture(scope="module")
def role(cloud: RunningCloud) -> str:
    return traced_role(cloud, "traced", "sqs:*", "lambda:InvokeFunction")


@pytest.fixture
def function(cloud: RunningCloud, role: str) -> str:
    return cloud.create(WORKS, Role=role, TracingConfig=ACTIVE)


def arn_of(cloud: RunningCloud, name: str) -> str:
    found = cloud.client("lambda").get_function_configuration(FunctionName=name)
    return str(found["FunctionArn"])


def allow_service(cloud: RunningCloud, name: str, service: str) -> None:
    cloud.client("lambda").add_permission(
        FunctionName=name,
        StatementId=f"s-{secrets.token_hex(4)}",
        Action="lambda:InvokeFunction",
        Principal=f"{service}.amazonaws.com",
    )


def seen(cloud: RunningCloud, name: str, count: int = 1) -> list[dict[str, str]]:
    """The headers that a function printed, in their fields."""
    found: list[dict[str, str]] = []

    def there() -> bool:
        try:
            events = cloud.client("logs").filter_log_events(
                logGroupName=f"/aws/lambda/{name}", filterPattern="seen"
            )["events"]
        except cloud.client("logs").exceptions.ResourceNotFoundException:
            return False
        texts = [event["message"].split()[1] for event in events]
        found[:] = [dict(part.split("=", 1) for part in text.split(";")) for text in texts]
        return len(found) >= count

    wait_for(there, 15)
    return found


# calls in functions


def test_a_call_in_a_function_goes_on_in_its_trace(
    cloud: RunningCloud, role: str, function: str
) -> None:
    """Without any SDK of X-Ray's: botocore passes on what stands in _X_AMZN_TRACE_ID."""
    caller = cloud.create(CALLS, Role=role, TracingConfig=ACTIVE)
    root, header = new_trace()
    with carrying_header(cloud.client("lambda"), header):
        call = cloud.call(caller, {"call": function})
    assert call.payload == '"done"'
    tree = trace_when(
        cloud.client("xray"),
        root,
        lambda node: sum(each.name == "Overhead" for each in node.walk()) == 2,
    )
    called = [each for each in tree.walk() if (each.name, each.kind) == (function, "AWS::Lambda")]
    assert len(called) == 1
    callers = [each for each in tree.walk() if each.name == "Invocation" and each.children]
    assert callers[0].children == called, "it hangs from its caller's Invocation"


# queues


def mapped(cloud: RunningCloud, function: str, **settings: Any) -> str:
    """The URL of a queue that a function reads."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(
        QueueName=f"q-{secrets.token_hex(4)}", Attributes={"VisibilityTimeout": "30"}
    )["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    cloud.client("lambda").create_event_source_mapping(
        FunctionName=function, EventSourceArn=arn["QueueArn"], **settings
    )
    return str(url)


def test_a_batch_is_linked_to_the_traces_of_its_messages(
    cloud: RunningCloud, function: str
) -> None:
    """X-Ray Developer Guide, "Tracing event-driven applications" (2026-11)."""
    url = mapped(cloud, function, BatchSize=10, MaximumBatchingWindowInSeconds=2)
    roots = []
    for number in range(2):
        root, header = new_trace()
        roots.append(root)
        with carrying_header(cloud.client("sqs"), f"{header};Parent=53995c3f42cd8ad{number}"):
            cloud.client("sqs").send_message(QueueUrl=url, MessageBody=str(number))
    own = seen(cloud, function)[0]["Root"]
    assert own not in roots
    tree = trace_when(cloud.client("xray"), own, has("Overhead"))
    links = tree.document["links"]
    assert {each["trace_id"] for each in links} == set(roots)
    assert all(
        each["attributes"] == {"aws.xray.reserved.reference_type": "parent"} for each in links
    )


def test_a_functions_message_to_a_queue_is_linked_and_counts_in_the_lineage(
    cloud: RunningCloud, role: str, function: str
) -> None:
    url = mapped(cloud, function, BatchSize=1)
    sender = cloud.create(
        "import boto3\nsqs = boto3.client('sqs')\n"
        "def handler(event, context):\n    sqs.send_message(QueueUrl=event, MessageBody='m')",
        Role=role,
        TracingConfig=ACTIVE,
    )
    root, header = new_trace()
    with carrying_header(cloud.client("lambda"), header):
        cloud.call(sender, url)
    fields = seen(cloud, function)[0]
    assert fields["Root"] != root
    assert fields["Lineage"].startswith("2:"), "the second hop: loops are still found"
    tree = trace_when(cloud.client("xray"), fields["Root"], has("Overhead"))
    assert [each["trace_id"] for each in tree.document["links"]] == [root]


# topics, rules, URLs


def test_a_topic_passes_the_trace_on(cloud: RunningCloud, function: str) -> None:
    topic = topic_to(cloud, function)
    root, header = new_trace()
    publish(cloud, topic, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead", "Attempt #1"))
    assert (tree.name, tree.kind) == (function, "AWS::Lambda")


def topic_to(cloud: RunningCloud, function: str, **attributes: str) -> str:
    allow_service(cloud, function, "sns")
    sns = cloud.client("sns")
    topic = sns.create_topic(Name=f"t-{secrets.token_hex(4)}", Attributes=attributes)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn_of(cloud, function))
    return str(topic)


def publish(cloud: RunningCloud, topic: str, header: str) -> None:
    with carrying_header(cloud.client("sns"), header):
        cloud.client("sns").publish(TopicArn=topic, Message="m")


def test_a_topic_with_active_tracing_shows_once_x_ray_lets_it(
    cloud: RunningCloud, function: str
) -> None:
    """AWS X-Ray Developer Guide, "Amazon SNS and AWS X-Ray" (2026-11): a resource policy."""
    topic = topic_to(cloud, function, TracingConfig="Active")
    shown = cloud.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert shown["TracingConfig"] == "Active"
    root, header = new_trace()
    publish(cloud, topic, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert tree.kind == "AWS::Lambda", "no policy, no segment"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": ["xray:PutTraceSegments"],
        "Resource": "*",
        "Condition": {"StringLike": {"aws:SourceArn": topic}},
    }
    cloud.client("xray").put_resource_policy(
        PolicyName="sns",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    root, header = new_trace()
    publish(cloud, topic, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert tree.kind == "AWS::SNS"
    assert [(each.name, each.kind) for each in tree.children] == [(function, "AWS::Lambda")]
    other = topic_to(cloud, function, TracingConfig="Active")
    root, header = new_trace()
    publish(cloud, other, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert tree.kind == "AWS::Lambda", "the policy names another topic"


def test_a_topics_mode_is_one_of_two(cloud: RunningCloud) -> None:
    sns = cloud.client("sns")
    topic = sns.create_topic(Name="modes")["TopicArn"]
    with pytest.raises(ClientError, match="TracingConfig is on"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="TracingConfig", AttributeValue="on")
    with pytest.raises(ClientError, match="TracingConfig is on"):
        sns.create_topic(Name="others", Attributes={"TracingConfig": "on"})


def test_a_rule_passes_the_trace_on(cloud: RunningCloud, function: str) -> None:
    allow_service(cloud, function, "events")
    events = cloud.client("events")
    events.put_rule(Name="traced", EventPattern=json.dumps({"source": ["tests"]}))
    events.put_targets(Rule="traced", Targets=[{"Id": "1", "Arn": arn_of(cloud, function)}])
    root, header = new_trace()
    entry = {"Source": "tests", "DetailType": "d", "Detail": "{}"}
    with carrying_header(events, header):
        events.put_events(Entries=[entry])
    trace_when(cloud.client("xray"), root, has("Overhead", "Attempt #1"))


def test_a_function_url_takes_the_header_and_answers_with_it(
    cloud: RunningCloud, function: str
) -> None:
    lam = cloud.client("lambda")
    url = lam.create_function_url_config(FunctionName=function, AuthType="NONE")["FunctionUrl"]
    for action, more in (
        ("lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        lam.add_permission(
            FunctionName=function,
            StatementId=f"s-{secrets.token_hex(4)}",
            Action=action,
            Principal="*",
            **more,
        )
    root, header = new_trace()
    host = url.removeprefix("http://").strip("/")
    connection = http.client.HTTPConnection(cloud.endpoint.removeprefix("http://"))
    connection.request("GET", "/", headers={"Host": host, "X-Amzn-Trace-Id": header})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"done")
    assert answer.headers["X-Amzn-Trace-Id"].startswith(f"Root={root};Parent=")
    connection.close()
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert tree.document["http"]["response"]["status"] == 200


# state machines


def start(
    cloud: RunningCloud, definition: dict[str, Any], role: str, header: str, **more: Any
) -> None:
    states = cloud.client("stepfunctions")
    machine = states.create_state_machine(
        name=f"m-{secrets.token_hex(4)}",
        roleArn=role,
        definition=json.dumps(definition),
        **more,
    )["stateMachineArn"]
    with carrying_header(states, header):
        run_through(states, machine)


def run_through(states: Any, machine: str, **how: Any) -> None:
    execution = states.start_execution(stateMachineArn=machine, **how)["executionArn"]
    wait_for(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", 20)


@pytest.fixture(scope="module")
def states_role(cloud: RunningCloud) -> str:
    return traced_role(cloud, "machine", "lambda:InvokeFunction", trust=STATES)


def task(arn: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": arn, "End": True, **more}


TRACED = {"tracingConfiguration": {"enabled": True}}


def test_a_traced_state_machine_shows_its_states_and_what_they_call(
    cloud: RunningCloud, states_role: str, function: str
) -> None:
    arn = arn_of(cloud, function)
    branch = {"StartAt": "Work", "States": {"Work": task(arn)}}
    definition = {
        "StartAt": "Prepare",
        "States": {
            "Prepare": {"Type": "Pass", "Next": "Both"},
            "Both": {"Type": "Parallel", "Branches": [branch], "End": True},
        },
    }
    root, header = new_trace()
    start(cloud, definition, states_role, header, **TRACED)
    tree = trace_when(cloud.client("xray"), root, has("Overhead", "Both"))
    assert tree.kind == "AWS::StepFunctions::StateMachine"
    assert [each.name for each in tree.children] == ["Prepare", "Both"]
    call = tree.find("Lambda")
    assert call in tree.find("Work").children
    assert tree.find("Work") in tree.find("Both").children
    assert call.document["aws"]["operation"] == "Invoke"
    assert [(each.name, each.kind) for each in call.children] == [(function, "AWS::Lambda")]
    outside = [each for each in tree.outside() if "Init" not in each[0] and each[1] > 0.005]
    assert outside == []


def test_a_state_that_fails_shows_as_a_fault(
    cloud: RunningCloud, role: str, states_role: str
) -> None:
    fails = cloud.create(FAILS, Role=role, TracingConfig=ACTIVE)
    definition = {"StartAt": "Fail", "States": {"Fail": task(arn_of(cloud, fails))}}
    root, header = new_trace()
    start(cloud, definition, states_role, header, **TRACED)
    tree = trace_when(cloud.client("xray"), root, has("Overhead", "Fail"))
    assert tree.document["fault"]
    assert tree.document["cause"]["exceptions"][0]["type"] == "ValueError"
    assert tree.find("Fail").document["fault"]


def test_without_tracing_the_header_goes_on_to_what_the_states_call(
    cloud: RunningCloud, states_role: str, function: str
) -> None:
    definition = {"StartAt": "Work", "States": {"Work": task(arn_of(cloud, function))}}
    root, header = new_trace()
    start(cloud, definition, states_role, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert (tree.name, tree.kind) == (function, "AWS::Lambda")


def test_a_state_machines_role_must_be_allowed_to_send_segments(
    cloud: RunningCloud, function: str
) -> None:
    mute = traced_role(cloud, "mute", "lambda:InvokeFunction", trust=STATES, traces=False)
    definition = {"StartAt": "Work", "States": {"Work": task(arn_of(cloud, function))}}
    root, header = new_trace()
    start(cloud, definition, mute, header, **TRACED)
    trees: list[Node] = []

    def told() -> bool:
        trees[:] = tree_of(documents_of(cloud.client("xray"), root))
        return len(trees) == 1 and has("Overhead")(trees[0])

    wait_for(told, 10)
    assert trees[0].kind == "AWS::Lambda", "the function's own role is allowed to"


def test_the_trace_header_of_the_call_goes_before_that_in_its_body(
    cloud: RunningCloud, states_role: str
) -> None:
    """StartExecution, ``traceHeader``: "If both sources are provided, Step Functions will use the
    header value" (the service's model in botocore, 2026-11)."""
    states = cloud.client("stepfunctions")
    machine = states.create_state_machine(
        name=f"m-{secrets.token_hex(4)}",
        roleArn=states_role,
        definition=json.dumps(
            {"StartAt": "Rest", "States": {"Rest": {"Type": "Pass", "End": True}}}
        ),
        **TRACED,
    )["stateMachineArn"]
    (body, in_body), (call, in_call) = new_trace(), new_trace()
    run_through(states, machine, traceHeader=in_body)
    trace_when(cloud.client("xray"), body, has("Rest"))
    other, in_other_body = new_trace()
    with carrying_header(states, in_call):
        run_through(states, machine, traceHeader=in_other_body)
    trace_when(cloud.client("xray"), call, has("Rest"))
    assert cloud.client("xray").batch_get_traces(TraceIds=[other])["Traces"] == []
