"""X-Ray through boto3 and the AWS CLI against a running cloud, every answer held against
botocore's model."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import subprocess
import sys
import time
import urllib.request
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from roles import OF_ACCOUNT, allow, role
from running_cloud import RunningCloud
from segments import alone, identity, segment, subsegment, texts, trace_id
from shapes import problems

START = int(time.time()) - 100
ACCOUNT = "123456789012"
RULE = {
    "RuleName": "checkout",
    "ResourceARN": "*",
    "Priority": 10,
    "FixedRate": 0.5,
    "ReservoirSize": 2,
    "ServiceName": "shop",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "Version": 1,
}


class Checked:
    """A boto3 client whose every answer has to fit its operation's output shape."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.client = cloud.client("xray")

    def __getattr__(self, name: str) -> Any:
        operation = self.client.meta.method_to_api_mapping[name]

        def call(**parameters: Any) -> dict[str, Any]:
            response: dict[str, Any] = getattr(self.client, name)(**parameters)
            assert problems("xray", operation, response) == []
            return response

        return call


@pytest.fixture(scope="module")
def xray(one_cloud: RunningCloud) -> Checked:
    """X-Ray with three traces of an application that calls a function that reads a table."""
    checked = Checked(one_cloud)
    documents = [document for number in range(3) for document in request(number)]
    answer = checked.put_trace_segments(TraceSegmentDocuments=texts(*documents))
    assert answer["UnprocessedTraceSegments"] == []
    return checked


def request(number: int) -> list[dict[str, Any]]:
    """The documents of one request, the last first: shop calls f, which reads a table."""
    when = {"trace": number, "base": START + number * 10}
    failed = number == 2
    table = {"namespace": "aws", "aws": {"operation": "GetItem", "table_name": "orders"}}
    invoke = {"namespace": "aws", "aws": {"operation": "Invoke"}, "base": when["base"]}
    http = {"request": {"url": "http://shop/", "method": "GET"}, "response": {"status": 200}}
    annotations = {"number": number, "odd": bool(number % 2), "name": f"n{number}"}
    function = {"origin": "AWS::Lambda::Function", "annotations": annotations}
    service = {"origin": "AWS::Lambda", "resource_arn": "arn:aws:lambda:us-east-1:1:function:f"}
    shop = {"user": f"user-{number}", "http": http, "fault": failed}
    return [
        alone(5, "DynamoDB", 4, 0, 0.2, fault=failed, **table, **when),
        segment(4, "f", 0, 0.5, parent_id=identity(3), **function, **when),
        segment(3, "f", 0, 0.8, parent_id=identity(2), **service, **when),
        segment(1, "shop", subsegments=[subsegment(2, "Lambda", 0, 0.9, **invoke)], **shop, **when),
    ]


def _id(number: int) -> str:
    return trace_id(number, START + number * 10)


RANGE = {"StartTime": START - 10, "EndTime": START + 90}


def summaries(xray: Checked, **asked: Any) -> list[str]:
    return [item["Id"] for item in xray.get_trace_summaries(**RANGE, **asked)["TraceSummaries"]]


def test_summaries_come_newest_first_and_complete(xray):
    found = xray.get_trace_summaries(**RANGE)
    assert [item["Id"] for item in found["TraceSummaries"]] == [_id(2), _id(1), _id(0)]
    assert found["TracesProcessedCount"] == 3
    newest = found["TraceSummaries"][0]
    assert (newest["HasFault"], newest["Duration"], newest["ResponseTime"]) == (True, 1.0, 1.0)
    assert newest["Http"] == {"HttpURL": "http://shop/", "HttpStatus": 200, "HttpMethod": "GET"}
    assert newest["EntryPoint"]["Name"] == "shop"
    assert newest["Users"][0]["UserName"] == "user-2"
    assert {s["Name"] for s in newest["ServiceIds"]} == {"shop", "f", "orders"}


def test_filters_choose_traces(xray):
    assert summaries(xray, FilterExpression="annotation.number >= 1 AND ok") == [_id(1)]
    assert summaries(xray, FilterExpression='service("orders") { fault }') == [_id(2)]
    assert summaries(xray, FilterExpression='edge("shop", "f") AND user = "user-0"') == [_id(0)]


def test_a_wrong_filter_is_an_invalid_request(xray):
    with pytest.raises(
        xray.client.exceptions.InvalidRequestException, match="'colour' is no keyword"
    ):
        summaries(xray, FilterExpression="colour = 3")


def test_time_ranges_hold_their_start_and_not_their_end(xray):
    # Developer Guide, "Getting data from X-Ray": [start_time, end_time).
    within = {"StartTime": START + 10, "EndTime": START + 20}
    found = xray.get_trace_summaries(**within)["TraceSummaries"]
    assert [item["Id"] for item in found] == [_id(1)]
    with pytest.raises(ClientError, match="cannot be later"):
        xray.get_trace_summaries(StartTime=START + 1, EndTime=START)


