"""Writes an invoice for each sale that the topic of sales tells of."""

import json


def handler(event, context):
    for record in event["Records"]:
        sale = json.loads(record["Sns"]["Message"])
        print(json.dumps({"invoice": sale["order"]}))
