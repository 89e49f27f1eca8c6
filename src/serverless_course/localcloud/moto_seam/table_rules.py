"""What DynamoDB refuses and leaves out, where moto takes or tells it.

Sources: recorded from AWS (localstack's test_dynamodb, 2023 and 2024: batch_write_items,
transaction_write_items, batch_write_items_streaming); DynamoDB API Reference, BatchWriteItem (25
items), TransactWriteItems (a token is good for 10 minutes), UpdateTimeToLive and DeleteTable (read
2026-11). The words of refusals are those of public error reports.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from typing import Any

from ..wire.errors import ServiceError
from .watchers import wrap

INVALID = "ValidationException"
NOT_FOUND = "ResourceNotFoundException"
MOST_WRITES = 25
TOKEN_S = 600.0
PROTECTED = (
    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
    "protection first."
)
EMPTY_KEY = (
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
    "contain an empty string value. Key: {}"
)
# Told only to who asks, and the parameter that asks.
ON_DEMAND = {
    "ConsumedCapacity": "ReturnConsumedCapacity",
    "ItemCollectionMetrics": "ReturnItemCollectionMetrics",
}


def install() -> None:
    """Put them into moto. Once for a process is enough."""
    from moto.dynamodb import responses  # noqa: PLC0415 - moto loads late
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415
    from moto.dynamodbstreams.models import DynamoDBStreamsBackend  # noqa: PLC0415

    tokens = Tokens()
    wrap(responses, "validate_put_has_empty_keys", _key_is_empty)
    wrap(DynamoHandler, "batch_write_item", _batch_write)
    wrap(DynamoHandler, "transact_write_items", tokens.write)
    wrap(DynamoDBBackend, "delete_table", _delete_table)
    wrap(DynamoDBBackend, "update_time_to_live", _time_to_live)
    wrap(DynamoDBStreamsBackend, "describe_stream", _known_stream)
    wrap(DynamoDBStreamsBackend, "get_shard_iterator", _known_shard)


class Tokens:
    """The tokens of transactions that are done: one that comes again changes nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By backend and token: a digest of the request, and until when it is kept.
        self._done: dict[tuple[int, str], tuple[str, float]] = {}

    def write(self, original: Any, handler: Any) -> Any:
        """TransactWriteItems. Raises `ServiceError` for a token of another request."""
        body = handler.body
        token = body.get("ClientRequestToken")
        if not token:
            return _only_asked(original(handler), body)
        digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
        key, now = (id(handler.dynamodb_backend), token), time.monotonic()
        with self._lock:
            self._done = {name: each for name, each in self._done.items() if each[1] > now}
            known = self._done.get(key)
        if known is not None:
            if known[0] != digest:
                raise ServiceError(
                    "IdempotentParameterMismatchException",
                    "DynamoDB rejected the request because you retried a request with a different "
                    "payload but with an idempotent token that was already used.",
                )
            return _empty()
        answer = original(handler)
        with self._lock:
            self._done[key] = digest, now + TOKEN_S
        return _only_asked(answer, body)


def _empty() -> Any:
    from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late

    return ActionResult({})


def _only_asked(answer: Any, body: dict[str, Any]) -> Any:
    for name, parameter in ON_DEMAND.items():
        if body.get(parameter, "NONE") == "NONE":
            answer.result.pop(name, None)
    return answer


def _batch_write(original: Any, handler: Any) -> Any:
    requests = handler.body.get("RequestItems") or {}
    sizes = [len(each) for each in requests.values()]
    if any(size > MOST_WRITES or not size for size in sizes):
        raise ServiceError(
            INVALID,
            "1 validation error detected: Value at 'requestItems' failed to satisfy constraint: "
            "Map value must satisfy constraint: [Member must have length less than or equal to "
            f"{MOST_WRITES}, Member must have length greater than or equal to 1]",
        )
    if sum(sizes) > MOST_WRITES:
        raise ServiceError(INVALID, "Too many items requested for the BatchWriteItem call")
    return _only_asked(original(handler), handler.body)


def _key_is_empty(original: Any, updates: Any, table: Any, custom_error_msg: Any = None) -> None:
    original(updates, table, custom_error_msg or EMPTY_KEY)


def _delete_table(original: Any, backend: Any, name: str) -> Any:
    table = backend.tables.get(name.rpartition("/")[2])
    if table is None:
        raise _not_found("Table", name)
    if table.deletion_protection_enabled:
        raise ServiceError(INVALID, PROTECTED)
    return original(backend, name)


def _time_to_live(original: Any, backend: Any, table_name: str, ttl_spec: dict[str, Any]) -> None:
    table = backend.tables.get(table_name.rpartition("/")[2])
    if table is None:
        raise _not_found("Table", table_name)
    is_on = table.ttl.get("TimeToLiveStatus") == "ENABLED"
    if is_on == bool(ttl_spec.get("Enabled")):
        raise ServiceError(INVALID, f"TimeToLive is already {'enabled' if is_on else 'disabled'}")
    original(backend, table_name, ttl_spec)


def _known_stream(original: Any, backend: Any, arn: str) -> Any:
    table = backend._get_table_from_arn(arn)
    label = arn.rpartition("/stream/")[2]
    if table.latest_stream_label is None or label != table.latest_stream_label:
        raise _not_found("Stream", arn)
    return original(backend, arn)


def _known_shard(original: Any, backend: Any, arn: str, shard_id: str, *rest: Any) -> Any:
    shard = backend._get_table_from_arn(arn).stream_shard
    if shard is None or shard.id != shard_id:
        raise _not_found("Shard", shard_id)
    return original(backend, arn, shard_id, *rest)


def _not_found(kind: str, name: str) -> ServiceError:
    return ServiceError(NOT_FOUND, f"Requested resource not found: {kind}: {name} not found")
