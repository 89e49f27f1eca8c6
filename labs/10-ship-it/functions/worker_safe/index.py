"""What the queue invokes: photos of a batch become pictures."""

import json
import os
import time
import urllib.parse
from datetime import datetime

import boto3
from sepia import sepia_png

s3 = boto3.client("s3")
NAMES = ("Converted", "Failed", "Wait")


def tell(context, record, failed=0):
    """One line of the log about a photo, which CloudWatch reads as three metrics."""
    now = time.time()
    metrics = [{"Name": name} for name in NAMES]
    told = {"Namespace": "Sepia", "Dimensions": [["Version"]], "Metrics": metrics}
    wait = now - datetime.fromisoformat(record["eventTime"]).timestamp()
    line = {
        "_aws": {"Timestamp": int(1000 * now), "CloudWatchMetrics": [told]},
        "Version": context.function_version,
        **dict(zip(NAMES, (1 - failed, failed, round(1000 * wait)))),
        "photo": record["s3"]["object"]["key"],
        "request": context.aws_request_id,
        "trace": os.environ.get("_X_AMZN_TRACE_ID", "")[5:40],
    }
    print(json.dumps(line))


def convert(context, record):
    """Read a photo, and write its picture."""
    key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
    photo = s3.get_object(Bucket=record["s3"]["bucket"]["name"], Key=key)["Body"].read()
    s3.put_object(
        Bucket=os.environ["PICTURES"],
        Key=key,
        Body=sepia_png(photo),
        ContentType="image/png",
        Metadata={"request": context.aws_request_id},
    )
    tell(context, record)


def handler(event, context):
    """Convert each photo that the messages of a batch name."""
    for message in event["Records"]:
        for record in json.loads(message["body"]).get("Records", []):
            convert(context, record)
