"""Consumers of Kinesis streams (enhanced fan-out): registered, active after a moment, taken away.

Sources: Kinesis Data Streams API Reference, RegisterStreamConsumer, DeregisterStreamConsumer,
DescribeStreamConsumer, ListStreamConsumers, DeleteStream (read 2026-11): 20 consumers of a stream,
5 of them in CREATING; the ARN ends with the time of creation. "is not in ACTIVE status": public
error reports of 2024 and 2025; the other refusals' words are ours. moto 5.2.5 knows no status and
no limit, and takes the wrong consumers away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..wire.errors import ServiceError
from .watchers import wrap

MOST = 20
MOST_CREATING = 5
# How long a consumer is CREATING, and DELETING, in seconds. Ours: on AWS it takes some seconds.
SETTLE_S = 0.3
CONSUMER = "/consumer/"
NOT_DONE = {
    "RegisterStreamConsumer": ("StreamId", "Tags"),
    "DescribeStreamConsumer": ("StreamId",),
    "DeregisterStreamConsumer": ("StreamId",),
    "ListStreamConsumers": ("StreamId",),
}


def stream_of(arn: str) -> str:
    """The ARN of a consumer's stream; of a stream its own."""
    return arn.partition(CONSUMER)[0]


def install(changed: Callable[[str], None]) -> None:
    """Put them into moto. ``changed`` is told a stream's ARN when its consumers change."""
    from moto.kinesis.models import Consumer, KinesisBackend  # noqa: PLC0415 - moto loads late
    from moto.kinesis.responses import KinesisResponse  # noqa: PLC0415

    def deregister(_: Any, backend: Any, **given: str) -> None:
        consumer = _find(backend, **given)
        if _status(consumer) == "DELETING":
            raise _busy(consumer)
        consumer.deleted_at = time.monotonic()
        changed(consumer.stream_arn)

    wrap(Consumer, "to_json", _shown)
    wrap(KinesisBackend, "register_stream_consumer", _register)
    wrap(KinesisBackend, "deregister_stream_consumer", deregister)
    wrap(
        KinesisBackend,
        "describe_stream_consumer",
        lambda _, backend, **given: _find(backend, **given),
    )
    wrap(KinesisBackend, "list_stream_consumers", _list)
    wrap(KinesisResponse, "delete_stream", _delete_stream)
    for operation, refused in NOT_DONE.items():
        name = "".join(f"_{each.lower()}" if each.isupper() else each for each in operation)[1:]
        wrap(KinesisResponse, name, _without(operation, refused))


def active(stream: Any, arn: str) -> None:
    """Refuse a consumer of moto's stream that is gone or not active. Raises `ServiceError`."""
    consumer = next((each for each in _there(stream) if each.consumer_arn == arn), None)
    if consumer is None:
        raise _missing(arn)
    if _status(consumer) != "ACTIVE":
        raise _busy(consumer)


def has(stream: Any, arn: str) -> bool:
    """Whether moto's stream has a consumer that is not on its way out."""
    return any(each.consumer_arn == arn and _status(each) != "DELETING" for each in _there(stream))


def _status(consumer: Any) -> str:
    if hasattr(consumer, "deleted_at"):
        return "DELETING"
    return "CREATING" if time.monotonic() < consumer.active_at else "ACTIVE"


def _shown(original: Any, consumer: Any, *given: Any, **named: Any) -> dict[str, Any]:
    return {**original(consumer, *given, **named), "ConsumerStatus": _status(consumer)}


def _there(stream: Any) -> list[Any]:
    """The consumers of a stream; those whose end is over are forgotten."""
    now = time.monotonic()
    stream.consumers = [
        each for each in stream.consumers if getattr(each, "deleted_at", now) + SETTLE_S > now
    ]
    return list(stream.consumers)


