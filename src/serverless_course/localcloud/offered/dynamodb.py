"""Amazon DynamoDB, and its streams."""

from __future__ import annotations

from .offer import Offer, because, names

DYNAMODB = Offer(
    "dynamodb",
    "Amazon DynamoDB",
    moto=names(
        """
        BatchExecuteStatement BatchGetItem BatchWriteItem CreateBackup CreateTable DeleteBackup
        DeleteItem DeleteTable DescribeBackup DescribeContinuousBackups DescribeEndpoints
        DescribeLimits DescribeTable DescribeTimeToLive ExecuteStatement ExecuteTransaction GetItem
        ListBackups ListTables ListTagsOfResource PutItem Query RestoreTableFromBackup Scan
        TagResource TransactGetItems TransactWriteItems UntagResource UpdateItem UpdateTable
        UpdateTimeToLive
        """
    ),
    partly={
        "CreateTable": "throttles nothing: provisioned capacity is shown and not enforced",
        "UpdateTimeToLive": "keeps the setting; expired items are not deleted",
    },
    why={
        **because(
            "Nothing evaluates policies of tables and streams here.",
            "DeleteResourcePolicy GetResourcePolicy PutResourcePolicy",
        ),
        **because(
            "It keeps no earlier states of a table.",
            "RestoreTableToPointInTime UpdateContinuousBackups",
        ),
    },
)
STREAMS = Offer(
    "dynamodbstreams",
    "Amazon DynamoDB Streams",
    moto=names("DescribeStream GetRecords GetShardIterator ListStreams"),
)
