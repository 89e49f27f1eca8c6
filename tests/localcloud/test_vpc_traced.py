"""A function in a VPC that is traced, measured, alarmed and polled: the parts work together.

Source: Lambda Developer Guide, 2022, on what does not pass a function's VPC: logs, the Runtime API,
and what SDKs send to the X-Ray daemon. Calls of X-Ray's own API are calls as any other.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from roles import allow, writing_role
from running_cloud import ON_LINUX, RunningCloud, own_launcher, running, wait_for
from segment_tree import carrying_header, trace_when
from traced_roles import ACTIVE, has, new_trace
from vpcs import IN_VPC, PATIENT_S, SOURCE, TABLES, MadeVpc, answered, function_in, hangs

from serverless_course.functions.layer import layer_zip
from serverless_course.localcloud.wire.exhaustion import NO_DESCRIPTORS

TRACES = allow(["xray:*", "cloudwatch:*", "dynamodb:*", "sqs:*"])
SDK_SOURCE = "from aws_xray_sdk.core import patch_all\npatch_all()\n" + SOURCE
# Spans over OTLP, signed as any other of X-Ray's calls.
OTLP_SOURCE = """
import boto3, os, urllib.request
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
def handler(event, context):
    url = os.environ["AWS_ENDPOINT_URL"] + "/v1/traces"
    kept = {"Content-Type": "application/json"}
    signed = AWSRequest("POST", url, kept, event["spans"].encode())
    SigV4Auth(boto3.Session().get_credentials(), "xray", os.environ["AWS_REGION"]).add_auth(signed)
    request = urllib.request.Request(url, event["spans"].encode(), dict(signed.headers))
    try:
        with urllib.request.urlopen(request, timeout=event["patience"]) as answer:
            return {"ok": True, "answer": answer.status}
    except Exception as error:
        return {"ok": False, "message": str(error), "after": event["patience"]}
"""
METRIC_SOURCE = """
import json, time
def handler(event, context):
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [
        {"Namespace": "Shop", "Dimensions": [["Function"]], "Metrics": [{"Name": "Orders", "StorageResolution": 1}]}]},
        "Function": context.function_name, "Orders": 3}))
    time.sleep(event.get("sleep", 0))
    return "done"
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


@pytest.fixture(scope="module")
def closed(cloud: RunningCloud) -> MadeVpc:
    """A VPC without a way out."""
    return MadeVpc(cloud, zones=2)


def endpoint(vpc: MadeVpc, service: str) -> None:
    """An interface endpoint with private DNS, whose group lets everybody in."""
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, **{attribute: {"Value": True}})
    group = vpc.ec2.create_security_group(GroupName=f"e-{service}", Description="e", VpcId=vpc.id)[
        "GroupId"
    ]
    vpc.ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.20.0.0/16"
    )
    vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.id,
        ServiceName=f"com.amazonaws.us-east-1.{service}",
        VpcEndpointType="Interface",
        SubnetIds=vpc.subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )


def traced_in(vpc: MadeVpc, source: str = SOURCE, **settings: Any) -> str:
    """A traced function in a VPC; its name."""
    return vpc.cloud.create(
        source,
        Role=writing_role(vpc.cloud, IN_VPC, TRACES),
        VpcConfig=vpc.config,
        **{"Timeout": 30, "TracingConfig": ACTIVE, **settings},
    )


def call_in_trace(cloud: RunningCloud, name: str, event: Any) -> tuple[Any, str]:
    root, header = new_trace()
    with carrying_header(cloud.client("lambda"), header):
        return cloud.call(name, event), root


def total(cloud: RunningCloud, metric: str, space: str = "AWS/Lambda", **dimensions: str) -> float:
    """The sum of a metric over the last half hour."""
    now = datetime.now(UTC)
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace=space,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Period=3600,
        Statistics=["Sum"],
        StartTime=now - timedelta(minutes=30),
        EndTime=now + timedelta(minutes=2),
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


# traces


def test_an_sdk_reaches_its_daemon_where_nothing_else_is_reached(
    cloud: RunningCloud, closed: MadeVpc
) -> None:
    layer = cloud.client("lambda").publish_layer_version(
        LayerName="sdk", Content={"ZipFile": layer_zip(["aws-xray-sdk"])}
    )["LayerVersionArn"]
    name = traced_in(closed, SDK_SOURCE, Layers=[layer])
    call, root = call_in_trace(cloud, name, {**TABLES, "patience": 0.6})
    assert not call.payload["ok"]
    tree = trace_when(cloud.client("xray"), root, has("Overhead", "dynamodb"))
    assert tree.find("dynamodb").length > 0.5, "the call that was dropped"
    assert "fault" not in tree.find("Invocation").document, "the handler caught it"


