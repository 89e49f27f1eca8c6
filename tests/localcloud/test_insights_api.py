"""Queries of Logs Insights through the API, over what functions have logged.

Source: Amazon CloudWatch Logs API Reference, "StartQuery", "GetQueryResults", "StopQuery",
"DescribeQueries", "GetLogRecord", "GetLogGroupFields" (botocore's model, read 2026-11).
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import allow, policy
from running_cloud import RunningCloud, wait_for

SOURCE = """
import json
def handler(event, context):
    print(json.dumps({"level": "INFO", "kind": event["kind"], "n": {"x": event["n"]}}))
    print("plain text")
"""


@pytest.fixture(scope="module")
def group(one_cloud: RunningCloud) -> Iterator[str]:
    """The log group of a function that was invoked four times, in one environment."""
    name = one_cloud.create(SOURCE, MemorySize=256)
    for number, kind in enumerate("abab"):
        assert not one_cloud.call(name, {"kind": kind, "n": number}).error
    yield f"/aws/lambda/{name}"
    one_cloud.delete(name)


def started(cloud: RunningCloud, query: str, group: str, **given: Any) -> str:
    now = int(time.time())
    names = {} if "logGroupIdentifiers" in given else {"logGroupName": group}
    asked = {"startTime": now - 600, "endTime": now + 5, "queryString": query, **names, **given}
    return str(cloud.client("logs").start_query(**asked)["queryId"])


def completed(cloud: RunningCloud, query_id: str) -> dict[str, Any]:
    logs = cloud.client("logs")
    wait_for(lambda: logs.get_query_results(queryId=query_id)["status"] == "Complete")
    found: dict[str, Any] = logs.get_query_results(queryId=query_id)
    return found


def rows(cloud: RunningCloud, query: str, group: str, **given: Any) -> list[dict[str, str]]:
    found = completed(cloud, started(cloud, query, group, **given))
    return [{each["field"]: each["value"] for each in row} for row in found["results"]]


def test_reports_of_a_function(one_cloud: RunningCloud, group: str) -> None:
    query = """
        filter @type = "REPORT"
        | stats count(*) as calls, count(@initDuration) as cold, max(@memorySize / 1000000) as mb,
                max(@duration) >= min(@duration) as sane, sum(@billedDuration) as billed
    """
    (found,) = rows(one_cloud, query, group)
    assert (found["calls"], found["cold"], found["mb"], found["sane"]) == ("4", "1", "256", "1")
    assert int(found["billed"]) >= 4


def test_what_functions_print_as_json_has_fields(one_cloud: RunningCloud, group: str) -> None:
    query = 'filter kind = "b" | fields n.x as n, level | sort n.x desc'
    found = completed(one_cloud, started(one_cloud, query, group))
    seen = [[(each["field"], each["value"]) for each in row[:2]] for row in found["results"]]
    assert seen == [[("n", "3"), ("level", "INFO")], [("n", "1"), ("level", "INFO")]]
    statistics = found["statistics"]
    assert statistics["recordsMatched"] == 2
    # INIT_START; START, two lines, END and REPORT of each invocation.
    assert statistics["recordsScanned"] == 21
    assert statistics["bytesScanned"] > 1000


def test_a_pointer_leads_to_the_whole_record(one_cloud: RunningCloud, group: str) -> None:
    logs = one_cloud.client("logs")
    query = 'filter @type = "REPORT" | sort @timestamp asc | limit 1 | display @requestId'
    (found,) = rows(one_cloud, query, group)
    record = logs.get_log_record(logRecordPointer=found["@ptr"])["logRecord"]
    assert record["@requestId"] == found["@requestId"]
    assert record["@message"].startswith(f"REPORT RequestId: {found['@requestId']}\t")
    assert record["@memorySize"] == "256000000"
    assert int(record["@timestamp"]) <= int(record["@ingestionTime"]) <= time.time() * 1000
    assert record["@log"] == f"{one_cloud.ready['account_id']}:{group}"
    for wrong in ("nonsense", found["@ptr"][8:]):
        with pytest.raises(ClientError, match="InvalidParameterException"):
            logs.get_log_record(logRecordPointer=wrong)


def test_the_fields_of_a_group(one_cloud: RunningCloud, group: str) -> None:
    found = one_cloud.client("logs").get_log_group_fields(logGroupName=group)["logGroupFields"]
    percent = {each["name"]: each["percent"] for each in found}
    assert percent["@message"] == 100
    assert percent["@duration"] == percent["n.x"] == 19
    assert percent["@initDuration"] == 5


def test_several_groups_and_the_time_range(one_cloud: RunningCloud, group: str) -> None:
    logs = one_cloud.client("logs")
    other = f"/insights/{secrets.token_hex(4)}"
    logs.create_log_group(logGroupName=other)
    logs.create_log_stream(logGroupName=other, logStreamName="s")
    second = int(time.time())
    events = [{"timestamp": second * 1000 + n, "message": "odd"} for n in (-1, 0, 999)]
    logs.put_log_events(logGroupName=other, logStreamName="s", logEvents=events)
    arn = logs.describe_log_groups(logGroupNamePrefix=other)["logGroups"][0]["logGroupArn"]
    query = 'filter @message = "odd" or @type = "REPORT" | stats count(*) as n by @log | sort @log'
    found = rows(one_cloud, query, group, logGroupIdentifiers=[arn, group])
    assert [each["n"] for each in found] == ["4", "3"]
    both = {"startTime": second, "endTime": second}
    assert rows(one_cloud, query, other, **both)[0]["n"] == "1", "the range is inclusive"
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        started(one_cloud, query, "/insights/nowhere")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        started(one_cloud, query, group, logGroupNames=[other])
    with pytest.raises(ClientError, match=r"MalformedQueryException.*log groups creation time"):
        started(one_cloud, query, other, startTime=1, endTime=2)


def test_results_come_in_pages_and_the_limit_holds(one_cloud: RunningCloud, group: str) -> None:
    logs = one_cloud.client("logs")
    query_id = started(one_cloud, "fields @message | sort @timestamp", group, limit=15)
    whole = completed(one_cloud, query_id)["results"]
    assert len(whole) == 15
    page = logs.get_query_results(queryId=query_id, maxItems=10)
    rest = logs.get_query_results(queryId=query_id, nextToken=page["nextToken"])
    assert page["results"] + rest["results"] == whole
    assert "nextToken" not in rest


def test_what_is_refused_says_where(one_cloud: RunningCloud, group: str) -> None:
    logs = one_cloud.client("logs")
    query = "fields @message | pattern @message"
    with pytest.raises(logs.exceptions.MalformedQueryException) as refused:
        started(one_cloud, query, group)
    error = refused.value.response["queryCompileError"]
    place = error["location"]
    assert query[place["startCharOffset"] : place["endCharOffset"]] == "pattern"
    assert "The command pattern is not offered here" in error["message"]
    with pytest.raises(ClientError, match="offers the Logs Insights query language"):
        started(one_cloud, "SELECT 1", group, queryLanguage="SQL")


def test_queries_are_listed_and_stopped(one_cloud: RunningCloud, group: str) -> None:
    logs = one_cloud.client("logs")
    query = "stats count(*) as listed"
    query_id = started(one_cloud, query, group)
    completed(one_cloud, query_id)
    (found,) = [
        each
        for each in logs.describe_queries(logGroupName=group, status="Complete")["queries"]
        if each["queryId"] == query_id
    ]
    assert re.fullmatch(
        rf'SOURCE "{re.escape(group)}" START=\d+000 END=\d+999 \| {re.escape(query)}',
        found["queryString"],
    )
    assert found["logGroupName"] == group
    assert found["queryDuration"] >= 0
    with pytest.raises(ClientError, match=r"InvalidParameterException.*not running"):
        logs.stop_query(queryId=query_id)
    for call in (logs.stop_query, logs.get_query_results):
        with pytest.raises(logs.exceptions.ResourceNotFoundException):
            call(queryId="nonsense")


def test_saved_queries(one_cloud: RunningCloud) -> None:
    logs = one_cloud.client("logs")
    name = f"saved-{secrets.token_hex(4)}"
    made = logs.put_query_definition(name=name, queryString="fields @message")
    given = {"queryDefinitionId": made["queryDefinitionId"], "name": name}
    logs.put_query_definition(**given, queryString="limit 1", logGroupNames=["/g"])
    (found,) = logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"]
    assert found["queryString"] == "limit 1"
    assert found["logGroupNames"] == ["/g"]
    assert logs.delete_query_definition(queryDefinitionId=made["queryDefinitionId"])["success"]
    assert logs.describe_query_definitions(queryDefinitionNamePrefix=name)["queryDefinitions"] == []
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.delete_query_definition(queryDefinitionId=made["queryDefinitionId"])


def test_only_who_may_can_query(one_cloud: RunningCloud, group: str) -> None:
    """Source: Service Authorization Reference (read 2026-11): StartQuery asks for the group."""
    iam = one_cloud.client("iam")
    user = f"reader-{secrets.token_hex(4)}"
    iam.create_user(UserName=user)
    arn = f"arn:aws:logs:us-east-1:{one_cloud.ready['account_id']}:log-group:{group}:*"
    text = policy(allow("logs:StartQuery", arn))
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=text)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    logs = one_cloud.client(
        "logs", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"]
    )
    now = int(time.time())
    given = {"startTime": now - 60, "endTime": now, "queryString": "limit 1"}
    query_id = logs.start_query(**given, logGroupName=group)["queryId"]
    for call, refused in (
        (logs.start_query, {**given, "logGroupName": "/aws/lambda/another"}),
        (logs.get_query_results, {"queryId": query_id}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(**refused)


def test_a_json_report_in_json_format(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(SOURCE, LoggingConfig={"LogFormat": "JSON"})
    one_cloud.call(name, {"kind": "a", "n": 1})
    query = "filter type = 'platform.report' | display record.metrics.memorySizeMB, record.status"
    (found,) = rows(one_cloud, query, f"/aws/lambda/{name}")
    assert found.pop("@ptr")
    assert found == {"record.metrics.memorySizeMB": "1769", "record.status": "success"}
    assert json.loads(one_cloud.call(name, {"kind": "a", "n": 1}).log.splitlines()[-1])
    one_cloud.delete(name)
