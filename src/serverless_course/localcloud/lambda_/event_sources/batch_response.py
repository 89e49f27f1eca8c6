"""ReportBatchItemFailures: which items of a batch a function says it could not handle.

Source: Lambda Developer Guide, "Implementing partial batch responses" (SQS) and "Configuring
partial batch response" (Kinesis, DynamoDB), the lists of success and failure conditions
(read 2026-11). Everything here is pure.
"""

from __future__ import annotations

import json
from collections.abc import Sequence


def failed_items(payload: bytes, identifiers: Sequence[str]) -> set[str]:
    """The identifiers of the items that failed: none is a success, all is a failure.

    Success: an empty or null ``batchItemFailures``, an empty or null response (recorded from AWS:
    ``""``, ``[]``, ``{}`` and null). Failure of the whole batch: a response that is no JSON
    object, an item without an identifier, with an empty one, or with one not in the batch.
    """
    everything = set(identifiers)
    try:
        response = json.loads(payload or b"null") or {}
        failures = response.get("batchItemFailures") or []
        named = [each.get("itemIdentifier") for each in failures]
    except (ValueError, AttributeError, TypeError):
        return everything
    known = all(isinstance(name, str) and name in everything for name in named)
    return set(named) if known else everything
