"""The till of the shop: it books a sale, asks a partner, and reads a secret."""

import os
import urllib.request

import boto3

dynamodb, secrets = boto3.client("dynamodb"), boto3.client("secretsmanager")


def handler(event, context):
    """The event: {"sale": 7, "steps": ["book", "partner", "secret"]}."""
    done = {}
    for step in event["steps"]:
        print(f"begin {step}")
        done[step] = STEPS[step](event["sale"])
        print(f"done {step}")
    return done


def book(sale):
    dynamodb.put_item(TableName=os.environ["TABLE"], Item={"sale": {"N": str(sale)}})
    return sale


def partner(sale):
    """A partner on the internet, who tells us our address. He admits known addresses only."""
    with urllib.request.urlopen("http://checkip.amazonaws.com") as answer:
        return answer.read().decode().strip()


def secret(sale):
    """Read the secret; say how long it is, and never what it is."""
    found = secrets.get_secret_value(SecretId=os.environ["SECRET"])
    return len(found["SecretString"])


STEPS = {"book": book, "partner": partner, "secret": secret}
