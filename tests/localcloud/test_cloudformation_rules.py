"""A template's Rules: parameters that they refuse make and change nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, own_launcher, running

from serverless_course.localcloud.cloudformation.rules import check_rules
from serverless_course.localcloud.wire.errors import ServiceError

VALUES = {"Stage": "prod", "Size": "4", "Zones": ["a", "b"], "Empty": ""}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def checked(condition: Any, **more: Any) -> str:
    """What a template's one rule with this assertion is refused with; empty when it is not."""
    rule = {"Assertions": [{"Assert": condition, "AssertDescription": "not so"}], **more}
    try:
        check_rules({"Rules": {"Mine": rule}}, VALUES)
    except ServiceError as error:
        return error.message
    return ""


TRUE = [
    {"Fn::Equals": [ref("Stage"), "prod"]},
    {"Fn::Contains": [["test", "prod"], ref("Stage")]},
    {"Fn::Contains": [ref("Zones"), "b"]},
    {"Fn::EachMemberIn": [ref("Zones"), ["a", "b", "c"]]},
    {"Fn::EachMemberEquals": [["4", 4], ref("Size")]},
    {"Fn::And": [{"Fn::Equals": ["1", 1]}, {"Fn::Not": [{"Fn::Equals": ["", "a"]}]}]},
    {"Fn::Or": [{"Fn::Equals": ["1", "2"]}, {"Fn::Equals": [ref("Empty"), ""]}]},
    "true",
    True,
]


@pytest.mark.parametrize("condition", TRUE, ids=json.dumps)
def test_an_assertion_holds_or_its_opposite_does_not(condition: Any) -> None:
    assert not checked(condition)
    message = checked({"Fn::Not": [condition]})
    assert "Mine" in message
    assert "not so" in message


def test_a_rule_whose_condition_is_false_asks_for_nothing() -> None:
    never = {"Fn::Equals": [ref("Stage"), "prod"]}
    assert checked({"Fn::Not": [never]}, RuleCondition=never)
    assert not checked({"Fn::Not": [never]}, RuleCondition={"Fn::Not": [never]})


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ({"Fn::Equals": ["a"]}, "arguments"),
        ({"Fn::Equals": "a"}, "no list"),
        ({"Fn::If": ["a", "b", "c"]}, "no function of rules"),
        ({"Fn::Contains": ["a", "a"]}, "list of strings"),
        ({"Fn::Equals": [ref("Nobody"), "a"]}, "names no parameter"),
        ({"Fn::Not": [True], "Fn::Or": []}, "stands alone"),
        ("perhaps", "true or false"),
        ({"Fn::ValueOf": ["Stage", "Id"]}, "does not offer"),
        ({"Fn::RefAll": "AWS::EC2::VPC::Id"}, "does not offer"),
    ],
    ids=str,
)
def test_what_is_no_condition_is_refused(condition: Any, why: str) -> None:
    assert why in checked(condition)


@pytest.mark.parametrize(
    "rules",
    [
        {"A": []},
        {"A": {}},
        {"A": {"Assertions": {}}},
        {"A": {"Assertions": ["x"]}},
        {"A": {"Assertions": [{"AssertDescription": "x"}]}},
        {"A": {"Assertions": [{"Assert": True, "Because": "x"}]}},
        {"A": {"Assertions": [{"Assert": True}], "Else": []}},
    ],
    ids=json.dumps,
)
def test_what_is_no_rule_is_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(ServiceError, match="Template format error: in rule A"):
        check_rules({"Rules": rules}, VALUES)


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as cloud:
        yield cloud


TEMPLATE = json.dumps(
    {
        "Parameters": {
            "Wait": {"Type": "Number", "Default": 5},
            "Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/v"},
        },
        "Rules": {
            "New": {
                "Assertions": [
                    {
                        "Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2"], ref("Version")]}]},
                        "AssertDescription": "Version 3 is needed.",
                    }
                ]
            },
            "Short": {
                "Assertions": [{"Assert": {"Fn::Contains": [["5", "6"], ref("Wait")]}}],
            },
        },
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": ref("Wait")}}
        },
    }
)


def test_nothing_is_made_or_changed_against_a_rule(one_cloud: RunningCloud) -> None:
    client, name = one_cloud.client("cloudformation"), f"r{secrets.token_hex(4)}"
    version = one_cloud.client("ssm").put_parameter
    version(Name="/v", Value="2", Type="String")
    with pytest.raises(ClientError, match=r"Version 3 is needed\."):
        client.create_stack(StackName=name, TemplateBody=TEMPLATE)
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(StackName=name)
    version(Name="/v", Value="3", Type="String", Overwrite=True)
    client.create_stack(StackName=name, TemplateBody=TEMPLATE)
    client.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    with pytest.raises(ClientError, match="Rule Short is not met"):
        client.update_stack(
            StackName=name,
            UsePreviousTemplate=True,
            Parameters=[{"ParameterKey": "Wait", "ParameterValue": "9"}],
        )
    assert client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
