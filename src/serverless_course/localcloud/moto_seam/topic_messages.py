"""What SNS sends to an endpoint: the notification, with its signature.

Sources: SNS Developer Guide, "Parsing Amazon SNS message formats" and "Verifying the signatures of
Amazon SNS messages" (read 2026-11): SignatureVersion is 1 (SHA1) unless the topic says 2 (SHA256).
That FIFO topics sign nothing and number their messages, as recorded from AWS (localstack,
test_message_to_fifo_sqs, 2025). The key and its certificate are ours: one for a process, found
through SigningCertURL at the endpoint of this server.
"""

from __future__ import annotations

import base64
import json
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
SIGNED_TO_CONFIRM = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)


@dataclass(frozen=True)
class Published:
    """One message to a topic. ``attributes`` are moto's, with Type and Value."""

    message_id: str
    message: str
    subject: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    group_id: str | None = None
    deduplication_id: str | None = None
    sequence_number: str = ""


class Signer:
    """A key and its certificate. May be used on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.name = f"SimpleNotificationService-{uuid.uuid4().hex}.pem"

    @cached_property
    def _key(self) -> Any:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - loads late

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, text: str, version: str) -> str:
        """The signature of a text, in Base64; ``version``: 1 or 2."""
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - loads late
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

        digest = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303 - AWS's version 1
        with self._lock:
            key = self._key
        return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), digest)).decode()

    def certificate(self) -> bytes:
        """The certificate of the key, as PEM."""
        from cryptography import x509  # noqa: PLC0415 - loads late
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.x509.oid import NameOID  # noqa: PLC0415

        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.now(UTC)
        with self._lock:
            key = self._key
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)


_signer = Signer()


def now_text() -> str:
    """The time, as SNS writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def notification(subscription: Any, published: Published) -> dict[str, Any]:
    """What a subscription's endpoint is sent, in AWS's order."""
    topic = subscription.topic
    region = str(topic.arn).split(":")[3]
    host = f"https://sns.{region}.amazonaws.com"
    found: dict[str, Any] = {"Type": "Notification", "MessageId": published.message_id}
    if topic.fifo_topic:
        found["SequenceNumber"] = published.sequence_number
    found["TopicArn"] = str(topic.arn)
    if published.subject:
        found["Subject"] = published.subject
    found |= {"Message": published.message, "Timestamp": now_text()}
    if not topic.fifo_topic:
        version = str(getattr(topic, "signature_version", None) or "1")
        found |= {
            "SignatureVersion": version,
            "Signature": _signer.sign(_signed(found), version),
            "SigningCertURL": f"{host}/{_published_name(topic, region)}",
        }
    found["UnsubscribeURL"] = f"{host}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}"
    if published.attributes:
        found["MessageAttributes"] = {
            name: {"Type": value["Type"], "Value": shown(value["Value"])}
            for name, value in published.attributes.items()
        }
    return found


def confirmation(subscription: Any, token: str) -> dict[str, Any]:
    """What a web address is sent when it is subscribed, in AWS's order."""
    topic = subscription.topic
    arn = str(topic.arn)
    region = arn.split(":")[3]
    host = f"https://sns.{region}.amazonaws.com"
    found: dict[str, Any] = {
        "Type": "SubscriptionConfirmation",
        "MessageId": str(uuid.uuid4()),
        "Token": token,
        "TopicArn": arn,
        "Message": (
            f"You have chosen to subscribe to the topic {arn}.\n"
            "To confirm the subscription, visit the SubscribeURL included in this message."
        ),
        "SubscribeURL": f"{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}",
        "Timestamp": now_text(),
    }
    version = str(getattr(topic, "signature_version", None) or "1")
    return found | {
        "SignatureVersion": version,
        "Signature": _signer.sign(_signed(found, SIGNED_TO_CONFIRM), version),
        "SigningCertURL": f"{host}/{_published_name(topic, region)}",
    }


def body_of(found: dict[str, Any]) -> str:
    """A notification as the body of a message."""
    return json.dumps(found, indent=2, separators=(",", " : "), ensure_ascii=False)


def shown(value: Any) -> str:
    """An attribute's value; a binary one in Base64."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _signed(found: dict[str, Any], names: tuple[str, ...] = SIGNED) -> str:
    return "".join(f"{name}\n{found[name]}\n" for name in names if name in found)


def _published_name(topic: Any, region: str) -> str:
    """The certificate's name, under which moto answers it."""
    from moto.sns.models import sns_backends  # noqa: PLC0415 - moto loads late

    from ..iam.account import ACCOUNT_ID  # noqa: PLC0415

    keys: dict[str, bytes] = sns_backends[ACCOUNT_ID][region]._message_public_keys
    if _signer.name not in keys:
        keys[_signer.name] = _signer.certificate()
    return _signer.name
