"""What counts beside identity-based policies, and how large a policy may be.

Sources: IAM User Guide, "Policy evaluation logic", "Permissions boundaries", "Session policies" and
"IAM and AWS STS quotas"; Lambda Developer Guide, "Lambda quotas" and "Resource-based policies"
(all read 2026-11); the words of the refusals: public error reports of 2018 to 2025.
"""

from __future__ import annotations

import json
import secrets
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from iam_caller import Caller
from roles import (
    ACCOUNT,
    ARN,
    OF_ACCOUNT,
    acting_user,
    allow,
    assume,
    deny,
    of_service,
    policy,
    role,
    trust,
)
from running_cloud import RunningCloud

from serverless_course.localcloud.iam.policies import Decision, decide
from serverless_course.localcloud.iam.policies import trust as trusted
from serverless_course.localcloud.lambda_.invocation.resource_policy import allows_service

TOPIC = ARN.format("sns", "t")


def refused(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**given)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def managed(cloud: RunningCloud, *statements: dict[str, Any]) -> str:
    made = cloud.client("iam").create_policy(
        PolicyName=f"p-{secrets.token_hex(4)}", PolicyDocument=policy(*statements)
    )
    return str(made["Policy"]["Arn"])


def test_a_users_boundary_limits_what_its_policies_allow(one_cloud: RunningCloud) -> None:
    iam = one_cloud.client("iam")
    limit = managed(one_cloud, allow("sqs:List*"))
    acting, name, _ = acting_user(one_cloud, allow("*"))
    sqs = acting.client("sqs")
    sqs.create_queue(QueueName="before")
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=limit)
    sqs.list_queues()
    text = refused(sqs.create_queue, QueueName="after")
    assert "because no permissions boundary allows the sqs:createqueue action" in text
    shown = iam.get_user(UserName=name)["User"]["PermissionsBoundary"]
    assert shown["PermissionsBoundaryArn"] == limit
    iam.delete_user_permissions_boundary(UserName=name)
    sqs.create_queue(QueueName="after")
    iam.create_user(UserName="bound", PermissionsBoundary=limit)
    iam.put_user_policy(UserName="bound", PolicyName="p", PolicyDocument=policy(allow("*")))
    key = iam.create_access_key(UserName="bound")["AccessKey"]
    made = one_cloud.client(
        "sqs", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"], token=None
    )
    made.list_queues()
    refused(made.create_queue, QueueName="never")


def test_who_may_make_users_may_be_held_to_a_boundary(one_cloud: RunningCloud) -> None:
    """IAM User Guide, "Delegating responsibility to others using permissions boundaries"."""
    limit = managed(one_cloud, allow("sqs:List*"))
    bound = {"StringEquals": {"iam:PermissionsBoundary": limit}}
    iam = Caller(one_cloud, allow("iam:CreateUser", Condition=bound)).acting.client("iam")
    refused(iam.create_user, UserName="free")
    iam.create_user(UserName="limited", PermissionsBoundary=limit)


def test_session_policies_by_arn_and_inline(one_cloud: RunningCloud) -> None:
    given = role(one_cloud, allow(["sqs:*", "sns:*"]), principal=OF_ACCOUNT)
    lists = managed(one_cloud, allow("sqs:ListQueues"))
    topics = managed(one_cloud, allow("sns:ListTopics"))
    both = assume(one_cloud, given, PolicyArns=[{"arn": lists}, {"arn": topics}])
    both.client("sqs").list_queues()
    both.client("sns").list_topics()
    text = refused(both.client("sqs").create_queue, QueueName="x")
    assert "because no session policy allows" in text
    with_inline = assume(
        one_cloud, given, PolicyArns=[{"arn": lists}], Policy=policy(deny("sqs:*"))
    )
    assert "explicit deny in a session policy" in refused(with_inline.client("sqs").list_queues)
    sts = one_cloud.client("sts")
    session = {"RoleArn": given, "RoleSessionName": "sly"}
    missing = [{"arn": f"arn:aws:iam::{ACCOUNT}:policy/missing"}]
    assert refused(sts.assume_role, PolicyArns=missing, **session).startswith("ValidationError")


