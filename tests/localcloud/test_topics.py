"""SNS: what it refuses, what it sends, and to whom.

Words and members as recorded from AWS (localstack: test_sns, 2023 to 2025; test_sns_filter_policy,
2024-05). SNS Developer Guide: "Fanout to Amazon SQS queues", "Amazon SNS dead-letter queues",
"Verifying the signatures of Amazon SNS messages", "String value matching" (read 2026-11).
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from queue_policies import open_to
from roles import ACCOUNT, ARN
from running_cloud import RunningCloud

from serverless_course.localcloud.moto_seam.topic_filters import (
    InvalidFilterPolicy,
    accepts,
    filter_policy,
)
from serverless_course.localcloud.moto_seam.topic_messages import Signer


class Fanout:
    """A topic and queues that are subscribed to it."""

    def __init__(self, cloud: RunningCloud, name: str, **attributes: str) -> None:
        self.cloud = cloud
        self.sns, self.sqs = cloud.client("sns"), cloud.client("sqs")
        self.fifo = name.endswith(".fifo")
        self.name = name
        self.urls: list[str] = []
        self.arn = self.sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]

    def unchecked(self) -> Any:
        """A client that sends what its model forbids."""
        return self.cloud.client("sns", config=Config(parameter_validation=False))

    def queue(self, name: str, *, policy: str = "", fifo: bool = False) -> tuple[str, str]:
        name += ".fifo" if fifo else ""
        given = {"Policy": policy or open_to("sns")} | ({"FifoQueue": "true"} if fifo else {})
        url = self.sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"]
        self.urls.append(url)
        return url, ARN.format("sqs", name)

    def subscribe(self, endpoint: str, **attributes: Any) -> str:
        return str(
            self.sns.subscribe(
                TopicArn=self.arn,
                Protocol="sqs",
                Endpoint=endpoint,
                Attributes=attributes,
                ReturnSubscriptionArn=True,
            )["SubscriptionArn"]
        )

    def publish(self, message: str, **more: Any) -> Any:
        return self.sns.publish(TopicArn=self.arn, Message=message, **more)

    def received(self, url: str) -> list[Any]:
        found = self.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            AttributeNames=["All"],
        ).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return list(found)

    def bodies(self, url: str) -> list[Any]:
        return [json.loads(message["Body"]) for message in self.received(url)]

    def close(self) -> None:
        self.sns.delete_topic(TopicArn=self.arn)
        for url in self.urls:
            self.sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def fanout(one_cloud: RunningCloud) -> Iterator[Fanout]:
    made = Fanout(one_cloud, "fan")
    yield made
    made.close()


@pytest.fixture
def ordered(one_cloud: RunningCloud) -> Iterator[Fanout]:
    made = Fanout(one_cloud, "fan.fifo", FifoTopic="true", ContentBasedDeduplication="true")
    yield made
    made.close()


def error_of(call: Any, **given: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as refused:
        call(**given)
    found = dict(refused.value.response["Error"])
    assert found.pop("Type") == "Sender"
    assert "message" not in refused.value.response
    return found


def reason(call: Any, **given: Any) -> str:
    found = error_of(call, **given)
    assert found.keys() == {"Code", "Message"}
    assert found["Code"] == "InvalidParameter"
    return str(found["Message"]).removeprefix("Invalid parameter: ")


# delivery


def test_a_queues_policy_has_to_allow_the_topic(fanout: Fanout) -> None:
    other = json.loads(open_to("sns"))
    other["Statement"][0]["Condition"] = {"ArnEquals": {"aws:SourceArn": f"{fanout.arn}-other"}}
    shut, shut_arn = fanout.queue("shut", policy=json.dumps(other))
    told, told_arn = fanout.queue("told")
    dead, dead_arn = fanout.queue("dead")
    fanout.subscribe(shut_arn, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn}))
    fanout.subscribe(ARN.format("sqs", "no-such-queue"))
    fanout.subscribe(told_arn)
    fanout.publish("x")
    assert fanout.received(shut) == []
    assert [body["Message"] for body in fanout.bodies(told)] == ["x"]
    assert [body["Message"] for body in fanout.bodies(dead)] == ["x"]


def test_what_a_notification_holds(fanout: Fanout) -> None:
    url, arn = fanout.queue("told")
    subscription = fanout.subscribe(arn)
    attributes = {
        "n": {"DataType": "Number", "StringValue": "1"},
        "b": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"},
    }
    for version, digest in (("", SHA1()), ("2", SHA256())):
        if version:
            fanout.sns.set_topic_attributes(
                TopicArn=fanout.arn, AttributeName="SignatureVersion", AttributeValue=version
            )
        fanout.publish("m", Subject="s", MessageAttributes=attributes)
        (body,) = fanout.bodies(url)
        assert list(body) == [
            *("Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp"),
            *("SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL"),
            "MessageAttributes",
        ]
        assert body["SignatureVersion"] == (version or "1")
        assert body["UnsubscribeURL"].endswith(
            f"?Action=Unsubscribe&SubscriptionArn={subscription}"
        )
        assert body["MessageAttributes"] == {
            "n": {"Type": "Number", "Value": "1"},
            "b": {"Type": "Binary", "Value": "AgME"},
        }
        assert (
            len(base64.b64decode(body["Signature"]))
            == digest.digest_size // digest.digest_size * 256
        )


def test_a_signature_is_that_of_the_certificate() -> None:
    from cryptography import x509

    signer = Signer()
    key: Any = x509.load_pem_x509_certificate(signer.certificate()).public_key()
    for version, digest in (("1", SHA1()), ("2", SHA256())):
        signature = base64.b64decode(signer.sign("text", version))
        key.verify(signature, b"text", padding.PKCS1v15(), digest)


def test_raw_delivery_keeps_message_and_attributes(fanout: Fanout) -> None:
    url, arn = fanout.queue("told")
    fanout.subscribe(arn, RawMessageDelivery="true")
    binary = {"b": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"}}
    fanout.publish("This is a test message", MessageAttributes=binary)
    (message,) = fanout.received(url)
    assert message["Body"] == "This is a test message"
    assert message["MessageAttributes"] == {
        "b": {"DataType": "Binary", "BinaryValue": b"\x02\x03\x04"}
    }


def test_a_message_for_each_protocol(fanout: Fanout) -> None:
    url, arn = fanout.queue("told")
    fanout.subscribe(arn)
    for texts, told in (
        ({"default": "d", "sqs": "s"}, "s"),
        ({"default": "d", "sqs": {"field": "value"}}, "d"),
    ):
        fanout.publish(json.dumps(texts), MessageStructure="json")
        assert [body["Message"] for body in fanout.bodies(url)] == [told]


def test_a_fifo_topic_numbers_and_deduplicates(ordered: Fanout) -> None:
    url, arn = ordered.queue("told", fifo=True)
    ordered.subscribe(arn)
    first = ordered.publish("Test", MessageGroupId="g")
    ordered.publish("Test", MessageGroupId="g")
    (message,) = ordered.received(url)
    body = json.loads(message["Body"])
    assert list(body) == [
        *("Type", "MessageId", "SequenceNumber", "TopicArn", "Message", "Timestamp"),
        "UnsubscribeURL",
    ]
    assert body["SequenceNumber"] == first["SequenceNumber"]
    sha256 = hashlib.sha256(b"Test").hexdigest()
    assert message["Attributes"]["MessageDeduplicationId"] == sha256
    assert ordered.received(url) == []


# filter policies


@pytest.mark.parametrize(
    ("wanted", "attribute", "result"),
    [
        (["v1"], ("String", "v1"), True),
        (["v1"], ("String.Array", '["v1", "v2"]'), True),
        (["v1"], ("String.Array", '["v2"]'), False),
        ([{"anything-but": ["rugby", "tennis"]}], ("String.Array", '["rugby", "other"]'), True),
        ([{"anything-but": ["rugby"]}], ("String.Array", '["rugby"]'), False),
        ([{"anything-but": {"prefix": "a"}}], ("String", "b"), True),
        ([{"numeric": [">", 0, "<=", 100]}], ("Number", "99.12"), True),
        ([{"numeric": [">", 0]}], ("String", "5"), False),
        ([{"numeric": [">", 0]}], ("String.Array", '["a", "b"]'), False),
        ([{"numeric": [">", 0]}], ("String.Array", '["a", 3]'), True),
        ([1], ("String.Array", '["a", "b"]'), False),
        ([True], ("String.Array", "[true]"), True),
        ([1], ("String.Array", "[true]"), False),
        (["v1"], ("String.Array", "no json"), False),
        ([{"cidr": "10.0.0.0/8"}], ("String", "10.1.2.3"), True),
        ([{"equals-ignore-case": "ab"}], ("String", "AB"), True),
        (["AgME"], ("Binary", "AgME"), False),
        ([{"exists": False}], None, True),
        ([None, {"anything-but": "whatever"}], None, True),
        ([{"anything-but": "whatever"}], None, False),
    ],
)
def test_attributes_that_a_policy_accepts(wanted: Any, attribute: Any, result: bool) -> None:
    policy = filter_policy(json.dumps({"a": wanted}), "MessageAttributes")
    given = {"a": {"Type": attribute[0], "Value": attribute[1]}} if attribute else None
    assert accepts(policy, "m", given) is result


@pytest.mark.parametrize(
    ("wanted", "message", "result"),
    [
        ({"object.nested": ["v"]}, {"object": {"nested": "v"}}, True),
        ({"object.nested": ["v"]}, {"object.nested": "v"}, True),
        ({"a": {"b": {"c": ["v"]}}}, {"a": [[{"b": {"c": "v"}}]]}, True),
        ({"a": [{"prefix": "x"}]}, {"a": 1}, False),
        ({"a": [{"numeric": ["=", 1]}]}, {"a": True}, False),
        ({"a": ["v"]}, "v", False),
        ({"a": [{"exists": False}]}, "v", False),
    ],
)
def test_bodies_that_a_policy_accepts(wanted: Any, message: Any, result: bool) -> None:
    policy = filter_policy(json.dumps(wanted), "MessageBody")
    assert accepts(policy, json.dumps(message), None) is result
    assert not accepts(policy, "Regular string message", None)


SCOPES = {"source": ["a", "b", "c"]}
METRICS = {"metricName": list("abcdef")}


@pytest.mark.parametrize(
    ("policy", "scope", "said"),
    [
        (
            {"a": {"b": ["x"]}},
            "MessageAttributes",
            "Filter policy scope MessageAttributes does not",
        ),
        ({f"k{i}": ["v"] for i in range(6)}, "MessageBody", "can not have more than 5 keys"),
        ({"k": [f"v{i}" for i in range(151)]}, "MessageBody", "Filter policy is too complex"),
        (
            # (4 x 6) + (4 x 4 x 4) + (4 x 4 x 4) = 152
            {
                "source": list("abcd"),
                "$or": [
                    METRICS,
                    {"t": list("abcd"), "$or": [{"i": [1, 2, 3, 4]}, {"s": [1, 2, 3, 4]}]},
                ],
            },
            "MessageAttributes",
            "Filter policy is too complex",
        ),
        (
            # 24 + 72 + 16 + 48 = 160
            {
                "$or": [{"m": ["a", "b", "c"]}, {"n": ["a", "b"]}],
                "d": {"scope": ["a", "b"], "$or": [{"s": ["a"]}, {"t": ["a", "b", "c"]}]},
            },
            "MessageBody",
            "Filter policy is too complex",
        ),
    ],
)
def test_policies_that_are_too_much(policy: Any, scope: str, said: str) -> None:
    with pytest.raises(InvalidFilterPolicy, match=said):
        filter_policy(json.dumps(policy), scope)


def test_a_policy_of_150_combinations_is_taken() -> None:
    choices = [METRICS, {"t": list("abcd"), "$or": [{"i": [1, 2, 3, 4]}, {"s": [*range(7)]}]}]
    filter_policy(json.dumps({**SCOPES, "$or": choices}), "MessageAttributes")


def test_a_numeric_filter_and_an_array_of_texts(fanout: Fanout) -> None:
    url, arn = fanout.queue("told")
    fanout.subscribe(arn, FilterPolicy='{"a": [{"numeric": ["=", 1]}]}')
    array = {"a": {"DataType": "String.Array", "StringValue": '["x", "y"]'}}
    fanout.publish("m", MessageAttributes=array)
    assert fanout.received(url) == []


# refusals


def test_what_publish_refuses(fanout: Fanout, ordered: Fanout) -> None:
    publish, arn = fanout.sns.publish, fanout.arn
    assert reason(publish, TopicArn="not-an-arn", Message="m") == (
        "TopicArn Reason: An ARN must have at least 6 elements, not 1"
    )
    assert (
        reason(publish, TopicArn=arn.replace("us-east-1", "eu-west-1"), Message="m") == "TopicArn"
    )
    assert error_of(publish, TopicArn=f"{arn}2", Message="m") == {
        "Code": "NotFound",
        "Message": "Topic does not exist",
    }
    assert reason(publish, TopicArn=arn, Message="") == "Empty message"
    assert reason(publish, TopicArn=arn, Message="m", Subject="") == "Subject"
    assert reason(publish, TopicArn=arn, Message="\u00e9" * 131_073) == "Message too long"
    structure = {"TopicArn": arn, "MessageStructure": "json"}
    failed = "Message Structure - JSON message body failed to parse"
    no_default = "Message Structure - No default entry in JSON message body"
    assert reason(publish, Message="no json", **structure) == failed
    assert reason(publish, Message='{"default": {"a": 1}}', **structure) == no_default
    assert reason(publish, TopicArn=ordered.arn, Message="m") == (
        "The MessageGroupId parameter is required for FIFO topics"
    )
    assert reason(publish, TopicArn=arn, Message="m", MessageDeduplicationId="d") == (
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that "
        "is not valid for this topic type"
    )


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        (
            {"attr1": {"DataType": "String", "StringValue": ""}},
            "The message attribute 'attr1' must contain non-empty message attribute value for "
            "message attribute type 'String'.",
        ),
        (
            {"attr1": {"DataType": "Number", "BinaryValue": b"123"}},
            "The message attribute 'attr1' with type 'Number' must use field 'String'.",
        ),
        (
            {"attr1": {"DataType": "Binary", "StringValue": "123"}},
            "The message attribute 'attr1' with type 'Binary' must use field 'Binary'.",
        ),
        (
            {"attr1": {"DataType": "InvalidType", "StringValue": "123"}},
            "The message attribute 'attr1' has an invalid message attribute type, the set of "
            "supported type prefixes is Binary, Number, and String.",
        ),
        (
            {"a" * 257: {"DataType": "String", "StringValue": "123"}},
            "Length of message attribute name must be less than 256 bytes.",
        ),
        (
            {"a^a": {"DataType": "String", "StringValue": "123"}},
            "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. "
            "Can only include alphanumeric characters, hyphens, underscores, or dots.",
        ),
        (
            {".a": {"DataType": "String", "StringValue": "123"}},
            "Invalid message attribute name starting with character '.' was found.",
        ),
        (
            {"a.": {"DataType": "String", "StringValue": "123"}},
            "Invalid message attribute name ending with character '.' was found.",
        ),
        (
            {"a..a": {"DataType": "String", "StringValue": "123"}},
            "Message attribute name can not have successive '.' character.",
        ),
    ],
)
def test_attributes_that_are_refused(fanout: Fanout, attributes: Any, said: str) -> None:
    """Recorded: test_empty_or_wrong_message_attributes (2024-11), for batches too."""
    entry = {"Id": "1", "Message": "m", "MessageAttributes": attributes}
    for call, given in (
        (fanout.sns.publish, {"Message": "m", "MessageAttributes": attributes}),
        (fanout.sns.publish_batch, {"PublishBatchRequestEntries": [entry]}),
    ):
        assert error_of(call, TopicArn=fanout.arn, **given) == {
            "Code": "ParameterValueInvalid",
            "Message": said,
        }


def test_what_topics_refuse_and_show(fanout: Fanout, ordered: Fanout) -> None:
    create = fanout.sns.create_topic
    for name, attributes in (("a b", {}), ("x.fifo", {}), ("x", {"FifoTopic": "true"})):
        assert reason(create, Name=name, Attributes=attributes) == "Topic Name"
    tags = [{"Key": "k", "Value": "v"}]
    assert reason(create, Name="fan", Tags=tags) == (
        "Tags Reason: Topic already exists with different tags"
    )
    assert reason(create, Name="fan2", Tags=tags * 2) == "Duplicated keys are not allowed."
    permission = {"TopicArn": fanout.arn, "Label": "l", "AWSAccountId": [ACCOUNT]}
    assert reason(fanout.sns.add_permission, ActionName=["Fly"], **permission) == (
        "Policy statement action out of service scope!"
    )
    shown = fanout.sns.get_topic_attributes(TopicArn=fanout.arn)["Attributes"]
    assert "DeliveryPolicy" not in shown
    assert "SignatureVersion" not in shown
    delivery = json.loads(shown["EffectiveDeliveryPolicy"])["http"]
    assert delivery["defaultRequestPolicy"] == {"headerContentType": "text/plain; charset=UTF-8"}
    assert reason(fanout.sns.get_topic_attributes, TopicArn="x").startswith("TopicArn Reason")


def test_what_subscriptions_refuse_and_show(fanout: Fanout) -> None:
    _, arn = fanout.queue("told")
    subscription = fanout.subscribe(arn)
    given = {"TopicArn": fanout.arn, "Protocol": "sqs", "Endpoint": arn}
    subscribe = fanout.sns.subscribe
    raw = {"RawMessageDelivery": "wrongvalue"}
    assert reason(subscribe, **given, Attributes=raw) == (
        "Attributes Reason: RawMessageDelivery: Invalid value [wrongvalue]. Must be true or false."
    )
    assert reason(subscribe, **given, Attributes={"RawMessageDelivery": "true"}) == (
        "Attributes Reason: Subscription already exists with different attributes"
    )
    assert reason(subscribe, **{**given, "Protocol": "test-protocol"}) == (
        "Amazon SNS does not support this protocol string: test-protocol"
    )
    policy = {"FilterPolicy": '{"key":[["value"]]}'}
    assert reason(subscribe, **given, Attributes=policy).startswith(
        "Attributes Reason: FilterPolicy: Match value must be String, number, true, false, or null\n"
    )

    def set_(name: str, value: str) -> str:
        return reason(
            fanout.sns.set_subscription_attributes,
            SubscriptionArn=subscription,
            AttributeName=name,
            AttributeValue=value,
        )

    assert set_("FakeAttribute", "x") == "AttributeName"
    assert set_("RawMessageDelivery", "") == (
        "RawMessageDelivery: Invalid value []. Must be true or false."
    )
    assert set_("RedrivePolicy", '{"deadLetterTargetArn": "fake"}') == (
        "RedrivePolicy: deadLetterTargetArn is an invalid arn"
    )
    assert set_("RedrivePolicy", '{"maxReceiveCount": 3}') == (
        "RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown."
    )
    assert set_("RedrivePolicy", "{invalidjson}").startswith(
        "RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105))"
    )
    assert set_("FilterPolicy", "{invalidjson}") == (
        "FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting "
        "double-quote to start field name\n at [Source: REDACTED "
        "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]"
    )
    shown = fanout.sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert shown["SubscriptionPrincipal"] == f"arn:aws:iam::{ACCOUNT}:user/administrator"
    assert shown["RawMessageDelivery"] == "false"
    assert reason(fanout.sns.unsubscribe, SubscriptionArn="wrong").startswith(
        "SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"
    )


def test_attributes_and_tags_of_topics_that_are_refused(fanout: Fanout) -> None:
    create, arn = fanout.sns.create_topic, fanout.arn
    unknown = {"Foo": "bar"}
    assert reason(create, Name="fan3", Attributes=unknown).startswith("Attributes Reason: Unknown")
    twice = [{"Key": "k", "Value": "1"}] * 2
    assert reason(fanout.sns.tag_resource, ResourceArn=arn, Tags=twice) == (
        "Duplicated keys are not allowed."
    )

    def set_(name: str, value: str) -> str:
        given = {"AttributeName": name, "AttributeValue": value}
        return reason(fanout.sns.set_topic_attributes, TopicArn=arn, **given)

    assert set_("Foo", "x") == "AttributeName"
    assert set_("FifoTopic", "true") == "AttributeName"
    assert set_("Policy", "{") == "Policy Error: null"
    assert set_("SignatureVersion", "3").startswith("SignatureVersion is 3")
    assert set_("ContentBasedDeduplication", "true") == (
        "Content-based deduplication can only be set for FIFO topics"
    )


def test_what_is_not_offered_is_refused_by_name(fanout: Fanout) -> None:
    stream = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/s"
    for call, given in (
        (fanout.sns.publish, {"PhoneNumber": "+15551234567", "Message": "m"}),
        (fanout.sns.create_topic, {"Name": "fan4", "DataProtectionPolicy": "{}"}),
        (
            fanout.sns.subscribe,
            {"TopicArn": fanout.arn, "Protocol": "firehose", "Endpoint": stream},
        ),
    ):
        assert error_of(call, **given)["Code"] == "NotImplemented"


def test_an_attribute_without_a_type(fanout: Fanout) -> None:
    given = {"Message": "m", "MessageAttributes": {"a": {"StringValue": "x"}}}
    client = fanout.unchecked()
    for call, parameters, place in (
        (client.publish, given, ""),
        (
            client.publish_batch,
            {"PublishBatchRequestEntries": [{"Id": "1", **given}]},
            "publishBatchRequestEntries.1.member.",
        ),
    ):
        refusal = error_of(call, TopicArn=fanout.arn, **parameters)
        assert refusal["Code"] == "ValidationError"
        assert f"Value null at '{place}messageAttributes.a.member.dataType'" in refusal["Message"]


def test_batches_and_pages_that_are_refused(fanout: Fanout) -> None:
    batch = fanout.sns.publish_batch
    for entries, code in (
        ([], "EmptyBatchRequest"),
        ([{"Id": "a:b", "Message": "m"}], "InvalidBatchEntryId"),
    ):
        given = {"TopicArn": fanout.arn, "PublishBatchRequestEntries": entries}
        assert error_of(batch, **given)["Code"] == code
    assert reason(fanout.sns.list_topics, NextToken="wrong") == "NextToken"


def test_a_page_of_subscriptions_that_wait(fanout: Fanout) -> None:
    for number in range(101):
        address = f"user{number}@example.com"
        made = fanout.sns.subscribe(TopicArn=fanout.arn, Protocol="email", Endpoint=address)
        assert made["SubscriptionArn"] == "pending confirmation"
    first = fanout.sns.list_subscriptions_by_topic(TopicArn=fanout.arn)
    assert base64.b64decode(first["NextToken"])
    rest = fanout.sns.list_subscriptions_by_topic(TopicArn=fanout.arn, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    listed = first["Subscriptions"] + rest["Subscriptions"]
    assert len(listed) == 101
    assert {each["SubscriptionArn"] for each in listed} == {"PendingConfirmation"}
    shown = fanout.sns.get_topic_attributes(TopicArn=fanout.arn)["Attributes"]
    assert (shown["SubscriptionsPending"], shown["SubscriptionsConfirmed"]) == ("101", "0")


def test_a_web_address_confirms_first(fanout: Fanout) -> None:
    got: Queue[dict[str, Any]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    given = {"TopicArn": fanout.arn, "Protocol": "http", "Endpoint": address}
    fanout.sns.subscribe(**given)
    asked = got.get(timeout=20)
    assert asked["Type"] == "SubscriptionConfirmation"
    fanout.publish("too early")
    confirm = fanout.sns.confirm_subscription
    assert error_of(confirm, TopicArn=fanout.arn, Token="no token") == {
        "Code": "InvalidParameter",
        "Message": "Invalid token",
    }
    assert reason(confirm, TopicArn=fanout.arn, Token="ab" * 112) == "Token"
    arn = confirm(TopicArn=fanout.arn, Token=asked["Token"])["SubscriptionArn"]
    shown = fanout.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (shown["PendingConfirmation"], shown["Endpoint"]) == ("false", address)
    fanout.publish("in time")
    assert got.get(timeout=20)["Message"] == "in time"
    server.shutdown()
    server.server_close()


def test_endpoints_that_a_topic_does_not_take(fanout: Fanout, ordered: Fanout) -> None:
    for topic, protocol, endpoint, said in (
        (fanout.arn, "lambda", "no-arn", "Lambda endpoint ARN"),
        (fanout.arn, "email", "nobody", "Email address"),
        (
            fanout.arn,
            "sqs",
            ARN.format("sqs", "q.fifo"),
            "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard "
            "SNS topics",
        ),
        (
            ordered.arn,
            "http",
            "http://127.0.0.1:9/",
            "Invalid parameter: Endpoint Reason: Please use FIFO SQS queue",
        ),
    ):
        given = {"TopicArn": topic, "Protocol": protocol, "Endpoint": endpoint}
        assert reason(fanout.sns.subscribe, **given) == said
