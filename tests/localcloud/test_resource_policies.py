"""Resource-based policies of buckets, queues, topics and secrets, on a running server.

Sources: IAM User Guide, "Policy evaluation for requests within a single account", "AWS JSON policy
elements: Principal" and "Version" (read 2026-11).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import ACCOUNT, ARN, OF_ACCOUNT, acting_as, allow, assume, role
from running_cloud import RunningCloud

from serverless_course.localcloud.iam.policies import Decision
from serverless_course.localcloud.iam.resource_policies import decide_for_caller, service_may

EVERYBODY = "*"
QUEUE = ARN.format("sqs", "guarded")


def document(*statements: dict[str, Any], version: str = "") -> str:
    found: dict[str, Any] = {"Statement": list(statements)}
    return json.dumps({"Version": version, **found} if version else found)


def statement(effect: str, principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": "*", "Resource": "*", **more}


def code_of(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**given)
    return str(refused.value.response["Error"]["Message"])


UNMET = {"StringEquals": {"aws:PrincipalTag/team": "other"}}


@pytest.fixture
def resources(one_cloud: RunningCloud) -> Any:
    """For each kind: how a policy is put, and a call that it is about."""
    s3, sqs, sns = (one_cloud.client(name) for name in ("s3", "sqs", "sns"))
    secrets = one_cloud.client("secretsmanager")
    s3.create_bucket(Bucket="guarded")
    s3.put_object(Bucket="guarded", Key="k", Body=b"x")
    queue = sqs.create_queue(QueueName="guarded")["QueueUrl"]
    topic = sns.create_topic(Name="guarded")["TopicArn"]
    secret = secrets.create_secret(Name="guarded", SecretString="x")["ARN"]
    found = {
        "s3": (
            lambda text: s3.put_bucket_policy(Bucket="guarded", Policy=text),
            ("get_object", {"Bucket": "guarded", "Key": "k"}),
        ),
        "sqs": (
            lambda text: sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": text}),
            ("send_message", {"QueueUrl": queue, "MessageBody": "x"}),
        ),
        "sns": (
            lambda text: sns.set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=text
            ),
            ("publish", {"TopicArn": topic, "Message": "x"}),
        ),
        "secretsmanager": (
            lambda text: secrets.put_resource_policy(SecretId=secret, ResourcePolicy=text),
            ("get_secret_value", {"SecretId": secret}),
        ),
    }
    yield found
    for service in ("sqs", "sns"):
        found[service][0](document(statement("Allow", {"AWS": ACCOUNT})))
    s3.delete_bucket_policy(Bucket="guarded")
    s3.delete_object(Bucket="guarded", Key="k")
    s3.delete_bucket(Bucket="guarded")
    sqs.delete_queue(QueueUrl=queue)
    sns.delete_topic(TopicArn=topic)
    secrets.delete_resource_policy(SecretId=secret)
    secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)


@pytest.mark.parametrize("service", ["s3", "sqs", "sns", "secretsmanager"])
def test_a_resources_policy_allows_and_denies(
    one_cloud: RunningCloud, resources: Any, service: str
) -> None:
    put, (name, given) = resources[service]
    arn = role(one_cloud, allow("sts:GetCallerIdentity"), principal=OF_ACCOUNT)
    client = assume(one_cloud, arn).client(service)
    call, own = getattr(client, name), getattr(one_cloud.client(service), name)
    assert "no identity-based policy allows" in code_of(call, **given)
    # Named by its ARN, a role needs no policy of its own; there need be no Version.
    put(document(statement("Allow", {"AWS": arn})))
    call(**given)
    # Through the account it does.
    put(document(statement("Allow", {"AWS": ACCOUNT})))
    assert "no identity-based policy allows" in code_of(call, **given)
    # A Deny counts for everybody, and not where its condition does not hold.
    put(document(statement("Allow", {"AWS": arn}), statement("Deny", "*", Condition=UNMET)))
    call(**given)
    own(**given)
    put(document(statement("Allow", {"AWS": arn}), statement("Deny", {"AWS": "*"})))
    for denied in (call, own):
        assert code_of(denied, **given).endswith("with an explicit deny in a resource-based policy")


def test_a_session_that_everything_is_allowed_obeys_a_deny(
    one_cloud: RunningCloud, resources: Any
) -> None:
    put, (name, given) = resources["sqs"]
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    put(document(statement("Deny", "*", Condition=insecure)))
    call = getattr(acting_as(one_cloud, allow("*")).client("sqs"), name)
    call(**given)
    secure = {"Bool": {"aws:SecureTransport": "true"}}
    put(document(statement("Deny", "*", Condition=secure)))
    assert "explicit deny" in code_of(call, **given)


TOPIC = ARN.format("sns", "t")
FROM_TOPIC = {"ArnEquals": {"aws:SourceArn": TOPIC}}


@pytest.mark.parametrize(
    ("statements", "may"),
    [
        ([], False),
        ([statement("Allow", {"Service": "sns.amazonaws.com"})], True),
        ([statement("Allow", {"Service": "sns.us-east-1.amazonaws.com"})], True),
        ([statement("Allow", {"Service": "sns.eu-west-1.amazonaws.com"})], False),
        ([statement("Allow", {"Service": "events.amazonaws.com"})], False),
        ([statement("Allow", "*", Condition=FROM_TOPIC)], True),
        ([statement("Allow", {"AWS": "*"}, Condition=FROM_TOPIC)], True),
        ([statement("Allow", {"AWS": ACCOUNT})], False),
        (
            [statement("Allow", "*", Condition={"ArnEquals": {"aws:SourceArn": f"{TOPIC}2"}})],
            False,
        ),
        ([statement("Allow", "*"), statement("Deny", "*", Condition=FROM_TOPIC)], False),
        ([statement("Allow", "*", Action="sqs:ReceiveMessage")], False),
        ([statement("Allow", "*", Resource=f"{QUEUE}2")], False),
    ],
)
def test_what_a_service_may_do_for_a_source(statements: list[Any], may: bool) -> None:
    text = document(*statements)
    found = service_may(text, "sns.amazonaws.com", TOPIC, "sqs:SendMessage", QUEUE)
    assert found is may


def test_everybody_but_some() -> None:
    """IAM User Guide, "AWS JSON policy elements: NotPrincipal" (read 2026-11)."""
    user = f"arn:aws:iam::{ACCOUNT}:user/u"
    text = document(
        {"Effect": "Deny", "NotPrincipal": {"AWS": [user, ACCOUNT]}, "Action": "*", "Resource": "*"}
    )
    for names, found in (((user,), Decision.NOT_ALLOWED), ((f"{user}2",), Decision.DENIED)):
        assert decide_for_caller(text, names, "sqs:SendMessage", QUEUE, {}) is found
