"""Redrive policies of queues: which ones SQS refuses, and which dead-letter queue they name.

Source: SQS API Reference, CreateQueue (read 2026-11). Words: *Invalid value for
deadLetterTargetArn* as recorded from AWS (localstack,
test_invalid_dead_letter_arn_rejected_before_lookup, 2022); the mandatory attributes, the range, the
missing target and the type as quoted in error reports (2018 to 2025); those of a target that allows
no redrive, and of RedriveAllowPolicy, are ours.
"""

from __future__ import annotations

import json
from typing import Any

from ..iam.account import ACCOUNT_ID
from .queue_refusals import bad_value, refused

MOST_RECEIVES = 1000
MOST_SOURCES = 10
ALLOW_ALL, DENY_ALL, BY_QUEUE = "allowAll", "denyAll", "byQueue"


def set_up_redrive(queue: Any, policy: Any) -> None:
    """Set a queue's dead-letter queue; none for an empty policy. ``queue`` is moto's."""
    if policy == "":
        queue.redrive_policy = queue.dead_letter_queue = None
        return
    text = policy if isinstance(policy, str) else json.dumps(policy)
    read = _object(text, "RedrivePolicy", "Redrive policy is not a valid JSON map.")
    for name in ("maxReceiveCount", "deadLetterTargetArn"):
        if name not in read:
            reason = f"Redrive policy does not contain mandatory attribute: {name}."
            raise bad_value(text, "RedrivePolicy", reason)
    target = _target(queue, text, read["deadLetterTargetArn"])
    count = str(read["maxReceiveCount"])
    if not (count.isascii() and count.isdigit() and 1 <= int(count) <= MOST_RECEIVES):
        raise bad_value(
            text,
            "RedrivePolicy",
            f"Invalid value for maxReceiveCount: {count}, valid values are from 1 to "
            f"{MOST_RECEIVES} both inclusive.",
        )
    queue.redrive_policy = {**read, "maxReceiveCount": int(count)}
    queue.dead_letter_queue = target


def _target(queue: Any, text: str, arn: Any) -> Any:
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

    parts = arn.split(":") if isinstance(arn, str) else []
    if len(parts) != 6 or parts[2] != "sqs":
        raise bad_value(text, "RedrivePolicy", "Invalid value for deadLetterTargetArn.")
    _, _, _, region, account, name = parts
    here = region == queue.region and account == ACCOUNT_ID
    if here and name == queue.name:
        return queue
    target = sqs_backends[ACCOUNT_ID][region].queues.get(name) if here else None
    if target is None:
        raise bad_value(text, "RedrivePolicy", "Dead letter target does not exist.")
    if bool(target.fifo_queue) != bool(queue.fifo_queue):
        raise bad_value(
            text,
            "RedrivePolicy",
            "Dead-letter queue must be same type of queue as the source.",
        )
    if not _allows(target, queue.queue_arn):
        raise bad_value(
            text, "RedrivePolicy", "The dead-letter queue's RedriveAllowPolicy denies this queue."
        )
    return target


def check_allow_policy(text: str) -> None:
    """Refuse a RedriveAllowPolicy that is none."""
    read = _object(text, "RedriveAllowPolicy", "Redrive allow policy is not a valid JSON map.")
    permission, sources = read.get("redrivePermission"), read.get("sourceQueueArns")
    listed = isinstance(sources, list) and 1 <= len(sources) <= MOST_SOURCES
    if permission not in (ALLOW_ALL, DENY_ALL, BY_QUEUE) or (permission == BY_QUEUE) != listed:
        raise refused(
            "Invalid value for the parameter RedriveAllowPolicy. Reason: redrivePermission is "
            f"{ALLOW_ALL}, {DENY_ALL}, or {BY_QUEUE} with 1 to {MOST_SOURCES} sourceQueueArns.",
            "InvalidAttributeValue",
        )


def _allows(target: Any, source_arn: str) -> bool:
    policy = json.loads(getattr(target, "redrive_allow_policy", None) or "{}")
    permission = policy.get("redrivePermission", ALLOW_ALL)
    if permission == BY_QUEUE:
        return source_arn in policy["sourceQueueArns"]
    return bool(permission == ALLOW_ALL)


def _object(text: str, parameter: str, reason: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise bad_value(text, parameter, reason)
    return read