@pytest.mark.parametrize(("kind", "count"), [("TraceId", 0), ("Event", 1), ("Service", 1)])
def test_time_range_types_ask_for_the_begin_for_activity_and_for_ends(xray, kind, count):
    within = {"StartTime": START + 10.25, "EndTime": START + 10.75, "TimeRangeType": kind}
    assert len(xray.get_trace_summaries(**within)["TraceSummaries"]) == count


def test_whole_traces_hold_late_subsegments_and_inferred_segments(xray):
    unknown = trace_id(77)
    found = xray.batch_get_traces(TraceIds=[_id(0), unknown])
    assert found["UnprocessedTraceIds"] == [unknown]
    (trace,) = found["Traces"]
    documents = {s["Id"]: json.loads(s["Document"]) for s in trace["Segments"]}
    assert (trace["Duration"], trace["LimitExceeded"], len(documents)) == (1.0, False, 4)
    function = documents[identity(4)]
    assert [item["name"] for item in function["subsegments"]] == ["DynamoDB"]
    (inferred,) = [document for document in documents.values() if document.get("inferred")]
    assert inferred["origin"] == "AWS::DynamoDB::Table"


def test_five_traces_at_a_time(xray):
    with pytest.raises(ClientError, match="at most 5"):
        xray.batch_get_traces(TraceIds=[trace_id(n) for n in range(6)])


def test_the_service_graph_has_every_node_and_edge(xray):
    found = xray.get_service_graph(**RANGE)["Services"]
    names = {node["ReferenceId"]: (node["Name"], node.get("Type")) for node in found}
    edges = {
        (names[n["ReferenceId"]], names[e["ReferenceId"]]): e for n in found for e in n["Edges"]
    }
    chain = [
        ("shop", "client"),
        ("shop", None),
        ("f", "AWS::Lambda"),
        ("f", "AWS::Lambda::Function"),
        ("orders", "AWS::DynamoDB::Table"),
    ]
    assert set(edges) == set(itertools.pairwise(chain))
    assert {edge["SummaryStatistics"]["TotalCount"] for edge in edges.values()} == {3}
    assert edges[chain[3], chain[4]]["SummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1


def test_the_graph_of_one_trace_and_of_a_group(xray):
    one = xray.get_trace_graph(TraceIds=[_id(2)])["Services"]
    assert {node["SummaryStatistics"]["TotalCount"] for node in one if node.get("Root")} == {1}
    xray.create_group(GroupName="failed", FilterExpression="fault")
    grouped = xray.get_service_graph(**RANGE, GroupName="failed")["Services"]
    assert {n["SummaryStatistics"]["TotalCount"] for n in grouped if n.get("Root")} == {1}
    assert summaries(xray, FilterExpression='group.name = "failed"') == [_id(2)]
    xray.delete_group(GroupName="failed")


def test_statistics_come_by_periods(xray):
    asked = {**RANGE, "Period": 10, "EntitySelectorExpression": 'service(id(name: "shop"))'}
    series = xray.get_time_series_service_statistics(**asked)["TimeSeriesServiceStatistics"]
    assert [item["ServiceSummaryStatistics"]["TotalCount"] for item in series] == [1, 1, 1]
    assert series[2]["ServiceSummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1
    edges = xray.get_time_series_service_statistics(**RANGE)["TimeSeriesServiceStatistics"]
    assert sum(item["EdgeSummaryStatistics"]["TotalCount"] for item in edges) == 12


def test_groups_live_from_creation_to_deletion(xray):
    tags = [{"Key": "course", "Value": "x"}]
    group = xray.create_group(GroupName="slow", FilterExpression="responsetime > 3", Tags=tags)[
        "Group"
    ]
    arn = group["GroupARN"]
    assert arn.startswith(f"arn:aws:xray:us-east-1:{ACCOUNT}:group/slow/")
    assert xray.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
    xray.tag_resource(ResourceARN=arn, Tags=[{"Key": "more", "Value": "y"}])
    xray.untag_resource(ResourceARN=arn, TagKeys=["course"])
    assert xray.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "more", "Value": "y"}]
    assert (
        xray.update_group(GroupARN=arn, FilterExpression="fault")["Group"]["FilterExpression"]
        == "fault"
    )
    assert xray.get_group(GroupName="slow")["Group"]["GroupARN"] == arn
    assert [item["GroupName"] for item in xray.get_groups()["Groups"]] == ["Default", "slow"]
    xray.delete_group(GroupName="slow")
    with pytest.raises(ClientError, match="does not exist"):
        xray.get_group(GroupName="slow")
    with pytest.raises(xray.client.exceptions.ResourceNotFoundException):
        xray.list_tags_for_resource(ResourceARN=arn)


