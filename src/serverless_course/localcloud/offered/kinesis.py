"""Amazon Kinesis Data Streams."""

from __future__ import annotations

from .offer import Offer, because, names

KINESIS = Offer(
    "kinesis",
    "Amazon Kinesis Data Streams",
    moto=names(
        """
        AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeLimits
        DescribeStream DescribeStreamSummary GetRecords GetShardIterator
        IncreaseStreamRetentionPeriod ListShards ListStreams ListTagsForStream MergeShards PutRecord
        PutRecords RemoveTagsFromStream SplitShard UpdateShardCount UpdateStreamMode
        """
    ),
    partly={
        "CreateStream": "does not throttle, and an on-demand stream keeps the shards it began with",
        "IncreaseStreamRetentionPeriod": "is shown; records stay until the stream is deleted",
        "UpdateStreamMode": "is shown; an on-demand stream keeps its shards",
    },
    why={
        **because(
            "It has no enhanced fan-out: read a stream with GetRecords, or with an event source "
            "mapping.",
            """
            DeregisterStreamConsumer DescribeStreamConsumer ListStreamConsumers
            RegisterStreamConsumer SubscribeToShard
            """,
        ),
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