def _stream(backend: Any, arn: str) -> Any:
    found = next((each for each in backend.streams.values() if each.arn == arn), None)
    if found is None:
        name = arn.rpartition("/")[2]
        text = f"Stream {name} under account {backend.account_id} not found."
        raise ServiceError("ResourceNotFoundException", text)
    return found


def _register(original: Any, backend: Any, *, stream_arn: str, consumer_name: str) -> Any:
    stream = _stream(backend, stream_arn)
    known = _there(stream)
    if any(each.consumer_name == consumer_name for each in known):
        raise ServiceError(
            "ResourceInUseException",
            f"Consumer {consumer_name} under stream {stream.stream_name} already exists for "
            f"account {backend.account_id}.",
        )
    if len(known) >= MOST:
        raise ServiceError("LimitExceededException", f"A stream has at most {MOST} consumers.")
    if sum(_status(each) == "CREATING" for each in known) >= MOST_CREATING:
        raise ServiceError(
            "LimitExceededException",
            f"At most {MOST_CREATING} consumers of a stream can be CREATING at the same time.",
        )
    consumer = original(backend, stream_arn=stream_arn, consumer_name=consumer_name)
    consumer.consumer_arn += f":{int(consumer.created.timestamp())}"
    consumer.active_at = time.monotonic() + SETTLE_S
    return consumer


def _find(
    backend: Any, *, stream_arn: str | None, consumer_name: str | None, consumer_arn: str | None
) -> Any:
    """A consumer by its ARN, or by its stream and its name. Raises `ServiceError`."""
    if consumer_arn is None and (stream_arn is None or consumer_name is None):
        raise ServiceError(
            "InvalidArgumentException",
            "Name a consumer by its ConsumerARN, or by its StreamARN and ConsumerName.",
        )
    arn = stream_arn or stream_of(consumer_arn or "")
    for each in _there(_stream(backend, arn)):
        if consumer_arn in (None, each.consumer_arn) and consumer_name in (
            None,
            each.consumer_name,
        ):
            return each
    raise _missing(consumer_arn or consumer_name or "")


def _list(original: Any, backend: Any, *, stream_arn: str, **page: Any) -> Any:
    _there(_stream(backend, stream_arn))
    return original(backend, stream_arn=stream_arn, **page)


def _delete_stream(original: Any, handler: Any) -> Any:
    if not handler._get_param("EnforceConsumerDeletion"):
        arn, name = handler._get_param("StreamARN"), handler._get_param("StreamName")
        stream = handler.kinesis_backend.describe_stream(stream_arn=arn, stream_name=name)
        if _there(stream):
            raise ServiceError(
                "ResourceInUseException",
                f"Stream {stream.stream_name} has registered consumers: deregister them first, or "
                "set EnforceConsumerDeletion.",
            )
    return original(handler)


def _without(operation: str, refused: tuple[str, ...]) -> Callable[..., Any]:
    def handle(original: Any, handler: Any) -> Any:
        for name in refused:
            if handler._get_param(name):
                raise ServiceError(
                    "InvalidArgumentException",
                    f"The embedded cloud does not offer the member {name} of {operation}.",
                )
        at = handler._get_param("StreamCreationTimestamp")
        if at is not None:
            stream = _stream(handler.kinesis_backend, handler._get_param("StreamARN"))
            if int(stream.creation_datetime.timestamp()) != int(at):
                text = f"No stream {stream.stream_name} was created at that time."
                raise ServiceError("ResourceNotFoundException", text)
        return original(handler)

    return handle


def _missing(consumer: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"Consumer {consumer} not found.")


def _busy(consumer: Any) -> ServiceError:
    stream, created = consumer.stream_arn, int(consumer.created.timestamp())
    account, name = stream.split(":")[4], stream.rpartition("/")[2]
    return ServiceError(
        "ResourceInUseException",
        f"Consumer {consumer.consumer_name} with creation timestamp {created} under stream: "
        f"{name} , account {account} is not in ACTIVE status.",
    )
