"""Policy documents and their conditions. Source: IAM User Guide, "IAM JSON policy elements
reference", "Condition operators" and "Policy evaluation logic" (read 2026-11)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from roles import allow, deny, policy

from serverless_course.localcloud.iam.conditions import holds
from serverless_course.localcloud.iam.policies import Decision, decide, trust

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
KEY = "arn:aws:s3:::shop/in/a.txt"
ALLOWED, DENIED, NOT_ALLOWED = Decision.ALLOWED, Decision.DENIED, Decision.NOT_ALLOWED


@pytest.mark.parametrize(
    ("statements", "action", "resource", "decision"),
    [
        ([], "sqs:SendMessage", QUEUE, NOT_ALLOWED),
        ([allow("sqs:SendMessage", QUEUE)], "sqs:SendMessage", QUEUE, ALLOWED),
        ([allow("sqs:SendMessage", QUEUE)], "sqs:ReceiveMessage", QUEUE, NOT_ALLOWED),
        ([allow("sqs:SendMessage", QUEUE)], "sqs:SendMessage", QUEUE + "2", NOT_ALLOWED),
        ([allow("SQS:sendmessage", QUEUE)], "sqs:SendMessage", QUEUE, ALLOWED),
        ([allow("sqs:Send*", "*")], "sqs:SendMessage", QUEUE, ALLOWED),
        ([allow("*", "*")], "sqs:SendMessage", QUEUE, ALLOWED),
        ([allow("sqs:*Message", QUEUE[:-1] + "?")], "sqs:SendMessage", QUEUE, ALLOWED),
        ([allow("sqs:*", QUEUE + "?")], "sqs:SendMessage", QUEUE, NOT_ALLOWED),
        ([allow(["s3:GetObject", "s3:PutObject"], [QUEUE, KEY])], "s3:PutObject", KEY, ALLOWED),
        ([allow("s3:GetObject", "arn:aws:s3:::shop/in/*")], "s3:GetObject", KEY, ALLOWED),
        ([allow("s3:GetObject", "arn:aws:s3:::shop/out/*")], "s3:GetObject", KEY, NOT_ALLOWED),
        ([allow("s3:GetObject", "arn:aws:s3:::sh.p/*")], "s3:GetObject", KEY, NOT_ALLOWED),
        ([allow("*"), deny("sqs:SendMessage")], "sqs:SendMessage", QUEUE, DENIED),
        ([deny("sqs:*", QUEUE), allow("*")], "sqs:SendMessage", QUEUE, DENIED),
        ([allow("*"), deny("sqs:*", QUEUE + "2")], "sqs:SendMessage", QUEUE, ALLOWED),
        ([allow("dynamodb:ListTables", QUEUE)], "dynamodb:ListTables", "*", NOT_ALLOWED),
    ],
)
def test_a_policy_decides(
    statements: list[dict[str, Any]], action: str, resource: str, decision: Decision
) -> None:
    assert decide([policy(*statements)], action, resource, {}) is decision


@pytest.mark.parametrize(
    ("statement", "decision"),
    [
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, ALLOWED),
        ({"Effect": "Allow", "NotAction": ["sqs:*", "s3:*"], "Resource": "*"}, NOT_ALLOWED),
        ({"Effect": "Allow", "Action": "sqs:*", "NotResource": KEY}, ALLOWED),
        ({"Effect": "Allow", "Action": "sqs:*", "NotResource": QUEUE}, NOT_ALLOWED),
        ({"Effect": "Deny", "Action": "sqs:*", "NotResource": KEY}, DENIED),
    ],
)
def test_elements_with_not(statement: dict[str, Any], decision: Decision) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    assert decide([document], "sqs:SendMessage", QUEUE, {}) is decision


def test_an_allow_whose_condition_does_not_hold_is_no_deny() -> None:
    no = allow("sqs:*", "*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    here = {"aws:requestedregion": "us-east-1"}
    assert decide([policy(no)], "sqs:SendMessage", QUEUE, here) is NOT_ALLOWED
    assert decide([policy(no, allow("sqs:*"))], "sqs:SendMessage", QUEUE, here) is ALLOWED


def test_a_policy_variable_is_filled_in() -> None:
    own = policy(allow("s3:GetObject", "arn:aws:s3:::shop/users/${aws:username}/*"))
    ana = {"aws:username": "ana"}
    assert decide([own], "s3:GetObject", "arn:aws:s3:::shop/users/ana/x", ana) is ALLOWED
    assert decide([own], "s3:GetObject", "arn:aws:s3:::shop/users/bea/x", ana) is NOT_ALLOWED
    assert decide([own], "s3:GetObject", "arn:aws:s3:::shop/users/ana/x", {}) is NOT_ALLOWED


def test_what_is_no_policy_allows_nothing() -> None:
    for document in ("", "[]", "{}", '{"Statement": "x"}', "no json"):
        assert decide([document], "sqs:SendMessage", QUEUE, {}) is NOT_ALLOWED


GIVEN = {
    "aws:requestedregion": "us-east-1",
    "aws:principalarn": "arn:aws:iam::123456789012:role/worker",
    "aws:sourceip": "127.0.0.1",
    "aws:securetransport": "true",
    "aws:currenttime": "2026-11-24T12:00:00Z",
    "s3:max-keys": "10",
    "aws:tagkeys": ["team", "cost"],
}


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "found"),
    [
        ("StringEquals", "aws:RequestedRegion", "us-east-1", True),
        ("StringEquals", "aws:RequestedRegion", ["eu-west-1", "us-east-1"], True),
        ("StringEquals", "aws:RequestedRegion", "US-EAST-1", False),
        ("StringEqualsIgnoreCase", "aws:RequestedRegion", "US-EAST-1", True),
        ("StringNotEquals", "aws:RequestedRegion", ["eu-west-1", "us-east-1"], False),
        ("StringLike", "aws:RequestedRegion", "us-*-?", True),
        ("StringNotLike", "aws:RequestedRegion", "eu-*", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/work*", True),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:user/*", False),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*", True),
        ("Bool", "aws:SecureTransport", "false", False),
        ("Bool", "aws:SecureTransport", True, True),
        ("IpAddress", "aws:SourceIp", "127.0.0.0/8", True),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", True),
        ("NumericLessThanEquals", "s3:max-keys", "10", True),
        ("NumericGreaterThan", "s3:max-keys", 10, False),
        ("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", True),
        ("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", False),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["cost", "other"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["cost", "other"], False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["cost", "team"], True),
        ("Null", "aws:TagKeys", "true", False),
        ("Null", "aws:SourceVpc", "true", True),
        # A key that is not known is absent.
        ("StringEquals", "aws:SourceVpc", "vpc-1", False),
        ("StringEqualsIfExists", "aws:SourceVpc", "vpc-1", True),
        ("StringNotEquals", "aws:SourceVpc", "vpc-1", True),
        ("ForAllValues:StringEquals", "aws:SourceVpc", "vpc-1", True),
        ("ForAnyValue:StringEquals", "aws:SourceVpc", "vpc-1", False),
        ("NoSuchOperator", "aws:RequestedRegion", "us-east-1", False),
    ],
)
def test_a_condition(operator: str, key: str, wanted: Any, found: bool) -> None:
    assert holds({operator: {key: wanted}}, GIVEN) is found


def test_every_operator_and_every_key_has_to_hold() -> None:
    region = {"aws:RequestedRegion": "us-east-1"}
    assert not holds({"StringEquals": region, "Bool": {"aws:SecureTransport": "false"}}, GIVEN)
    assert not holds({"StringEquals": {**region, "aws:SourceVpc": "vpc-1"}}, GIVEN)


@pytest.mark.parametrize(
    ("statement", "trusted"),
    [
        ({"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}, True),
        (
            {
                "Principal": {"Service": ["states.amazonaws.com", "lambda.amazonaws.com"]},
                "Action": ["sts:TagSession", "sts:AssumeRole"],
            },
            True,
        ),
        ({"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:*"}, True),
        ({"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "*"}, True),
        ({"Principal": "*", "Action": "sts:AssumeRole"}, True),
        ({"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:TagSession"}, False),
        ({"Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}, False),
        ({"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}, False),
        ({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}, False),
    ],
)
def test_whom_a_role_trusts(statement: dict[str, Any], trusted: bool) -> None:
    document = policy({"Effect": "Allow", **statement})
    found = trust(document, "Service", ("lambda.amazonaws.com",), {})
    assert (found is ALLOWED) is trusted
