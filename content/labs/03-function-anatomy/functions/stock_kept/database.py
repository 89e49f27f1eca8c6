"""The database of a hall. It counts how many connections were opened to it."""

import os

import boto3

client = boto3.client("dynamodb")


class Connection:
    """An open connection to one hall's database. To open one is slow, and it is counted."""

    def __init__(self, hall):
        self.key = {"id": {"S": f"hall:{hall}"}}
        client.update_item(
            TableName=os.environ["TABLE"],
            Key=self.key,
            UpdateExpression="ADD opened :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    def seats_left(self):
        """Ask the hall's database."""
        found = client.get_item(TableName=os.environ["TABLE"], Key=self.key, ConsistentRead=True)
        return int(found["Item"]["left"]["N"])
