"""SQS's, SNS's and Kinesis's resource types."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from ..errors import ResourceFailed
from .base import Made, Properties, ResourceType, Work, listed, picked, texts, usual
from .identities import text


class Queue(ResourceType):
    """AWS::SQS::Queue."""

    name = "AWS::SQS::Queue"
    ATTRIBUTES = (
        *("ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue"),
        *("FifoThroughputLimit", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId"),
        *("MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds"),
        *("RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled", "VisibilityTimeout"),
    )
    DEFAULTS: ClassVar[dict[str, str]] = {
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "queue",
        "DelaySeconds": "0",
        "FifoThroughputLimit": "perQueue",
        "KmsDataKeyReusePeriodSeconds": "300",
        "KmsMasterKeyId": "",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0",
        "RedriveAllowPolicy": "",
        "RedrivePolicy": "",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    }
    done = frozenset({*ATTRIBUTES, "QueueName", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateQueue."""
        client, name = work.client("sqs"), given.get("QueueName")
        if name is None:
            name = work.name(75) + (".fifo" if given.get("FifoQueue") else "")
        url = client.create_queue(
            QueueName=name, Attributes=self._attributes(given), tags=work.tags(given)
        )["QueueUrl"]
        arn = work.arn("sqs", name)
        return Made(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """SetQueueAttributes; what the template no longer has gets AWS's default."""
        client = work.client("sqs")
        before, after = self._attributes(old), self._attributes(new)
        settings = {
            name: value
            for name, value in {**usual(before, after, self.DEFAULTS), **after}.items()
            if before.get(name) != value and name != "FifoQueue"
        }
        if settings:
            client.set_queue_attributes(QueueUrl=made.physical_id, Attributes=settings)
        url = made.physical_id
        work.retag(
            *(old, new),
            lambda tags: client.tag_queue(QueueUrl=url, Tags=tags),
            lambda keys: client.untag_queue(QueueUrl=url, TagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteQueue."""
        work.client("sqs").delete_queue(QueueUrl=made.physical_id)

    def _attributes(self, given: Properties) -> dict[str, str]:
        return without_fifo(texts(given, *self.ATTRIBUTES))


class QueuePolicy(ResourceType):
    """AWS::SQS::QueuePolicy."""

    name = "AWS::SQS::QueuePolicy"
    done = frozenset({"PolicyDocument", "Queues"})

    def create(self, work: Work, given: Properties) -> Made:
        """SetQueueAttributes of each queue."""
        self._set(work, given["Queues"], text(given["PolicyDocument"]))
        return Made(work.name(80))

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """The same for the queues it has now; the others lose it."""
        self._set(work, [each for each in old["Queues"] if each not in new["Queues"]], "")
        self._set(work, new["Queues"], text(new["PolicyDocument"]))
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """Take the policy out again."""
        self._set(work, given["Queues"], "")

    @staticmethod
    def _set(work: Work, queues: list[str], policy: str) -> None:
        client = work.client("sqs")
        for url in queues:
            try:
                client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
            except client.exceptions.QueueDoesNotExist:
                if policy:
                    raise


class Topic(ResourceType):
    """AWS::SNS::Topic."""

    name = "AWS::SNS::Topic"
    ATTRIBUTES = (
        *("ContentBasedDeduplication", "DisplayName", "FifoTopic", "KmsMasterKeyId"),
        *("SignatureVersion", "TracingConfig"),
    )
    DEFAULTS: ClassVar[dict[str, str]] = {
        "ContentBasedDeduplication": "false",
        "DisplayName": "",
        "KmsMasterKeyId": "",
        "SignatureVersion": "1",
        "TracingConfig": "PassThrough",
    }
    done = frozenset({*ATTRIBUTES, "Subscription", "Tags", "TopicName"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateTopic, and Subscribe for each of its own subscriptions."""
        client, name = work.client("sns"), given.get("TopicName")
        if name is None:
            name = work.name(251) + (".fifo" if given.get("FifoTopic") else "")
        arn = client.create_topic(
            Name=name, Attributes=self._attributes(given), Tags=work.tag_list(given)
        )["TopicArn"]
        work.begin(arn)
        for each in given.get("Subscription") or []:
            client.subscribe(TopicArn=arn, **picked(each, "Endpoint", "Protocol"))
        return Made(arn, {"TopicArn": arn, "TopicName": name})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """SetTopicAttributes; subscriptions are added, and as on AWS none is taken away."""
        client, before, after = work.client("sns"), self._attributes(old), self._attributes(new)
        for name, value in {**usual(before, after, self.DEFAULTS), **after}.items():
            if before.get(name) != value and name != "FifoTopic":
                client.set_topic_attributes(
                    TopicArn=made.physical_id, AttributeName=name, AttributeValue=value
                )
        for each in new.get("Subscription") or []:
            if each not in (old.get("Subscription") or []):
                client.subscribe(TopicArn=made.physical_id, **picked(each, "Endpoint", "Protocol"))
        arn = made.physical_id
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(ResourceArn=arn, Tags=listed(tags)),
            lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteTopic, after its own subscriptions."""
        client = work.client("sns")
        own = [(e["Protocol"], e["Endpoint"]) for e in given.get("Subscription") or []]
        if own:
            pages = client.get_paginator("list_subscriptions_by_topic")
            for page in pages.paginate(TopicArn=made.physical_id):
                for each in page["Subscriptions"]:
                    if (each["Protocol"], each["Endpoint"]) in own:
                        client.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
        client.delete_topic(TopicArn=made.physical_id)

    def _attributes(self, given: Properties) -> dict[str, str]:
        return without_fifo(texts(given, *self.ATTRIBUTES))


class Subscription(ResourceType):
    """AWS::SNS::Subscription."""

    name = "AWS::SNS::Subscription"
    ATTRIBUTES = ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")
    DEFAULTS: ClassVar[dict[str, str]] = {
        "FilterPolicy": "{}",
        "FilterPolicyScope": "MessageAttributes",
        "RawMessageDelivery": "false",
        "RedrivePolicy": "{}",
    }
    done = frozenset({*ATTRIBUTES, "Endpoint", "Protocol", "Region", "TopicArn"})

    def create(self, work: Work, given: Properties) -> Made:
        """Subscribe."""
        if given.get("Region", work.region) != work.region:
            raise ResourceFailed("The embedded cloud does not subscribe in another region.")
        arn = work.client("sns").subscribe(
            Attributes=self._attributes(given),
            ReturnSubscriptionArn=True,
            **picked(given, "Endpoint", "Protocol", "TopicArn"),
        )["SubscriptionArn"]
        return Made(arn, {"Arn": arn})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """SetSubscriptionAttributes."""
        before, after = self._attributes(old), self._attributes(new)
        for name in {**before, **after}:
            if before.get(name) != after.get(name):
                work.client("sns").set_subscription_attributes(
                    SubscriptionArn=made.physical_id,
                    AttributeName=name,
                    AttributeValue=after.get(name, self.DEFAULTS[name]),
                )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """Unsubscribe."""
        work.client("sns").unsubscribe(SubscriptionArn=made.physical_id)

    def _attributes(self, given: Properties) -> dict[str, str]:
        return texts(given, *self.ATTRIBUTES)


class TopicPolicy(ResourceType):
    """AWS::SNS::TopicPolicy."""

    name = "AWS::SNS::TopicPolicy"
    done = frozenset({"PolicyDocument", "Topics"})

    def create(self, work: Work, given: Properties) -> Made:
        """SetTopicAttributes of each topic."""
        client = work.client("sns")
        for arn in given["Topics"]:
            client.set_topic_attributes(
                TopicArn=arn,
                AttributeName="Policy",
                AttributeValue=text(given["PolicyDocument"]),
            )
        return Made(work.name(80))

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """The same for the topics it has now; the others get their first policy."""
        self._restore(work, [each for each in old["Topics"] if each not in new["Topics"]])
        self.create(work, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """Put the policy back that a topic begins with."""
        self._restore(work, given["Topics"])

    @staticmethod
    def _restore(work: Work, topics: list[str]) -> None:
        client = work.client("sns")
        for arn in topics:
            document: dict[str, Any] = {
                "Version": "2008-10-17",
                "Id": "__default_policy_ID",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Sid": "__default_statement_ID",
                        "Principal": {"AWS": "*"},
                        "Action": [
                            *("SNS:GetTopicAttributes", "SNS:SetTopicAttributes"),
                            *("SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic"),
                            *("SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"),
                        ],
                        "Resource": arn,
                        "Condition": {"StringEquals": {"AWS:SourceOwner": arn.split(":")[4]}},
                    }
                ],
            }
            try:
                client.set_topic_attributes(
                    TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(document)
                )
            except client.exceptions.NotFoundException:
                continue


class Stream(ResourceType):
    """AWS::Kinesis::Stream."""

    name = "AWS::Kinesis::Stream"
    not_given = frozenset({"WarmThroughputObject"})
    done = frozenset({"Name", "RetentionPeriodHours", "ShardCount", "StreamModeDetails", "Tags"})
    replaces = frozenset({"ShardCount", "StreamModeDetails", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateStream, until it is active."""
        client, name = work.client("kinesis"), given.get("Name") or work.name(128)
        client.create_stream(
            StreamName=name,
            Tags=work.tags(given),
            **picked(given, "ShardCount", "StreamModeDetails"),
        )
        work.begin(name)

        def active() -> bool:
            found = client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
            return bool(found["StreamStatus"] == "ACTIVE")

        work.until(active, f"The stream {name}")
        made = Made(name, {"Arn": work.arn("kinesis", f"stream/{name}")})
        return self.update(work, made, {}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """IncreaseStreamRetentionPeriod and its opposite."""
        before, after = (each.get("RetentionPeriodHours", 24) for each in (old, new))
        client = work.client("kinesis")
        hours = {"StreamName": made.physical_id, "RetentionPeriodHours": after}
        if after > before:
            client.increase_stream_retention_period(**hours)
        elif after < before:
            client.decrease_stream_retention_period(**hours)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteStream."""
        work.client("kinesis").delete_stream(
            StreamName=made.physical_id, EnforceConsumerDeletion=True
        )


class StreamConsumer(ResourceType):
    """AWS::Kinesis::StreamConsumer."""

    name = "AWS::Kinesis::StreamConsumer"
    done = frozenset({"ConsumerName", "StreamARN"})

    def create(self, work: Work, given: Properties) -> Made:
        """RegisterStreamConsumer, until it is active."""
        client = work.client("kinesis")
        made = client.register_stream_consumer(**given)["Consumer"]
        arn = made["ConsumerARN"]
        work.begin(arn)

        def active() -> bool:
            found = client.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]
            return bool(found["ConsumerStatus"] == "ACTIVE")

        work.until(active, f"The consumer {given['ConsumerName']}")
        return Made(
            arn,
            {
                "ConsumerARN": arn,
                "ConsumerCreationTimestamp": str(
                    int(made["ConsumerCreationTimestamp"].timestamp())
                ),
                "ConsumerStatus": "ACTIVE",
            },
        )

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeregisterStreamConsumer."""
        work.client("kinesis").deregister_stream_consumer(ConsumerARN=made.physical_id)


def without_fifo(attributes: dict[str, str]) -> dict[str, str]:
    """A queue or a topic that is no FIFO one has no such attribute at all."""
    return {
        name: value
        for name, value in attributes.items()
        if (name, value) not in (("FifoQueue", "false"), ("FifoTopic", "false"))
    }


TYPES = (Queue(), QueuePolicy(), Topic(), Subscription(), TopicPolicy(), Stream(), StreamConsumer())
