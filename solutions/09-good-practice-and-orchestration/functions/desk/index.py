"""Stands for the systems of other people: the stock, the bank, the courier.

The row `order:NUMBER` of the table counts how often each step was asked for, and how often it was
done. A row `trouble:NUMBER` says what goes wrong with that order.
"""

import os

import boto3

database = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]
Refused = database.exceptions.ConditionalCheckFailedException


class CourierBusy(Exception):
    """The courier takes no parcel now."""


class CourierClosed(Exception):
    """The courier takes no parcel any more."""


class CardDeclined(Exception):
    """The bank does not pay."""


class AnswerLost(Exception):
    """The step is done, and its answer is lost."""


def handler(event, context):
    """The event: {"step": "charge", "order": 7}; with a "key", a step is done once for the key."""
    step, order, key = event["step"], event["order"], event.get("key")
    count(order, f"asked_{step}")
    if step == "book" and takes(order, "busy"):
        raise CourierBusy(f"order {order}: no courier is free")
    if step == "book" and is_set(order, "closed"):
        raise CourierClosed(f"order {order}: the courier is closed")
    if step == "charge" and is_set(order, "declined"):
        raise CardDeclined(f"order {order}: the bank does not pay")
    if key is None or is_new(f"key:{order}:{step}:{key}"):
        count(order, step)
    if step == "charge" and takes(order, "lost"):
        raise AnswerLost(f"order {order}: no answer from the bank")
    return {"order": order, "step": step}


def count(order, what):
    """Add one to a counter of an order."""
    database.update_item(
        TableName=TABLE,
        Key={"id": {"S": f"order:{order}"}},
        UpdateExpression="ADD #what :one",
        ExpressionAttributeNames={"#what": what},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def takes(order, trouble):
    """Whether a trouble is left; it is one less after this."""
    try:
        database.update_item(
            TableName=TABLE,
            Key={"id": {"S": f"trouble:{order}"}},
            UpdateExpression="ADD #what :less",
            ConditionExpression="#what > :none",
            ExpressionAttributeNames={"#what": trouble},
            ExpressionAttributeValues={":less": {"N": "-1"}, ":none": {"N": "0"}},
        )
    except Refused:
        return False
    return True


def is_set(order, trouble):
    """Whether an order has a trouble."""
    found = database.get_item(TableName=TABLE, Key={"id": {"S": f"trouble:{order}"}})
    return trouble in found.get("Item", {})


def is_new(key):
    """Whether this key was never seen; it is from now on."""
    try:
        database.put_item(
            TableName=TABLE, Item={"id": {"S": key}}, ConditionExpression="attribute_not_exists(id)"
        )
    except Refused:
        return False
    return True
