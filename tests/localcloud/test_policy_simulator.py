"""IAM's policy simulator, through boto3, and the places of statements.

Source: IAM API Reference, SimulatePrincipalPolicy, SimulateCustomPolicy (read 2026-11); the
positions of its example: line 3, column 16 to line 7, column 4.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import TRUST, RunningCloud

from serverless_course.localcloud.iam.policy_positions import Position, Span, statement_spans

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/{}"
EXAMPLE = """{
  "Version":"2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::bucket"
  }
}"""


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def simulated(cloud: RunningCloud, policies: list[str], *actions: str, **more: Any) -> list[Any]:
    answer = cloud.client("iam").simulate_custom_policy(
        PolicyInputList=policies, ActionNames=list(actions), **more
    )
    assert answer["IsTruncated"] is False
    found: list[Any] = answer["EvaluationResults"]
    return found


def test_a_statement_stands_where_the_example_of_aws_says() -> None:
    assert statement_spans(EXAMPLE) == [Span(Position(3, 16), Position(7, 4))]


def test_statements_of_a_list_stand_one_after_the_other() -> None:
    text = '{"Statement": [{"Effect": "Deny"},\n {"Effect": "Allow"}], "Version": "x"}'
    assert statement_spans(text) == [
        Span(Position(1, 16), Position(1, 34)),
        Span(Position(2, 2), Position(2, 21)),
    ]
    assert statement_spans('{"Version": "2012-10-17"}') == []
    with pytest.raises(ValueError, match="policy document"):
        statement_spans("[]")


def test_what_is_allowed_names_the_statement_that_allows_it(one_cloud: RunningCloud) -> None:
    (found,) = simulated(
        one_cloud, [EXAMPLE], "s3:ListBucket", ResourceArns=["arn:aws:s3:::bucket"]
    )
    matched = [
        {
            "SourcePolicyId": "PolicyInputList.1",
            "SourcePolicyType": "IAM Policy",
            "StartPosition": {"Line": 3, "Column": 16},
            "EndPosition": {"Line": 7, "Column": 4},
        }
    ]
    assert found["EvalActionName"] == "s3:ListBucket"
    assert found["EvalDecision"] == "allowed"
    assert found["MatchedStatements"] == matched
    assert found["MissingContextValues"] == []
    (one,) = found["ResourceSpecificResults"]
    assert one["EvalResourceName"] == "arn:aws:s3:::bucket"
    assert one["EvalResourceDecision"] == "allowed"
    assert one["MatchedStatements"] == matched


def test_a_denial_is_the_only_statement_that_is_told(one_cloud: RunningCloud) -> None:
    policies = [policy(allow("sqs:*")), policy(deny("sqs:DeleteQueue"))]
    allowed, denied, neither = simulated(
        one_cloud, policies, "sqs:SendMessage", "sqs:DeleteQueue", "sns:Publish"
    )
    assert [each["EvalDecision"] for each in (allowed, denied, neither)] == [
        "allowed",
        "explicitDeny",
        "implicitDeny",
    ]
    (matched,) = denied["MatchedStatements"]
    assert matched["SourcePolicyId"] == "PolicyInputList.2"
    assert neither["MatchedStatements"] == []
    assert allowed["EvalResourceName"] == "*"
    assert "ResourceSpecificResults" not in allowed or not allowed["ResourceSpecificResults"]


def test_each_resource_has_its_own_result_and_the_strictest_one_counts(
    one_cloud: RunningCloud,
) -> None:
    policies = [policy(allow("dynamodb:GetItem", TABLE.format("orders*")))]
    resources = [TABLE.format("orders-1"), TABLE.format("users")]
    (found,) = simulated(one_cloud, policies, "dynamodb:GetItem", ResourceArns=resources)
    assert found["EvalDecision"] == "implicitDeny"
    decisions = [each["EvalResourceDecision"] for each in found["ResourceSpecificResults"]]
    assert decisions == ["allowed", "implicitDeny"]


def test_context_that_a_policy_asks_for_and_nobody_gave_is_missing(one_cloud: RunningCloud) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    own = "arn:aws:s3:::home/${aws:PrincipalTag/team}/*"
    policies = [policy(allow("sqs:SendMessage", Condition=condition), allow("s3:GetObject", own))]
    (found,) = simulated(one_cloud, policies, "sqs:SendMessage")
    assert found["EvalDecision"] == "implicitDeny"
    assert found["MissingContextValues"] == ["aws:RequestedRegion"]
    entry = {
        "ContextKeyName": "aws:requestedregion",
        "ContextKeyValues": ["us-east-1"],
        "ContextKeyType": "string",
    }
    (found,) = simulated(one_cloud, policies, "sqs:SendMessage", ContextEntries=[entry])
    assert (found["EvalDecision"], found["MissingContextValues"]) == ("allowed", [])
    objects = ["arn:aws:s3:::home/red/a"]
    (found,) = simulated(one_cloud, policies, "s3:GetObject", ResourceArns=objects)
    (one,) = found["ResourceSpecificResults"]
    assert one["MissingContextValues"] == ["aws:PrincipalTag/team"]
    keys = one_cloud.client("iam").get_context_keys_for_custom_policy(PolicyInputList=policies)
    assert set(keys["ContextKeyNames"]) == {"aws:RequestedRegion", "aws:PrincipalTag/team"}


def test_a_list_of_values_is_a_list(one_cloud: RunningCloud) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}
    policies = [policy(allow("lambda:TagResource", Condition=condition))]
    for values, decision in ((["team"], "allowed"), (["team", "owner"], "implicitDeny")):
        entry = {
            "ContextKeyName": "aws:TagKeys",
            "ContextKeyValues": values,
            "ContextKeyType": "stringList",
        }
        (found,) = simulated(one_cloud, policies, "lambda:TagResource", ContextEntries=[entry])
        assert found["EvalDecision"] == decision


def test_a_permissions_boundary_limits_and_says_so(one_cloud: RunningCloud) -> None:
    policies, limit = [policy(allow("*"))], [policy(allow("s3:*"))]
    inside, outside = simulated(
        one_cloud,
        policies,
        "s3:GetObject",
        "sqs:SendMessage",
        PermissionsBoundaryPolicyInputList=limit,
    )
    assert inside["EvalDecision"] == "allowed"
    assert inside["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    assert outside["EvalDecision"] == "implicitDeny"
    assert outside["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_a_resource_policy_allows_the_caller_that_it_names(one_cloud: RunningCloud) -> None:
    caller = "arn:aws:iam::123456789012:user/Ada"
    queue = "arn:aws:sqs:us-east-1:123456789012:jobs"
    grant = {**allow("sqs:SendMessage", queue), "Principal": {"AWS": caller}}
    more = {"ResourceArns": [queue], "ResourcePolicy": policy(grant)}
    (found,) = simulated(
        one_cloud, [policy(allow("s3:*"))], "sqs:SendMessage", CallerArn=caller, **more
    )
    assert found["EvalDecision"] == "allowed"
    (matched,) = found["MatchedStatements"]
    assert matched["SourcePolicyId"] == "ResourcePolicy"
    other = caller.replace("Ada", "Bob")
    (found,) = simulated(
        one_cloud, [policy(allow("s3:*"))], "sqs:SendMessage", CallerArn=other, **more
    )
    assert found["EvalDecision"] == "implicitDeny"
    with pytest.raises(ClientError, match="InvalidInput"):
        simulated(one_cloud, [policy(allow("s3:*"))], "sqs:SendMessage", **more)


def test_the_policies_of_a_role_count_and_are_named(one_cloud: RunningCloud) -> None:
    iam = one_cloud.client("iam")
    name = f"simulated-{secrets.token_hex(4)}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(
        RoleName=name, PolicyName="queues", PolicyDocument=policy(allow("sqs:SendMessage"))
    )
    managed = iam.create_policy(
        PolicyName=f"{name}-topics", PolicyDocument=policy(allow("sns:Publish"))
    )["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=managed)
    found = iam.simulate_principal_policy(
        PolicySourceArn=role, ActionNames=["sqs:SendMessage", "sns:Publish", "s3:GetObject"]
    )["EvaluationResults"]
    assert [each["EvalDecision"] for each in found] == ["allowed", "allowed", "implicitDeny"]
    sources = [each["MatchedStatements"][0]["SourcePolicyId"] for each in found[:2]]
    assert sources == [f"role_{name}_queues", f"{name}-topics"]
    limited = iam.create_policy(PolicyName=f"{name}-limit", PolicyDocument=policy(allow("sqs:*")))[
        "Policy"
    ]["Arn"]
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=limited)
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=role,
        ActionNames=["sqs:SendMessage", "sns:Publish"],
        PaginationConfig={"PageSize": 1},
    )
    decisions = [each["EvalDecision"] for page in pages for each in page["EvaluationResults"]]
    assert decisions == ["allowed", "implicitDeny"]
    with pytest.raises(ClientError, match="isn't supported for IAM roles"):
        iam.simulate_principal_policy(
            PolicySourceArn=role, ActionNames=["sqs:SendMessage"], ResourcePolicy=EXAMPLE
        )


def test_the_groups_of_a_user_count(one_cloud: RunningCloud) -> None:
    iam = one_cloud.client("iam")
    name = f"simulated-{secrets.token_hex(4)}"
    user = iam.create_user(UserName=name)["User"]["Arn"]
    iam.create_group(GroupName=name)
    own = allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*")
    iam.put_group_policy(GroupName=name, PolicyName="home", PolicyDocument=policy(own))
    iam.add_user_to_group(GroupName=name, UserName=name)
    (found,) = iam.simulate_principal_policy(
        PolicySourceArn=user,
        ActionNames=["s3:GetObject"],
        ResourceArns=[f"arn:aws:s3:::home/{name}/a"],
    )["EvaluationResults"]
    assert found["EvalDecision"] == "allowed"
    assert found["MatchedStatements"][0]["SourcePolicyId"] == f"group_{name}_home"


def test_the_learner_may_do_everything(one_cloud: RunningCloud) -> None:
    arn = one_cloud.client("sts").get_caller_identity()["Arn"]
    (found,) = one_cloud.client("iam").simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["lambda:InvokeFunction"]
    )["EvaluationResults"]
    assert found["EvalDecision"] == "allowed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ActionNames": ["GetObject"]}, "InvalidInput"),
        ({"ActionNames": ["s3:*"]}, "InvalidInput"),
        ({"PolicyInputList": ["no JSON"]}, "InvalidInput"),
        ({"ResourceHandlingOption": "EC2-VPC-EBS"}, "NotImplemented"),
        ({"ResourceOwner": "999999999999"}, "NotImplemented"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    one_cloud: RunningCloud, given: dict[str, Any], code: str
) -> None:
    usual = {"PolicyInputList": [EXAMPLE], "ActionNames": ["s3:ListBucket"]}
    with pytest.raises(ClientError) as refused:
        one_cloud.client("iam").simulate_custom_policy(**{**usual, **given})
    assert refused.value.response["Error"]["Code"] == code


def test_somebody_who_is_not_there_is_not_simulated(one_cloud: RunningCloud) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        one_cloud.client("iam").simulate_principal_policy(
            PolicySourceArn="arn:aws:iam::123456789012:role/nobody", ActionNames=["s3:GetObject"]
        )


def test_parts_of_a_resource_that_iam_refuses(one_cloud: RunningCloud) -> None:
    """IAM User Guide, "IAM JSON policy elements: Resource" (read 2026-11); words: error reports."""
    iam = one_cloud.client("iam")
    vendor = "Resource vendor must be fully qualified and cannot contain regexes."
    legacy = "The policy failed legacy parsing"
    name = f"parts-{secrets.token_hex(4)}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    for resource, said in (
        ("arn:aws:*:us-east-1:123456789012:function:f", vendor),
        ("arn:aws:*", vendor),
        ("arn:aws:s?s:us-east-1:123456789012:q", vendor),
        ("arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q", legacy),
        ("arn:aws:sqs:us-east-1:ACCOUNT_ID:q", legacy),
        ("arn:awz:sqs:*:*:q", 'Partition "awz" is not valid for resource "arn:awz:sqs:*:*:q".'),
        ("arn:aws:sqs:*:*:q", ""),
        ("arn:aws:sqs:us-*-1:12345678901?:q*", ""),
        ("arn:aws:iam::aws:policy/*", ""),
        ("arn:aws:s3:::${aws:username}/*", ""),
    ):
        for where in ("Resource", "NotResource"):
            statement = {"Effect": "Allow", "Action": "sqs:*", where: ["arn:aws:sqs:::a", resource]}
            given = {"RoleName": name, "PolicyName": "p", "PolicyDocument": policy(statement)}
            if not said:
                iam.put_role_policy(**given)
                continue
            with pytest.raises(ClientError) as refused:
                iam.put_role_policy(**given)
            error = refused.value.response["Error"]
            assert (error["Code"], error["Message"]) == ("MalformedPolicyDocument", said)
