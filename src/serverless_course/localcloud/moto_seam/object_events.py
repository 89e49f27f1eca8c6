"""S3 to Lambda, SQS, SNS and EventBridge: event notifications with an event's true fields.

moto sends an event in the middle of a request, before the object has its metadata and tags, and
others for the steps in which it answers (a Put within CompleteMultipartUpload, tags that nobody
set). Here they are held back until the request is answered, and only its own is sent.

Source: Amazon S3 User Guide, "Event message structure" and "Using EventBridge" (read 2026-11).
"""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from ..iam.account import ACCOUNT_ID
from .current import current
from .functions import Functions
from .seam import replace
from .suspended_versions import settle

SERVICE = "s3.amazonaws.com"
REFUSED = "Unable to validate the following destination configurations"
REASONS = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "Delete": "DeleteObject",
    "DeleteMarkerCreated": "DeleteObject",
}
DELETIONS = {"Delete": "Permanently Deleted", "DeleteMarkerCreated": "Delete Marker Created"}
_count = itertools.count()
_thread = threading.local()
# moto's own, once it is known.
_send: list[Any] = []


def install(functions: Functions) -> None:
    """Check function destinations when they are configured, and send them events."""
    from moto.s3 import notifications  # noqa: PLC0415 - moto loads late
    from moto.s3.exceptions import S3ClientError  # noqa: PLC0415
    from moto.s3.models import S3Backend  # noqa: PLC0415

    def make_put(known: Any) -> Any:
        def put(self: Any, bucket_name: str, notification_config: dict[str, Any]) -> None:
            arn = f"arn:aws:s3:::{bucket_name}"
            listed = (notification_config or {}).get("CloudFunctionConfiguration") or []
            for item in listed:
                if not functions.allows(item["CloudFunction"], SERVICE, arn):
                    raise S3ClientError("InvalidArgument", REFUSED)
            known(self, bucket_name, notification_config)

        return put

    def invoke(_: str, event: dict[str, Any], function_arn: str, __: str) -> None:
        bucket_arn = event["Records"][0]["s3"]["bucket"]["arn"]
        functions.send(function_arn, event, SERVICE, bucket_arn, current().trace)

    def make_send(known: Any) -> Any:
        def send_event(account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
            if current().is_form and _name(event_name) == "s3:ObjectCreated:Put":
                # A form's upload is run as a PUT.
                event_name = notifications.S3NotificationEvent.OBJECT_CREATED_POST_EVENT
            held: list[Any] | None = getattr(_thread, "held", None)
            if held is None:
                known(account_id, event_name, bucket, key)
            else:
                held.append((account_id, event_name, bucket, key))

        _send[:] = [known]
        return send_event

    def make_marker(known: Any) -> Any:
        def set_delete_marker(self: Any, bucket_name: str, key_name: str) -> Any:
            marker = known(self, bucket_name, key_name)
            settle(self.get_bucket(bucket_name), key_name, marker)
            kind = notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
            notifications.send_event(self.account_id, kind, self.get_bucket(bucket_name), marker)
            return marker

        return set_delete_marker

    replace(notifications, "send_event", make_send)
    replace(S3Backend, "put_bucket_notification_configuration", make_put)
    replace(S3Backend, "_set_delete_marker", make_marker)
    replace(notifications, "_invoke_awslambda", lambda _: invoke)
    replace(notifications, "_get_s3_event", lambda _: event_message)
    replace(notifications, "_send_event_bridge_message", lambda known: _to_event_bridge)


@contextmanager
def held_back() -> Iterator[None]:
    """Hold back this thread's events for the length of a ``with`` block, then send its own."""
    held: list[Any] = []
    _thread.held = held
    try:
        yield
    finally:
        del _thread.held
    created = {key.name: _name(event) for _, event, _, key in held if _is_created(event)}
    for account_id, event, bucket, key in held:
        own = _name(event) == created.get(key.name, _name(event))
        if own:
            _send[0](account_id, event, bucket, key)


def event_message(name: str, bucket: Any, key: Any, configuration_id: str) -> dict[str, Any]:
    """The message of an event, such as ``s3:ObjectCreated:Put``."""
    call = current()
    found: dict[str, Any] = {"key": quote_plus(key.name, safe="/*")}
    if not _is_removed(name):
        found |= {"size": key.size, "eTag": key.etag.replace('"', "")}
    if bucket.versioning_status == "Enabled" and key.version_id:
        found["versionId"] = key.version_id
    found["sequencer"] = _sequencer()
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": bucket.region_name,
                "eventTime": at,
                "eventName": _name(name).removeprefix("s3:"),
                "userIdentity": {"principalId": f"AWS:{call.user_id}"},
                "requestParameters": {"sourceIPAddress": call.source_ip},
                "responseElements": {
                    "x-amz-request-id": call.request_id,
                    "x-amz-id-2": call.request_id,
                },
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": configuration_id,
                    "bucket": {
                        "name": bucket.name,
                        "ownerIdentity": {"principalId": ACCOUNT_ID},
                        "arn": bucket.arn,
                    },
                    "object": found,
                },
            }
        ]
    }


def _to_event_bridge(account_id: str, bucket: Any, event_name: Any, key: Any) -> None:
    from moto.events.models import events_backends  # noqa: PLC0415 - moto loads late
    from moto.s3.notifications import _detail_type  # noqa: PLC0415

    call = current()
    name = _name(event_name)
    found = {"key": key.name, "sequencer": _sequencer()}
    if not _is_removed(name):
        found |= {"size": key.size, "etag": key.etag.replace('"', "")}
    if bucket.versioning_status == "Enabled" and key.version_id:
        found["version-id"] = key.version_id
    last = name.rpartition(":")[2]
    expired = "LifecycleExpiration" in name
    event: dict[str, Any] = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": _detail_type(event_name),
        "source": "aws.s3",
        "account": account_id,
        "time": time.time(),
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": found,
            "request-id": call.request_id,
            "requester": account_id,
            "source-ip-address": call.source_ip,
            "reason": "Lifecycle Expiration" if expired else REASONS.get(last, last),
        },
    }
    if expired:
        # By S3 itself, and by no request.
        event["detail"]["requester"] = SERVICE
        del event["detail"]["source-ip-address"]
    if last in DELETIONS:
        event["detail"]["deletion-type"] = DELETIONS[last]
    bus = events_backends[account_id][bucket.region_name].event_buses["default"]
    rules: list[Any] = list(bus.rules.values())
    for rule in rules:
        rule.send_to_targets(event)


def _name(event: Any) -> str:
    """An event's name, such as ``s3:ObjectCreated:Put``."""
    return str(getattr(event, "value", event))


def _is_removed(name: str) -> bool:
    return "ObjectRemoved" in name or "LifecycleExpiration" in name


def _is_created(event: Any) -> bool:
    return _name(event).startswith("s3:ObjectCreated")


def _sequencer() -> str:
    """A hexadecimal number that grows with every event."""
    return f"{time.time_ns() // 1000:014X}{next(_count) & 0xFFFF:04X}"
