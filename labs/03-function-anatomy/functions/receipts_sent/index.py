"""Print a receipt. The printer is slow, so the work goes on in the background."""

import os
import time
from threading import Thread

import boto3

client = boto3.client("dynamodb")


def print_receipt(receipt, seconds):
    """What the printer does: it takes its time, then it notes the receipt in the table."""
    time.sleep(seconds)
    item = {"id": {"S": receipt}, "printed": {"N": str(time.time())}}
    client.put_item(TableName=os.environ["TABLE"], Item=item)


def handler(event, context):
    """Answer at once, and print meanwhile."""
    printing = Thread(target=print_receipt, args=(event["receipt"], event["seconds"]))
    printing.start()
    return {"receipt": event["receipt"]}
