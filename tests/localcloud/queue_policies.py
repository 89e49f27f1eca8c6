"""Policies with which services may send to the queues and topics of tests."""

from __future__ import annotations

import json


def open_to(*services: str, action: str = "sqs:SendMessage") -> str:
    """A queue's policy, or a topic's, that lets services, such as ``sns``, send to it."""
    named = [f"{service}.amazonaws.com" for service in services]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": named},
        "Action": action,
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
