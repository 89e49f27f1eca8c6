"""The order database, as the till sees it: five connections at once, and the sixth is refused.

No SQL runs. A row in DynamoDB counts the open connections. To open one is a conditional write,
which DynamoDB decides alone: so the sixth really is refused.
"""

import os

import boto3

client = boto3.client("dynamodb")
ROW = {"TableName": os.environ["TABLE"], "Key": {"id": {"S": "connections"}}}
FREE = "attribute_not_exists(in_use) OR in_use < :most"


class TooManyConnections(Exception):
    """All connections are in use."""


class Connection:
    """An open connection; it is closed at the end of its ``with`` block."""

    most = 5

    def __enter__(self):
        values = {":one": {"N": "1"}, ":most": {"N": str(self.most)}}
        change = "ADD in_use :one, opened :one"
        try:
            client.update_item(
                **ROW,
                UpdateExpression=change,
                ConditionExpression=FREE,
                ExpressionAttributeValues=values,
            )
        except client.exceptions.ConditionalCheckFailedException:
            add(ROW["Key"]["id"]["S"], "refused", 1)
            raise TooManyConnections(f"{self.most} of {self.most} are in use") from None
        return self

    def book(self, order):
        """Write down that an order was booked, once more."""
        add(f"order {order}", "times", 1)

    def __exit__(self, *error):
        add(ROW["Key"]["id"]["S"], "in_use", -1)


def add(row, attribute, number):
    """Add a number to an attribute of a row."""
    client.update_item(
        TableName=ROW["TableName"],
        Key={"id": {"S": row}},
        UpdateExpression="ADD #attribute :number",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues={":number": {"N": str(number)}},
    )
