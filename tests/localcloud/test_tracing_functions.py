"""Functions with active tracing: what X-Ray has of them, read back through boto3."""

from __future__ import annotations

import itertools
import json
import re
import secrets
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import Call, RunningCloud, own_launcher, running
from segment_tree import Node, carrying_header, documents_of, trace_when
from traced_roles import ACTIVE, WRITE_TRACES, has, new_trace, traced_role

from serverless_course.functions.layer import layer_zip
from serverless_course.functions.report import Report

FUNCTIONS = Path(__file__).parent / "functions"
XRAY_SDK = ["aws-xray-sdk"]
OTEL_SDK = [
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-propagator-aws-xray",
    "opentelemetry-sdk-extension-aws",
]
SHOWS_ENVIRONMENT = """
import os
def handler(event, context):
    if event == 'fail':
        raise ValueError('on purpose')
    return {name: value for name, value in os.environ.items() if 'XRAY' in name or 'X_AMZN' in name}
"""
# Two clocks of one machine, and times that SDKs round to their own precision.
PRECISION_S = 0.001
WITHIN_S = 0.005


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


@pytest.fixture(scope="module")
def role(cloud: RunningCloud) -> str:
    """A role that may write logs and traces, and use what the functions here use."""
    return traced_role(cloud, "traced", "sqs:*", "dynamodb:*", "lambda:InvokeFunction", "xray:Put*")


@pytest.fixture(scope="module")
def shows(cloud: RunningCloud, role: str) -> str:
    return cloud.create(SHOWS_ENVIRONMENT, Role=role, TracingConfig=ACTIVE)


@pytest.fixture(scope="module")
def sdk_layer(cloud: RunningCloud) -> str:
    return publish(cloud, "xray-sdk", XRAY_SDK)


@pytest.fixture(scope="module")
def otel_layer(cloud: RunningCloud) -> str:
    return publish(cloud, "otel", OTEL_SDK)


def publish(cloud: RunningCloud, name: str, distributions: list[str]) -> str:
    made = cloud.client("lambda").publish_layer_version(
        LayerName=name, Content={"ZipFile": layer_zip(distributions)}
    )
    return str(made["LayerVersionArn"])


def deploy(cloud: RunningCloud, folder: str, **settings: Any) -> str:
    source = (FUNCTIONS / folder / "index.py").read_text()
    return cloud.create(source, TracingConfig=ACTIVE, **settings)


def call_with(
    cloud: RunningCloud, name: str, header: str, event: Any = None, **settings: Any
) -> Call:
    """Invoke with a trace header, as a traced caller does."""
    with carrying_header(cloud.client("lambda"), header):
        return cloud.call(name, event, **settings)


def send_event(cloud: RunningCloud, name: str, header: str, event: Any) -> None:
    client = cloud.client("lambda")
    with carrying_header(client, header):
        client.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event))


# what Lambda tells by itself


