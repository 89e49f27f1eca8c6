"""What the delivery of an order costs. The rules stand in the parameter that PARAMETER names."""

import json
import os
import time

import boto3

KEPT_S = 3
parameters = boto3.client("ssm")
rules, read_at = None, 0.0


def handler(event, context):
    """The event: {"cents": 2500}, the price of the flowers."""
    now = delivery_rules()
    return {"fee_cents": 0 if event["cents"] >= now["free_from_cents"] else now["fee_cents"]}


def delivery_rules():
    """The rules: read again when what this environment knows is older than KEPT_S seconds."""
    global rules, read_at
    if rules is None or time.monotonic() - read_at > KEPT_S:
        found = parameters.get_parameter(Name=os.environ["PARAMETER"])
        rules, read_at = json.loads(found["Parameter"]["Value"]), time.monotonic()
    return rules
