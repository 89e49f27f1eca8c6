"""Amazon Data Firehose."""

from __future__ import annotations

from .offer import Offer, because, names

FIREHOSE = Offer(
    "firehose",
    "Amazon Data Firehose",
    moto=names(
        """
        CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream ListDeliveryStreams
        ListTagsForDeliveryStream PutRecord PutRecordBatch TagDeliveryStream UntagDeliveryStream
        UpdateDestination
        """
    ),
    partly={
        "CreateDeliveryStream": "delivers to S3 and HTTP endpoints only, and transforms no records",
        **because(
            "delivers each call at once: it buffers nothing, and compresses nothing",
            "PutRecord PutRecordBatch",
        ),
    },
    why=because(
        "It encrypts nothing at rest.",
        "StartDeliveryStreamEncryption StopDeliveryStreamEncryption",
    ),
)
