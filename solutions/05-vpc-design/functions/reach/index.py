"""Try to reach what the event names, and say what came back, and after how long."""

import os
import time
import urllib.request

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event, context):
    """The event: {"to": ["table", "internet"]}."""
    return {name: timed(REACH[name]) for name in event["to"]}


def timed(call):
    started = time.perf_counter()
    answer = call()
    return {"answer": answer, "ms": round((time.perf_counter() - started) * 1000, 1)}


def table():
    found = dynamodb.describe_table(TableName=os.environ["TABLE"])
    return found["Table"]["TableStatus"]


def internet():
    """The address that this function has for the rest of the world."""
    with urllib.request.urlopen("http://checkip.amazonaws.com") as answer:
        return answer.read().decode().strip()


REACH = {"table": table, "internet": internet}