def test_calls_of_x_rays_own_api_pass_the_vpc(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    summaries = {"do": "call", "args": ["xray", "get_sampling_rules"]}
    name = traced_in(vpc)
    hangs(cloud, name, summaries)
    endpoint(vpc, "xray")
    assert answered(cloud, name, summaries)["SamplingRuleRecords"]
    hangs(cloud, name, TABLES)


@pytest.mark.parametrize("way", ["interface endpoint", "NAT gateway"])
def test_spans_over_otlp_pass_the_vpc(cloud: RunningCloud, way: str) -> None:
    vpc = MadeVpc(cloud)
    name = traced_in(vpc, OTLP_SOURCE)
    root, _ = new_trace()
    now = time.time_ns()
    span = {
        "traceId": root[2:].replace("-", ""),
        "spanId": secrets.token_hex(8),
        "name": "bill",
        "kind": 2,
        "startTimeUnixNano": str(now - 10**7),
        "endTimeUnixNano": str(now),
    }
    spans = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    hangs(cloud, name, {"spans": spans})
    assert cloud.client("xray").batch_get_traces(TraceIds=[root])["Traces"] == []
    if way == "NAT gateway":
        nat, _ = vpc.nat()
        vpc.route(nat)
    else:
        endpoint(vpc, "xray")
    assert answered(cloud, name, {"spans": spans}) == 200
    (found,) = cloud.client("xray").batch_get_traces(TraceIds=[root])["Traces"]
    assert len(found["Segments"]) == 1


def test_a_time_out_in_a_vpc_is_told_alike_by_trace_metric_and_log(
    cloud: RunningCloud, closed: MadeVpc
) -> None:
    name = traced_in(closed, Timeout=1)
    call, root = call_in_trace(
        cloud, name, {"do": "patient", "args": ["dynamodb", "list_tables"], "patience": 60}
    )
    assert call.error == "Unhandled"
    assert "Status: timeout" in call.log
    assert call.payload["errorType"] == "Sandbox.Timedout"
    tree = trace_when(cloud.client("xray"), root, has("Invocation"))
    function = tree.children[0]
    assert function.document["fault"]
    assert tree.find("Invocation").document["fault"]
    assert "fault" not in tree.document, "the service itself did well"
    wait_for(lambda: total(cloud, "Errors", FunctionName=name) == 1)
    assert total(cloud, "Invocations", FunctionName=name) == 1
    (summary,) = cloud.client("xray").get_trace_summaries(
        StartTime=time.time() - 600,
        EndTime=time.time() + 5,
        FilterExpression=f'service("{name}") {{fault}}',
    )["TraceSummaries"]
    assert summary["Id"] == root


def test_a_version_and_its_alias_keep_vpc_trace_and_dimensions(
    cloud: RunningCloud, closed: MadeVpc
) -> None:
    name = traced_in(closed, METRIC_SOURCE)
    client = cloud.client("lambda")
    version = client.publish_version(FunctionName=name)["Version"]
    client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    wait_for(
        lambda: (
            client.get_function_configuration(FunctionName=name, Qualifier=version)["State"]
            == "Active"
        )
    )
    root, header = new_trace()
    with carrying_header(client, header):
        assert cloud.call(name, {}, Qualifier="live").payload == "done"
    trace_when(cloud.client("xray"), root, has("Overhead"))
    wait_for(
        lambda: (
            total(cloud, "Invocations", FunctionName=name, Resource=f"{name}:live") == 1
            and total(cloud, "Invocations", FunctionName=name) == 1
        )
    )


def test_provisioned_environments_in_a_vpc_are_traced(cloud: RunningCloud, closed: MadeVpc) -> None:
    name = traced_in(closed, METRIC_SOURCE)
    client = cloud.client("lambda")
    version = client.publish_version(FunctionName=name)["Version"]
    client.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier=version, ProvisionedConcurrentExecutions=2
    )
    wait_for(
        lambda: (
            client.get_provisioned_concurrency_config(FunctionName=name, Qualifier=version)[
                "Status"
            ]
            == "READY"
        ),
        30,
    )
    root, header = new_trace()
    with carrying_header(client, header):
        assert cloud.call(name, {}, Qualifier=version).payload == "done"
    trace_when(cloud.client("xray"), root, has("Invocation", "Overhead"))
    wait_for(
        lambda: (
            total(
                cloud,
                "ProvisionedConcurrencyInvocations",
                FunctionName=name,
                Resource=f"{name}:{version}",
            )
            == 1
        )
    )


# who calls it