def test_a_role_made_again_is_another_role(one_cloud: RunningCloud) -> None:
    """IAM User Guide, "IAM identifiers": a role's unique id is not used again."""
    iam = one_cloud.client("iam")
    given = role(one_cloud, allow("sqs:*"), principal=OF_ACCOUNT)
    name = given.rpartition("/")[2]
    old = assume(one_cloud, given).client("sqs")
    old.list_queues()
    iam.delete_role_policy(RoleName=name, PolicyName="test")
    iam.delete_role(RoleName=name)
    refused(old.list_queues)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(OF_ACCOUNT))
    iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=policy(allow("sqs:*")))
    refused(old.list_queues)
    assume(one_cloud, given).client("sqs").list_queues()


def test_a_user_made_again_and_a_key_that_is_inactive(one_cloud: RunningCloud) -> None:
    iam = one_cloud.client("iam")
    acting, name, key = acting_user(one_cloud, allow("sqs:*"))
    sqs = acting.client("sqs")
    sqs.list_queues()
    iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    refused(sqs.list_queues)
    iam.update_access_key(UserName=name, AccessKeyId=key, Status="Active")
    sqs.list_queues()
    iam.delete_access_key(UserName=name, AccessKeyId=key)
    refused(sqs.list_queues)


@pytest.mark.parametrize(
    ("statement", "decision"),
    [
        ({"NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}}, Decision.ALLOWED),
        ({"NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/own"}}, Decision.NOT_ALLOWED),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/own"}}, Decision.ALLOWED),
    ],
)
def test_not_principal(statement: dict[str, Any], decision: Decision) -> None:
    document = json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **statement}]}
    )
    own = (f"arn:aws:iam::{ACCOUNT}:role/own",)
    assert trusted(document, "AWS", own, {}) is decision


def test_not_action_and_not_resource_of_a_deny() -> None:
    document = json.dumps(
        {
            "Statement": [
                allow("*"),
                {"Effect": "Deny", "NotAction": "sqs:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "*", "NotResource": ARN.format("sqs", "own*")},
            ]
        }
    )
    own, other = ARN.format("sqs", "own-1"), ARN.format("sqs", "other")
    assert decide([document], "sqs:SendMessage", own, {}) is Decision.ALLOWED
    assert decide([document], "sqs:SendMessage", other, {}) is Decision.DENIED
    assert decide([document], "sns:Publish", own, {}) is Decision.DENIED


# a function's policy


def of_sns(**more: Any) -> Any:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        **more,
    }
    return SimpleNamespace(
        arn=ARN.format("lambda", "function:f"), policies={None: {"Statement": [statement]}}
    )


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ({}, True),
        ({"Action": "lambda:*"}, True),
        ({"Action": "*"}, True),
        ({"Action": "lambda:GetFunction"}, False),
        ({"Action": "lambda:InvokeFunctionUrl"}, False),
        ({"Principal": "*"}, True),
        ({"Principal": {"Service": "s3.amazonaws.com"}}, False),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, False),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}}}, True),
        ({"Condition": {"StringEquals": {"AWS:SourceAccount": "999999999999"}}}, False),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": TOPIC}}}, True),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": TOPIC + "2"}}}, False),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*:*:t"}}}, True),
        ({"Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*"}}}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Condition": {"StringEquals": {"lambda:EventSourceToken": "t"}}}, False),
    ],
)
def test_a_functions_policy_lets_a_service_in(more: dict[str, Any], allowed: bool) -> None:
    assert allows_service(of_sns(**more), None, "sns.amazonaws.com", TOPIC) is allowed


# quotas


def statement_of(characters: int) -> str:
    """A policy of so many characters without white space."""
    start = ARN.format("sqs", "")
    empty = policy(allow("sqs:*", start)).replace(" ", "")
    more = "a" * (characters - len(empty))
    return policy(allow("sqs:*", start + more)).replace(" ", "  ")


