"""Custom resources: made by a function, which answers at an address of CloudFormation's.

Source: CloudFormation Template Reference, "Custom resources" (read 2026-11).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from running_cloud import RunningCloud, own_launcher, running
from test_cloudformation import create, delete, events, outputs, update

# It answers as AWS's own module does: a PUT of JSON without a content type.
MAKER = """
import json
import urllib.request


def handler(event, context):
    print(json.dumps(event))
    properties = event["ResourceProperties"]
    how = properties.get("How", "SUCCESS")
    if how == "RAISE":
        raise ValueError("not today")
    answer = {
        "Status": "FAILED" if how == event["RequestType"] else "SUCCESS",
        "Reason": "asked to",
        "PhysicalResourceId": "thing-" + properties["Name"],
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Seen": json.dumps(properties, sort_keys=True), "Deep": {"Key": "v"}},
    }
    if how == "LONG":
        answer["Data"]["Much"] = "x" * 5000
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"content-type": ""}, method="PUT"
    )
    urllib.request.urlopen(request)
"""


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def maker(one_cloud: RunningCloud) -> str:
    function = one_cloud.create(MAKER, Timeout=20)
    found = one_cloud.client("lambda").get_function(FunctionName=function)
    return str(found["Configuration"]["FunctionArn"])


@pytest.fixture
def name() -> str:
    return f"c{secrets.token_hex(4)}"


def template(maker: str, **properties: Any) -> dict[str, Any]:
    return {
        "Resources": {
            "Thing": {
                "Type": "Custom::Thing",
                "Properties": {"ServiceToken": maker, **properties},
            }
        },
        "Outputs": {
            "Id": {"Value": {"Ref": "Thing"}},
            "Seen": {"Value": {"Fn::GetAtt": ["Thing", "Seen"]}},
            "Deep": {"Value": {"Fn::GetAtt": ["Thing", "Deep.Key"]}},
        },
    }


def requests(cloud: RunningCloud, maker: str, stack_id: str) -> list[dict[str, Any]]:
    logs = cloud.client("logs")
    group = f"/aws/lambda/{maker.rpartition(':')[2]}"
    found = logs.filter_log_events(logGroupName=group, filterPattern='"RequestType"')["events"]
    told = [json.loads(each["message"]) for each in found]
    return [each for each in told if each["StackId"] == stack_id]


def test_a_custom_resource_lives_and_is_replaced(
    one_cloud: RunningCloud, maker: str, name: str
) -> None:
    made = create(one_cloud, name, template(maker, Name="a", Count=3, On=True))
    assert made["StackStatus"] == "CREATE_COMPLETE", events(one_cloud, name)
    found = outputs(made)
    assert found["Id"] == "thing-a"
    assert found["Deep"] == "v"
    assert json.loads(found["Seen"]) == {
        "Count": "3",
        "Name": "a",
        "On": "true",
        "ServiceToken": maker,
    }, "scalars arrive as texts"
    changed = update(one_cloud, name, template(maker, Name="b", Count=3, On=True))
    assert outputs(changed)["Id"] == "thing-b"
    delete(one_cloud, made["StackId"])
    told = requests(one_cloud, maker, made["StackId"])
    assert [(e["RequestType"], e.get("PhysicalResourceId")) for e in told] == [
        ("Create", None),
        ("Update", "thing-a"),
        ("Delete", "thing-a"),
        ("Delete", "thing-b"),
    ], "another physical id is another thing: the old one is deleted"
    assert told[1]["OldResourceProperties"]["Name"] == "a"
    assert len({e["RequestId"] for e in told}) == 4


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("Create", "Message returned: asked to"),
        ("LONG", "Response object is too long."),
    ],
)
def test_an_answer_that_fails_takes_the_stack_back(
    one_cloud: RunningCloud, maker: str, name: str, how: str, words: str
) -> None:
    made = create(one_cloud, name, template(maker, Name="x", How=how))
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    (reason,) = [e[2] for e in events(one_cloud, name) if e[0] == "CREATE_FAILED"]
    assert words in reason
    delete(one_cloud, made["StackId"])


def test_an_output_that_no_resource_gives_takes_the_stack_back(
    one_cloud: RunningCloud, maker: str, name: str
) -> None:
    asks = template(maker, Name="x")
    asks["Outputs"]["More"] = {"Value": {"Fn::GetAtt": ["Thing", "NotThere"]}}
    made = create(one_cloud, name, asks)
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("doesn't contain NotThere attribute" in e[2] for e in events(one_cloud, name))
    delete(one_cloud, made["StackId"])


def test_a_function_that_fails_is_waited_for_no_longer_than_asked(
    one_cloud: RunningCloud, maker: str, name: str
) -> None:
    made = create(one_cloud, name, template(maker, Name="x", How="RAISE", ServiceTimeout=240))
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    (reason,) = [e[2] for e in events(one_cloud, name) if e[0] == "CREATE_FAILED"]
    assert "did not receive a response from your Custom Resource" in reason


def test_a_token_that_is_no_function_fails(one_cloud: RunningCloud, name: str) -> None:
    made = create(one_cloud, name, template("somebody", Name="x"))
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Invalid service token: somebody" in e[2] for e in events(one_cloud, name))