def test_a_queue_feeds_a_traced_function_in_a_vpc(cloud: RunningCloud, closed: MadeVpc) -> None:
    """The poller is Lambda's own and does not pass the function's VPC."""
    sqs, client = cloud.client("sqs"), cloud.client("lambda")
    url = sqs.create_queue(QueueName=f"q-{secrets.token_hex(4)}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    name = traced_in(closed, METRIC_SOURCE)
    client.create_event_source_mapping(EventSourceArn=arn, FunctionName=name)
    root, header = new_trace()
    sqs.send_message(
        QueueUrl=url,
        MessageBody="one",
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": header}},
    )
    wait_for(lambda: total(cloud, "Invocations", FunctionName=name) == 1, 20)

    def linked() -> bool:
        found = cloud.client("xray").get_trace_summaries(
            StartTime=time.time() - 600,
            EndTime=time.time() + 5,
            FilterExpression=f'service("{name}")',
        )["TraceSummaries"]
        return len(found) == 1 and found[0]["Id"] != root

    wait_for(linked, 10)


def test_a_function_url_reaches_a_traced_function_in_a_vpc(
    cloud: RunningCloud, closed: MadeVpc
) -> None:
    name = traced_in(closed, "def handler(event, context):\n    return event['headers']['host']\n")
    client = cloud.client("lambda")
    url = client.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
    for action, more in (
        ("lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client.add_permission(
            FunctionName=name, StatementId=action[7:], Action=action, Principal="*", **more
        )
    root, header = new_trace()
    host = urlsplit(url).netloc
    request = Request(cloud.endpoint, headers={"Host": host, "X-Amzn-Trace-Id": header})
    with urlopen(request, timeout=20) as answer:
        # A text of the handler's is the body as it is (Lambda Developer Guide, "Invoking Lambda
        # function URLs", read 2026-11).
        assert answer.read().decode() == host
    trace_when(cloud.client("xray"), root, has("Overhead"))


def test_an_alarm_calls_a_function_in_a_vpc(cloud: RunningCloud, closed: MadeVpc) -> None:
    name = traced_in(closed, METRIC_SOURCE)
    client, cloudwatch = cloud.client("lambda"), cloud.client("cloudwatch")
    arn = client.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    client.add_permission(
        FunctionName=name,
        StatementId="alarm",
        Action="lambda:InvokeFunction",
        Principal="lambda.alarms.cloudwatch.amazonaws.com",
    )
    alarm = f"a-{name}"
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="Shop",
        MetricName="Orders",
        Dimensions=[{"Name": "Function", "Value": name}],
        Statistic="Sum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=2,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=[arn],
    )
    assert cloud.call(name, {}).payload == "done"
    wait_for(lambda: total(cloud, "Invocations", FunctionName=name) >= 2, 20)
    # It is deleted while its alarm is there: the action fails, and the alarm lives on.
    client.delete_function(FunctionName=name)
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="test")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="test")

    def told() -> bool:
        items = cloudwatch.describe_alarm_history(AlarmName=alarm, HistoryItemType="Action")
        return any("ailed" in each["HistorySummary"] for each in items["AlarmHistoryItems"])

    wait_for(told, 10)
    assert cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]