@pytest.mark.parametrize(("kind", "most"), [("role", 10_240), ("user", 2_048), ("group", 5_120)])
def test_inline_policies_together_have_a_size(
    one_cloud: RunningCloud, kind: str, most: int
) -> None:
    iam = one_cloud.client("iam")
    name = f"sized-{kind}"
    owner = {f"{kind.title()}Name": name}
    more = {"AssumeRolePolicyDocument": trust(OF_ACCOUNT)} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**owner, **more)
    put = getattr(iam, f"put_{kind}_policy")
    put(**owner, PolicyName="a", PolicyDocument=statement_of(most))
    said = f"LimitExceeded: Maximum policy size of {most} bytes exceeded for {kind} {name}"
    assert refused(put, **owner, PolicyName="a", PolicyDocument=statement_of(most + 1)) == said
    assert refused(put, **owner, PolicyName="b", PolicyDocument=statement_of(150)) == said
    put(**owner, PolicyName="a", PolicyDocument=statement_of(most - 150))
    put(**owner, PolicyName="b", PolicyDocument=statement_of(150))


def test_managed_trust_and_session_policies_have_a_size(one_cloud: RunningCloud) -> None:
    iam = one_cloud.client("iam")
    made = iam.create_policy(PolicyName="sized", PolicyDocument=statement_of(6_144))["Policy"]
    said = "LimitExceeded: Cannot exceed quota for PolicySize: 6144"
    large = statement_of(6_145)
    assert refused(iam.create_policy, PolicyName="l", PolicyDocument=large) == said
    version = {"PolicyArn": made["Arn"], "PolicyDocument": large}
    assert refused(iam.create_policy_version, **version) == said
    wide = {"StringEquals": {"sts:ExternalId": "x" * 2_048}}
    document = trust(OF_ACCOUNT, Condition=wide)
    said = "LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048"
    assert refused(iam.create_role, RoleName="l", AssumeRolePolicyDocument=document) == said
    given = role(one_cloud, allow("*"), principal=OF_ACCOUNT)
    name = given.rpartition("/")[2]
    change = {"RoleName": name, "PolicyDocument": document}
    assert refused(iam.update_assume_role_policy, **change) == said
    session = {"RoleArn": given, "RoleSessionName": "sly", "Policy": statement_of(2_100)}
    assert "length less than or equal to 2048" in refused(
        one_cloud.client("sts").assume_role, **session
    )


def test_a_functions_policy_has_a_size(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("def handler(event, context):\n    return 1\n")
    functions = one_cloud.client("lambda")
    arn = "arn:aws:sns:us-east-1:123456789012:" + "t" * 200
    given = {
        "FunctionName": name,
        "Action": "lambda:InvokeFunction",
        "Principal": "sns.amazonaws.com",
        "SourceArn": arn,
    }

    def fill() -> None:
        for number in range(200):
            functions.add_permission(StatementId=f"s{number}", **given)

    with pytest.raises(ClientError, match=r"is bigger than the limit \(20480\)") as caught:
        fill()
    assert caught.value.response["Error"]["Code"] == "PolicyLengthExceededException"
    kept = json.loads(functions.get_policy(FunctionName=name)["Policy"])
    assert len(json.dumps(kept, separators=(",", ":"))) <= 20_480
    assert 20 < len(kept["Statement"]) < 100


def test_a_functions_policy_may_grant_more_than_invoke(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("def handler(event, context):\n    return 1\n")
    acting, user, _ = acting_user(one_cloud)
    mine = acting.client("lambda")
    refused(mine.get_function, FunctionName=name)
    one_cloud.client("lambda").add_permission(
        FunctionName=name,
        StatementId="read",
        Action="lambda:GetFunction",
        Principal=f"arn:aws:iam::{ACCOUNT}:user/{user}",
    )
    assert mine.get_function(FunctionName=name)["Configuration"]["FunctionName"] == name
    refused(mine.invoke, FunctionName=name)
    refused(mine.delete_function, FunctionName=name)


def test_a_service_is_trusted_by_name(one_cloud: RunningCloud) -> None:
    given = role(one_cloud, principal=of_service("events"))
    states = one_cloud.client("stepfunctions")
    machine = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    made = {"name": "m", "definition": json.dumps(machine), "roleArn": given}
    assert "authorized to assume" in refused(states.create_state_machine, **made)
