"""Pack parcels that wait in a queue, and count in the table how often each was packed."""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")
MOST_KG = 20


def handler(event, context):
    """The event holds a batch of messages; each body: {"order": 7, "kg": 3}."""
    for record in event["Records"]:
        pack(json.loads(record["body"]))


def pack(parcel):
    """Pack one parcel. Raises ValueError when it is too heavy."""
    if parcel["kg"] > MOST_KG:
        raise ValueError(f"parcel {parcel['order']} has {parcel['kg']} kg: too heavy")
    dynamodb.update_item(
        TableName=os.environ["TABLE"],
        Key={"order": {"N": str(parcel["order"])}},
        UpdateExpression="ADD packed :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