def test_a_state_machine_calls_a_traced_function_in_a_vpc(
    cloud: RunningCloud, closed: MadeVpc
) -> None:
    name = traced_in(closed, METRIC_SOURCE)
    trusted = json.dumps(
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
    iam, states = cloud.client("iam"), cloud.client("stepfunctions")
    role = iam.create_role(RoleName=f"s-{name}", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
    statement = allow(["lambda:InvokeFunction", "xray:Put*", "xray:GetSampling*"])
    iam.put_role_policy(
        RoleName=f"s-{name}",
        PolicyName="able",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": name, "Payload": {}},
        "End": True,
    }
    machine = states.create_state_machine(
        name=f"m-{name}",
        roleArn=role,
        definition=json.dumps({"StartAt": "Ask", "States": {"Ask": task}}),
        tracingConfiguration={"enabled": True},
    )["stateMachineArn"]
    root, header = new_trace()
    execution = states.start_execution(stateMachineArn=machine, traceHeader=header)
    wait_for(
        lambda: (
            states.describe_execution(executionArn=execution["executionArn"])["status"]
            == "SUCCEEDED"
        ),
        20,
    )
    trace_when(cloud.client("xray"), root, has("Ask", "Invocation", "Overhead"))


# life and death


def test_a_vpc_that_changes_under_load_fails_no_invocation(
    cloud: RunningCloud, closed: MadeVpc
) -> None:
    name = traced_in(closed, METRIC_SOURCE)
    until = time.monotonic() + 6
    configs = [
        {"SubnetIds": closed.subnets[:1], "SecurityGroupIds": [closed.group]},
        {"SubnetIds": [], "SecurityGroupIds": []},
        closed.config,
    ]

    def load() -> int:
        done = 0
        while time.monotonic() < until:
            assert cloud.call(name, {"sleep": 0.02}).payload == "done"
            done += 1
        return done

    with ThreadPoolExecutor(4) as threads:
        loads = [threads.submit(load) for _ in range(4)]
        changes = 0
        while time.monotonic() < until - 1:
            cloud.configure(name, VpcConfig=configs[changes % 3])
            changes += 1
        assert all(each.result() for each in loads)
    assert changes >= 3
    cloud.delete(name)


@pytest.mark.skipif(not ON_LINUX, reason="counts descriptors in /proc")
def test_a_deleted_function_leaves_no_listener_daemon_or_namespace(
    cloud: RunningCloud, closed: MadeVpc
) -> None:
    folder = f"/proc/{cloud.process.pid}/fd"
    warm = traced_in(closed, METRIC_SOURCE)
    cloud.call(warm, {})
    name = traced_in(closed, METRIC_SOURCE)
    before = sockets_and_namespaces(folder)
    with ThreadPoolExecutor(6) as threads:
        events = [{"sleep": 0.5}] * 6
        assert [each.payload for each in threads.map(lambda e: cloud.call(name, e), events)]
    assert len(sockets_and_namespaces(folder)) > len(before)
    cloud.delete(name)
    # Connections of this test's own client come and go; listeners are six times three.
    wait_for(lambda: len(sockets_and_namespaces(folder)) <= len(before) + 6, 10)


@pytest.mark.skipif(not ON_LINUX, reason="changes the limits of another process")
def test_provisioned_concurrency_fails_on_a_machine_without_room(closed: MadeVpc) -> None:
    cloud = closed.cloud
    name, client = traced_in(closed, METRIC_SOURCE), cloud.client("lambda")
    version = client.publish_version(FunctionName=name)["Version"]
    pid = cloud.process.pid
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    few = len(os.listdir(f"/proc/{pid}/fd")) + 6
    asked = {"FunctionName": name, "Qualifier": version}
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (few, usual[1]))
    try:
        client.put_provisioned_concurrency_config(**asked, ProvisionedConcurrentExecutions=4)
        wait_for(
            lambda: client.get_provisioned_concurrency_config(**asked)["Status"] == "FAILED", 10
        )
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
    reason = client.get_provisioned_concurrency_config(**asked)["StatusReason"]
    assert reason == NO_DESCRIPTORS
    assert cloud.call(name, {}).payload == "done"


def sockets_and_namespaces(folder: str) -> list[str]:
    found = []
    for each in os.listdir(folder):
        try:
            target = os.readlink(Path(folder, each))
        except OSError:
            continue
        if target.startswith(("socket:", "net:", "/proc")):
            found.append(target)
    return found


# what a role may not


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action"),
    [
        ("xray", "batch_get_traces", {"TraceIds": ["1-5759e988-bd862e3fe1be46a994272793"]},
         "xray:BatchGetTraces"),
        ("xray", "put_trace_segments", {"TraceSegmentDocuments": ["{}"]},
         "xray:PutTraceSegments"),
        ("cloudwatch", "list_metrics", {}, "cloudwatch:ListMetrics"),
        ("cloudwatch", "put_metric_data",
         {"Namespace": "Shop", "MetricData": [{"MetricName": "a", "Value": 1}]},
         "cloudwatch:PutMetricData"),
        ("logs", "start_query",
         {"logGroupName": "/aws/lambda/x", "startTime": 0, "endTime": 1, "queryString": "limit 1"},
         "logs:StartQuery"),
        ("logs", "get_query_results", {"queryId": "12ab3456-12ab-123a-789e-1234567890ab"},
         "logs:GetQueryResults"),
        ("logs", "filter_log_events", {"logGroupName": "/aws/lambda/x"}, "logs:FilterLogEvents"),
        ("fis", "list_experiments", {}, "fis:ListExperiments"),
        ("ec2", "describe_vpcs", {}, "ec2:DescribeVpcs"),
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}, "ec2:CreateVpc"),
    ],
)  # fmt: skip
def test_a_role_without_leave_is_refused(
    cloud: RunningCloud,
    bare: str,
    service: str,
    operation: str,
    parameters: dict[str, Any],
    action: str,
) -> None:
    """In AWS's words: "is not authorized to perform" (EC2: UnauthorizedOperation)."""
    event = {"do": "call", "args": [service, operation], "given": parameters, "patience": PATIENT_S}
    payload = cloud.call(bare, event).payload
    assert not payload["ok"], payload
    assert "not authorized to perform" in payload["message"], payload
    assert action in payload["message"], payload


@pytest.fixture(scope="module")
def bare(cloud: RunningCloud) -> str:
    """A function whose role may do what Lambda needs, in a VPC with a way out."""
    vpc = MadeVpc(cloud)
    nat, _ = vpc.nat()
    vpc.route(nat)
    return function_in(vpc)
