"""Takes an order: prices it, stores it, and signs the receipt."""

import hmac
import os

import boto3

CENTS = {"label": 250, "poster": 1900, "mug": 1250}

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
kept = {}


def signing_key():
    if "SIGNING_KEY" in os.environ:
        return os.environ["SIGNING_KEY"]
    if not kept:
        secrets = boto3.client("secretsmanager")
        kept["key"] = secrets.get_secret_value(SecretId=os.environ["SIGNING_SECRET"])
    return kept["key"]["SecretString"]


def handler(event, context):
    cents = CENTS[event["item"]] * event["number"]
    text = f"{event['order']}:{cents}"
    receipt = hmac.new(signing_key().encode(), text.encode(), "sha256").hexdigest()
    table.put_item(Item={"order": event["order"], "cents": cents})
    return {"order": event["order"], "cents": cents, "receipt": receipt}