def test_groups_with_wrong_filters_or_insights_are_refused(xray):
    with pytest.raises(ClientError, match="is no keyword"):
        xray.create_group(GroupName="wrong", FilterExpression="colour")
    with pytest.raises(ClientError, match="does not offer X-Ray Insights"):
        xray.create_group(GroupName="wrong", InsightsConfiguration={"InsightsEnabled": True})


def test_sampling_rules_live_from_creation_to_deletion(xray):
    record = xray.create_sampling_rule(SamplingRule=RULE)["SamplingRuleRecord"]
    assert record["SamplingRule"]["RuleARN"].endswith(":sampling-rule/checkout")
    rules = xray.get_sampling_rules()["SamplingRuleRecords"]
    assert [item["SamplingRule"]["RuleName"] for item in rules] == ["checkout", "Default"]
    changed = xray.update_sampling_rule(
        SamplingRuleUpdate={"RuleName": "checkout", "FixedRate": 0.1}
    )
    assert changed["SamplingRuleRecord"]["SamplingRule"]["FixedRate"] == 0.1
    document = {
        "RuleName": "checkout",
        "ClientID": "a" * 24,
        "Timestamp": START,
        "RequestCount": 9,
        "SampledCount": 3,
    }
    targets = xray.get_sampling_targets(SamplingStatisticsDocuments=[document])
    assert targets["SamplingTargetDocuments"][0]["ReservoirQuota"] == 2
    counted = xray.get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
    assert [item["RequestCount"] for item in counted if item["RuleName"] == "checkout"] == [9]
    xray.delete_sampling_rule(RuleName="checkout")
    with pytest.raises(ClientError, match="does not exist"):
        xray.delete_sampling_rule(RuleName="checkout")


def test_settings_are_kept_and_what_is_not_offered_is_refused(xray):
    assert xray.get_encryption_config()["EncryptionConfig"] == {"Type": "NONE", "Status": "ACTIVE"}
    kept = xray.put_encryption_config(Type="KMS", KeyId="alias/mine")["EncryptionConfig"]
    assert kept == {"Type": "KMS", "KeyId": "alias/mine", "Status": "UPDATING"}
    assert xray.get_encryption_config()["EncryptionConfig"]["Status"] == "ACTIVE"
    xray.put_encryption_config(Type="NONE")
    assert xray.get_trace_segment_destination() | {"ResponseMetadata": 0} == {
        "Destination": "XRay",
        "Status": "ACTIVE",
        "ResponseMetadata": 0,
    }
    with pytest.raises(ClientError, match="Transaction Search"):
        xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    rule = {"Probabilistic": {"DesiredSamplingPercentage": 5}}
    xray.update_indexing_rule(Name="Default", Rule=rule)
    (indexing,) = xray.get_indexing_rules()["IndexingRules"]
    assert indexing["Rule"]["Probabilistic"]["DesiredSamplingPercentage"] == 5
    with pytest.raises(ClientError, match="does not offer X-Ray's GetInsightSummaries"):
        xray.get_insight_summaries(StartTime=START, EndTime=START + 1)
    xray.put_telemetry_records(TelemetryRecords=[{"Timestamp": START}])


def test_resource_policies_are_kept_by_revisions(xray):
    text = json.dumps({"Version": "2012-10-17", "Statement": []})
    kept = xray.put_resource_policy(PolicyName="p", PolicyDocument=text, PolicyRevisionId="0")
    with pytest.raises(xray.client.exceptions.InvalidPolicyRevisionIdException):
        xray.put_resource_policy(PolicyName="p", PolicyDocument=text, PolicyRevisionId="0")
    with pytest.raises(xray.client.exceptions.MalformedPolicyDocumentException):
        xray.put_resource_policy(PolicyName="q", PolicyDocument="{}")
    listed = xray.list_resource_policies()["ResourcePolicies"]
    assert [item["PolicyRevisionId"] for item in listed] == [
        kept["ResourcePolicy"]["PolicyRevisionId"]
    ]
    xray.delete_resource_policy(PolicyName="p")
    assert xray.list_resource_policies()["ResourcePolicies"] == []


def test_what_the_model_forbids_is_an_invalid_request(one_cloud):
    loose = one_cloud.client("xray", config=Config(parameter_validation=False))
    with pytest.raises(ClientError) as refused:
        loose.get_trace_summaries(StartTime=START, EndTime=START + 1, TimeRangeType="Never")
    assert refused.value.response["Error"]["Code"] == "InvalidRequestException"
    assert "enum value set" in refused.value.response["Error"]["Message"]
    with pytest.raises(ClientError, match="must not be null"):
        loose.create_group()


