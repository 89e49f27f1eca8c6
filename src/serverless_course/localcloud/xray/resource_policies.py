"""X-Ray's resource policies: who else may send segments.

They are kept and shown. What they let Amazon SNS do counts (`services/topic_traces`); nothing else
asks them: the embedded cloud has one account, whose callers have identity-based policies.

Source: API reference, PutResourcePolicy (read 2026-11): 5 policies, 5 kB each, revision ids.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import Any

from ..wire.errors import ServiceError

MAX_POLICIES = 5
MAX_POLICY_BYTES = 5 * 1024


class ResourcePolicies:
    """One region's policies by their names. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._policies: dict[str, dict[str, Any]] = {}

    def all(self) -> list[dict[str, Any]]:
        """All policies, by their names."""
        with self._lock:
            return [self._policies[name] for name in sorted(self._policies)]

    def put(self, name: str, document: str, revision: str | None) -> dict[str, Any]:
        """PutResourcePolicy. Raises `ServiceError` in the model's errors."""
        if len(document.encode()) > MAX_POLICY_BYTES:
            raise ServiceError("PolicySizeLimitExceededException", "A policy has at most 5 kB.")
        _check(document)
        with self._lock:
            self._check_revision(name, revision)
            if name not in self._policies and len(self._policies) >= MAX_POLICIES:
                raise ServiceError(
                    "PolicyCountLimitExceededException",
                    f"A region has at most {MAX_POLICIES} policies.",
                )
            self._policies[name] = {
                "PolicyName": name,
                "PolicyDocument": document,
                "PolicyRevisionId": uuid.uuid4().hex[:16],
                "LastUpdatedTime": time.time(),
            }
            return self._policies[name]

    def delete(self, name: str, revision: str | None) -> None:
        """DeleteResourcePolicy; one that does not exist is gone already."""
        with self._lock:
            self._check_revision(name, revision)
            self._policies.pop(name, None)

    def _check_revision(self, name: str, revision: str | None) -> None:
        """A revision id asks for that revision; ``0`` asks that there is none yet."""
        if revision is None:
            return
        known = self._policies.get(name, {}).get("PolicyRevisionId", "0")
        if revision != known:
            raise ServiceError(
                "InvalidPolicyRevisionIdException",
                f"The policy {name} does not have the revision {revision}.",
            )


def _check(document: str) -> None:
    try:
        found = json.loads(document)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "Statement" not in found:
        raise ServiceError(
            "MalformedPolicyDocumentException", "The policy is no JSON policy document."
        )