def test_a_cold_start_shows_initialization_invocation_and_overhead(
    cloud: RunningCloud, role: str
) -> None:
    name = cloud.create(SHOWS_ENVIRONMENT, Role=role, TracingConfig=ACTIVE)
    root, header = new_trace()
    call = call_with(cloud, name, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert tree.kind == "AWS::Lambda"
    assert tree.document["http"] == {"response": {"status": 200}}
    assert tree.document["aws"]["request_id"] == call.request_id
    assert tree.document["resource_arn"].endswith(f":function:{name}")
    assert tree.shape() == {
        f"{name} (AWS::Lambda)": [
            {f"{name} (AWS::Lambda::Function)": ["Initialization", "Invocation", "Overhead"]}
        ]
    }
    init = tree.find("Initialization")
    told_ms = call.figure("Init Duration")
    assert told_ms is not None
    assert init.length * 1e3 == pytest.approx(told_ms, abs=5.0)
    function = tree.children[0]
    assert init.end <= function.start + PRECISION_S, "Init is over before the event comes"
    assert init.start >= tree.start - PRECISION_S, "and began after the request came"


def test_a_warm_invocation_has_no_initialization(cloud: RunningCloud, shows: str) -> None:
    cloud.call(shows)
    root, header = new_trace()
    call_with(cloud, shows, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert "Initialization" not in {node.name for node in tree.walk()}


def test_invocation_and_overhead_make_up_the_duration(cloud: RunningCloud, role: str) -> None:
    name = cloud.create(
        "import time\ndef handler(event, context):\n    time.sleep(0.05)",
        Role=role,
        TracingConfig=ACTIVE,
    )
    cloud.call(name)
    away_s = []
    for _ in range(5):
        root, header = new_trace()
        call = call_with(cloud, name, header)
        tree = trace_when(cloud.client("xray"), root, has("Overhead"))
        assert [by for _, by in tree.outside() if by > PRECISION_S] == []
        invocation, overhead = tree.find("Invocation"), tree.find("Overhead")
        assert invocation.end == pytest.approx(overhead.start, abs=PRECISION_S)
        duration_ms = call.figure("Duration")
        assert duration_ms is not None
        away_s.append(abs(invocation.length + overhead.length - duration_ms / 1e3))
    assert statistics.median(away_s) < WITHIN_S


def test_the_runtime_is_told_of_the_invocation_and_of_a_daemon(
    cloud: RunningCloud, shows: str
) -> None:
    """The header's parent is the Invocation subsegment: AWS's runtime interface emulator builds it
    from the document at hand (standaloneTracer.go, BuildTracingHeader), and traces of 2023 show
    SDKs' subsegments there (github.com/awslabs/aws-iatk)."""
    root, header = new_trace()
    call = call_with(cloud, shows, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    seen = call.payload
    fields = dict(part.split("=", 1) for part in seen["_X_AMZN_TRACE_ID"].split(";"))
    assert list(fields) == ["Root", "Parent", "Sampled", "Lineage"]
    assert fields["Root"] == root
    assert fields["Parent"] == tree.find("Invocation").document["id"]
    assert fields["Sampled"] == "1"
    assert seen["AWS_XRAY_CONTEXT_MISSING"] == "LOG_ERROR"
    host, port = seen["_AWS_XRAY_DAEMON_ADDRESS"], seen["_AWS_XRAY_DAEMON_PORT"]
    assert seen["AWS_XRAY_DAEMON_ADDRESS"] == f"{host}:{port}"
    assert port != "2000", "that may be a daemon of the learner's own"


def test_report_names_the_trace_and_the_functions_segment(cloud: RunningCloud, shows: str) -> None:
    root, header = new_trace()
    call = call_with(cloud, shows, header)
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    found = re.search(
        r"REPORT .*\t\nXRAY TraceId: (\S+)\tSegmentId: (\S+)\tSampled: true\t\n$", call.log
    )
    assert found
    assert found[1] == root
    assert found[2] == tree.children[0].document["id"]
    assert Report.parse(call.log).request_id == call.request_id
    messages = [
        event["message"]
        for event in cloud.client("logs").filter_log_events(
            logGroupName=f"/aws/lambda/{shows}", filterPattern=f'"{root}"'
        )["events"]
    ]
    assert len(messages) == 1, "REPORT and XRAY are one event"
    assert messages[0].startswith("REPORT RequestId: ")


def test_the_answer_carries_the_trace_header(cloud: RunningCloud, shows: str) -> None:
    root, header = new_trace()
    call = call_with(cloud, shows, header)
    assert call.headers["x-amzn-trace-id"].startswith(f"Root={root};Parent=")
    assert ";Sampled=1" in call.headers["x-amzn-trace-id"]


def test_the_callers_segment_is_the_parent(cloud: RunningCloud, shows: str) -> None:
    root, header = new_trace()
    call_with(cloud, shows, f"{header};Parent=53995c3f42cd8ad8")
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    assert tree.document["parent_id"] == "53995c3f42cd8ad8"


def test_an_error_of_the_function_shows_with_its_cause(cloud: RunningCloud, shows: str) -> None:
    root, header = new_trace()
    call = call_with(cloud, shows, header, "fail")
    assert call.error
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    function = tree.children[0]
    exception = function.document["cause"]["exceptions"][0]
    assert (exception["type"], exception["message"]) == ("ValueError", "on purpose")
    assert exception["stack"][-1]["label"] == "handler"
    assert function.document["fault"]
    assert "fault" not in tree.document, "the service did its work"
    assert tree.document["http"]["response"]["status"] == 200


def test_a_time_out_shows_as_a_fault_without_overhead(cloud: RunningCloud, role: str) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(30)"
    name = cloud.create(source, Role=role, TracingConfig=ACTIVE, Timeout=1)
    root, header = new_trace()
    call_with(cloud, name, header)
    tree = trace_when(cloud.client("xray"), root, has("Invocation"))
    function = tree.children[0]
    assert [node.name for node in function.children] == ["Initialization", "Invocation"]
    assert function.document["cause"]["exceptions"][0]["type"] == "Sandbox.Timedout"
    assert tree.find("Invocation").length == pytest.approx(1.0, abs=0.5)


def test_a_throttle_shows_as_the_services_own(cloud: RunningCloud, role: str) -> None:
    name = cloud.create(SHOWS_ENVIRONMENT, Role=role, TracingConfig=ACTIVE)
    client = cloud.client("lambda")
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    root, header = new_trace()
    with pytest.raises(ClientError, match="TooManyRequests"):
        call_with(cloud, name, header)
    tree = trace_when(cloud.client("xray"), root, lambda node: True)
    assert tree.document["http"]["response"]["status"] == 429
    assert tree.document["throttle"]
    assert tree.document["error"]
    assert tree.children == []


def test_not_sampled_is_not_told(cloud: RunningCloud, shows: str) -> None:
    root, _ = new_trace()
    call = call_with(cloud, shows, f"Root={root};Sampled=0")
    assert "XRAY" not in call.log
    assert ";Sampled=0" in call.payload["_X_AMZN_TRACE_ID"]
    other, header = new_trace()
    call_with(cloud, shows, header)
    trace_when(cloud.client("xray"), other, has("Overhead"))
    assert documents_of(cloud.client("xray"), root) == []


def test_pass_through_gives_the_header_on_and_tells_nothing(cloud: RunningCloud, role: str) -> None:
    name = cloud.create(SHOWS_ENVIRONMENT, Role=role)
    root, header = new_trace()
    call = call_with(cloud, name, f"{header};Parent=53995c3f42cd8ad8")
    assert call.payload["_X_AMZN_TRACE_ID"].startswith(
        f"Root={root};Sampled=1;Parent=53995c3f42cd8ad8;Lineage="
    )
    assert "XRAY" not in call.log
    assert call.payload["AWS_XRAY_DAEMON_ADDRESS"] != "127.0.0.1:2000"
    other, header = new_trace()
    traced = cloud.create(SHOWS_ENVIRONMENT, Role=role, TracingConfig=ACTIVE)
    call_with(cloud, traced, header)
    trace_when(cloud.client("xray"), other, has("Overhead"))
    assert documents_of(cloud.client("xray"), root) == []


def test_json_logs_name_the_trace(cloud: RunningCloud, role: str) -> None:
    name = cloud.create(
        SHOWS_ENVIRONMENT, Role=role, TracingConfig=ACTIVE, LoggingConfig={"LogFormat": "JSON"}
    )
    root, header = new_trace()
    call = call_with(cloud, name, header)
    records = [json.loads(line) for line in call.log.splitlines()]
    found = {each["type"]: each["record"].get("tracing") for each in records if "type" in each}
    for kind in ("platform.start", "platform.report"):
        assert found[kind]["type"] == "X-Amzn-Trace-Id"
        assert found[kind]["value"].startswith(f"Root={root};Parent=")


# what the role may do


def test_a_role_without_permission_is_refused(cloud: RunningCloud) -> None:
    """AWS's words: serverless/serverless, issue 6931 (2019)."""
    words = "The provided execution role does not have permissions to call PutTraceSegments on XRAY"
    with pytest.raises(ClientError, match=words) as refused:
        cloud.create(SHOWS_ENVIRONMENT, TracingConfig=ACTIVE)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
    name = cloud.create(SHOWS_ENVIRONMENT)
    with pytest.raises(ClientError, match=words):
        cloud.client("lambda").update_function_configuration(
            FunctionName=name, TracingConfig=ACTIVE
        )


def test_without_permission_no_trace_arrives(cloud: RunningCloud) -> None:
    lost = traced_role(cloud, "lost")
    name = cloud.create(SHOWS_ENVIRONMENT, Role=lost, TracingConfig=ACTIVE)
    first, header = new_trace()
    call_with(cloud, name, header)
    trace_when(cloud.client("xray"), first, has("Overhead"))
    cloud.client("iam").detach_role_policy(RoleName="lost", PolicyArn=WRITE_TRACES)
    second, header = new_trace()
    call_with(cloud, name, header)
    cloud.client("iam").attach_role_policy(RoleName="lost", PolicyArn=WRITE_TRACES)
    third, header = new_trace()
    call_with(cloud, name, header)
    trace_when(cloud.client("xray"), third, has("Overhead"))
    assert documents_of(cloud.client("xray"), second) == []


# asynchronous invocation


def test_an_event_shows_its_dwell_time_and_its_attempt(cloud: RunningCloud, shows: str) -> None:
    """github.com/awslabs/aws-iatk, a trace of 2023-08: status 202, ended when accepted; the
    function's segment hangs from the attempt (that is concluded)."""
    root, header = new_trace()
    send_event(cloud, shows, header, "fine")
    tree = trace_when(cloud.client("xray"), root, has("Overhead", "Attempt #1"))
    assert tree.document["http"]["response"]["status"] == 202
    assert [each.name for each in sorted(tree.children, key=lambda each: each.start)] == [
        "Dwell Time",
        "Attempt #1",
    ]
    dwell, attempt = tree.find("Dwell Time"), tree.find("Attempt #1")
    assert dwell.end == pytest.approx(attempt.start, abs=PRECISION_S)
    assert [each.kind for each in attempt.children] == ["AWS::Lambda::Function"]
    assert tree.end <= attempt.start + PRECISION_S


def test_retries_are_attempts_of_one_trace(cloud: RunningCloud, shows: str) -> None:
    root, header = new_trace()
    send_event(cloud, shows, header, "fail")
    tree = trace_when(cloud.client("xray"), root, has("Attempt #3"))
    attempts = [each for each in tree.children if each.name.startswith("Attempt")]
    assert sorted(each.name for each in attempts) == ["Attempt #1", "Attempt #2", "Attempt #3"]
    for attempt in attempts:
        assert attempt.children[0].document["fault"]


# with AWS's X-Ray SDK


def order_of(cloud: RunningCloud, role: str, layer: str) -> tuple[str, str]:
    """The function that takes orders and the one it asks; their names."""
    tag = secrets.token_hex(4)
    queue = cloud.client("sqs").create_queue(QueueName=f"orders-{tag}")["QueueUrl"]
    cloud.client("dynamodb").create_table(
        TableName=f"orders-{tag}",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    stock = deploy(cloud, "traced_stock", Role=role)
    variables = {"QUEUE_URL": queue, "TABLE": f"orders-{tag}", "STOCK": stock}
    order = deploy(
        cloud, "traced_order", Role=role, Layers=[layer], Environment={"Variables": variables}
    )
    return order, stock


def test_the_segment_tree_of_a_function_with_the_x_ray_sdk_is_complete(
    cloud: RunningCloud, role: str, sdk_layer: str
) -> None:
    order, stock = order_of(cloud, role, sdk_layer)
    root, header = new_trace()
    call = call_with(cloud, order, header, {"id": "o-1"})
    assert call.payload == {"id": "o-1", "in_stock": 7}, call.log
    tree = trace_when(
        cloud.client("xray"),
        root,
        lambda node: sum(each.name == "Overhead" for each in node.walk()) == 2 and has("sqs")(node),
    )
    stock_tree = {
        f"{stock} (AWS::Lambda)": [
            {f"{stock} (AWS::Lambda::Function)": ["Initialization", "Invocation", "Overhead"]}
        ]
    }
    shape = tree.shape()
    work = shape[f"{order} (AWS::Lambda)"][0][f"{order} (AWS::Lambda::Function)"]
    assert work == [
        "Initialization",
        {"Invocation": [{"take order": ["sqs", "dynamodb"]}, {"lambda": [stock_tree]}]},
        "Overhead",
    ]
    assert tree.find("take order").document["annotations"] == {"order_id": "o-1"}
    assert tree.find("sqs").document["aws"]["operation"] == "SendMessage"
    assert tree.find("dynamodb").document["aws"]["operation"] == "PutItem"
    assert tree.find("lambda").document["aws"]["operation"] == "Invoke"


def test_its_times_lie_within_each_other_and_add_up(
    cloud: RunningCloud, role: str, sdk_layer: str
) -> None:
    order, _ = order_of(cloud, role, sdk_layer)
    away_s: list[float] = []
    for number in range(4):
        root, header = new_trace()
        call = call_with(cloud, order, header, {"id": f"o-{number}"})
        tree = trace_when(
            cloud.client("xray"),
            root,
            lambda node: (
                sum(each.name == "Overhead" for each in node.walk()) == 2
                and has("sqs", "dynamodb")(node)
            ),
        )
        outside = [(what, by) for what, by in tree.outside() if not what.startswith("Initial")]
        assert [each for each in outside if each[1] > WITHIN_S] == []
        for node in tree.walk():
            if node.name in ("Invocation", "take order"):
                assert brothers_take_turns(node)
        function = tree.children[0]
        turns = [each for each in function.children if each.name in ("Invocation", "Overhead")]
        parts = sum(each.length for each in turns)
        duration_ms = call.figure("Duration")
        assert duration_ms is not None
        away_s.append(abs(parts - duration_ms / 1e3))
    assert statistics.median(away_s) < WITHIN_S


def brothers_take_turns(node: Node) -> bool:
    """Whether calls that were made one after the other lie so."""
    ordered = sorted(node.children, key=lambda each: each.start)
    return all(
        before.end <= after.start + PRECISION_S for before, after in itertools.pairwise(ordered)
    )


# with OpenTelemetry


def test_spans_of_opentelemetry_join_the_functions_trace(
    cloud: RunningCloud, role: str, otel_layer: str
) -> None:
    name = deploy(cloud, "traced_otel", Role=role, Layers=[otel_layer])
    root, header = new_trace()
    call = call_with(cloud, name, header, {"id": "o-1", "prices": [2, 3]})
    assert call.payload == "o-1: 5", call.log
    tree = trace_when(
        cloud.client("xray"), root, has("Overhead", "check the order", "print the bill")
    )
    invocation = tree.find("Invocation")
    assert [each.shape() for each in invocation.children] == [
        {f"{name} (AWS::Lambda::Function)": ["check the order", "print the bill"]}
    ], "the handler's span is a segment, named after the function"
    assert [each for each in tree.outside() if each[1] > WITHIN_S and "Init" not in each[0]] == []


# the new style


def test_the_new_style_by_setting() -> None:
    with running(own_launcher(), "--trace-format", "new-style") as cloud:
        role = traced_role(cloud, "traced")
        name = cloud.create(SHOWS_ENVIRONMENT, Role=role, TracingConfig=ACTIVE)
        root, header = new_trace()
        call = call_with(cloud, name, header)
        tree = trace_when(cloud.client("xray"), root, has("Init"))
        function = tree.children[0]
        assert f"Parent={function.document['id']}" in call.payload["_X_AMZN_TRACE_ID"]
        annotations = function.document["annotations"]
        duration_ms = call.figure("Duration")
        assert duration_ms is not None
        assert 0 < annotations["aws.responseLatency"] <= duration_ms + 1
        assert sum(annotations.values()) <= duration_ms + 1
