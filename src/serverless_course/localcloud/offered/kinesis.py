"""Amazon Kinesis Data Streams."""

from __future__ import annotations

from .offer import Offer, because, names

KINESIS = Offer(
    "kinesis",
    "Amazon Kinesis Data Streams",
    ours=names("SubscribeToShard"),
    moto=names(
        """
        AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream
        DeregisterStreamConsumer DescribeLimits DescribeStream DescribeStreamConsumer
        DescribeStreamSummary GetRecords GetShardIterator IncreaseStreamRetentionPeriod ListShards
        ListStreamConsumers ListStreams ListTagsForStream MergeShards PutRecord PutRecords
        RegisterStreamConsumer RemoveTagsFromStream SplitShard UpdateShardCount UpdateStreamMode
        """
    ),
    partly={
        "CreateStream": "does not throttle, and an on-demand stream keeps the shards it began with",
        "IncreaseStreamRetentionPeriod": "is shown; records stay until the stream is deleted",
        "RegisterStreamConsumer": "takes no Tags",
        "UpdateStreamMode": "is shown; an on-demand stream keeps its shards",
    },
    why={
        **because(
            "Nothing evaluates policies of streams here.",
            "DeleteResourcePolicy GetResourcePolicy PutResourcePolicy",
        ),
        **because("It encrypts nothing at rest.", "StartStreamEncryption StopStreamEncryption"),
        **because(
            "It publishes no metrics of shards.",
            "DisableEnhancedMonitoring EnableEnhancedMonitoring",
        ),
    },
)
