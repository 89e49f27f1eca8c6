"""Sell tickets; some orders also want a receipt in the archive."""

import os
import secrets

CENTS = {"stalls": 4500, "balcony": 3000, "box": 7500}
database = None


def archive(ticket, cents):
    """One order in fifty comes here: only those pay for boto3, and only once."""
    global database
    if database is None:
        import boto3

        database = boto3.client("dynamodb")
    item = {"id": {"S": ticket}, "cents": {"N": str(cents)}}
    database.put_item(TableName=os.environ["TABLE"], Item=item)


def handler(event, context):
    """Sell `number` seats of one kind; `archive` is true for one order in fifty."""
    ticket = secrets.token_hex(16)
    cents = CENTS[event["seat"]] * event["number"]
    if event.get("archive"):
        archive(ticket, cents)
    return {"ticket": ticket, "cents": cents}