def test_pages_join_without_gaps_while_traces_arrive(one_cloud):
    client = Checked(one_cloud)
    base = START - 5_000

    def put(numbers: range) -> None:
        for number in numbers:
            document = segment(1, "paged", trace=number, base=base + number)
            client.put_trace_segments(TraceSegmentDocuments=texts(document))

    put(range(450))
    asked = {"StartTime": base, "EndTime": base + 1_000}
    first = client.get_trace_summaries(**asked)
    put(range(450, 460))
    second = client.get_trace_summaries(**asked, NextToken=first["NextToken"])
    third = client.get_trace_summaries(**asked, NextToken=second["NextToken"])
    assert "NextToken" not in third
    ids = [item["Id"] for page in (first, second, third) for item in page["TraceSummaries"]]
    assert ids == [trace_id(n, base + n) for n in range(449, -1, -1)]
    with pytest.raises(ClientError, match="NextToken"):
        client.get_trace_summaries(**asked, NextToken="nonsense")


def test_the_aws_cli_says_what_boto3_says(one_cloud, xray):
    def cli(*words: str) -> dict[str, Any]:
        environ = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": one_cloud.ready["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": one_cloud.ready["secret_access_key"],
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": one_cloud.ready["endpoint"],
        }
        command = [sys.executable, "-m", "awscli", "xray", *words, "--output", "json"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    times = ("--start-time", str(RANGE["StartTime"]), "--end-time", str(RANGE["EndTime"]))
    graph = cli("get-service-graph", *times)["Services"]
    ours = xray.get_service_graph(**RANGE)["Services"]
    for node, other in zip(graph, ours, strict=True):
        assert node["Name"] == other["Name"]
        assert node.get("SummaryStatistics") == other.get("SummaryStatistics")
    found = cli("get-trace-summaries", *times, "--filter-expression", "fault")
    assert [item["Id"] for item in found["TraceSummaries"]] == [_id(2)]


@pytest.mark.parametrize("zipped", [False, True])
def test_spans_are_taken_at_v1_traces_when_they_are_signed(one_cloud, xray, zipped):
    number = 0xAB + zipped
    trace = f"{START:08x}{number:024x}"
    span = {
        "traceId": trace,
        "spanId": f"{number:016x}",
        "name": "root",
        "kind": 2,
        "startTimeUnixNano": str(START * 10**9),
        "endTimeUnixNano": str(START * 10**9 + 10**8),
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "spans"}}]}
    message = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    data = json.dumps(message).encode()
    headers = {"Content-Type": "application/json"}
    if zipped:
        data, headers = gzip.compress(data), {**headers, "Content-Encoding": "gzip"}
    url = f"{one_cloud.ready['endpoint']}/v1/traces"
    signed = AWSRequest("POST", url, data=data, headers=headers)
    keys = Credentials(one_cloud.ready["access_key_id"], one_cloud.ready["secret_access_key"])
    SigV4Auth(keys, "xray", "us-east-1").add_auth(signed)
    with urllib.request.urlopen(
        urllib.request.Request(url, data, dict(signed.headers), method="POST")
    ) as response:
        assert json.loads(response.read()) == {}
    (found,) = xray.batch_get_traces(TraceIds=[trace])["Traces"]
    assert json.loads(found["Segments"][0]["Document"])["name"] == "spans"


def test_a_role_does_what_its_policy_allows_and_no_more(one_cloud, xray):
    arn = role(
        one_cloud,
        allow("xray:PutTraceSegments"),
        allow("xray:GetGroup", f"arn:aws:xray:us-east-1:{ACCOUNT}:group/mine/*"),
        principal=OF_ACCOUNT,
    )
    given = one_cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
    limited = one_cloud.client(
        "xray",
        access_key=given["AccessKeyId"],
        secret_key=given["SecretAccessKey"],
        token=given["SessionToken"],
    )
    limited.put_trace_segments(TraceSegmentDocuments=texts(segment(1, trace=500)))
    with pytest.raises(ClientError, match="Group mine does not exist"):
        limited.get_group(GroupName="mine")
    for call in (
        lambda: limited.get_group(GroupName="yours"),
        lambda: limited.get_trace_summaries(**RANGE),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_moto_does_not_answer_for_x_ray(one_cloud):
    # moto accepts any trace id here; X-Ray names what is wrong.
    client = one_cloud.client("xray")
    bad = json.dumps({**segment(1), "trace_id": "1-0-0"})
    (problem,) = client.put_trace_segments(TraceSegmentDocuments=[bad])["UnprocessedTraceSegments"]
    assert problem["ErrorCode"] == "InvalidTraceId"
