"""What an account sets for X-Ray in a region: encryption, destination, indexing.

They are kept and shown, and change nothing here: the embedded cloud keeps traces in memory.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from .refusals import invalid, not_offered

INDEXING = "Default"


class AccountSettings:
    """One region's settings. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encryption: dict[str, Any] = {"Type": "NONE", "Status": "ACTIVE"}
        self._percentage = 1.0
        self._indexed_at = time.time()

    def encryption(self) -> dict[str, Any]:
        """The EncryptionConfig; a change is UPDATING in its own answer, and ACTIVE from then on."""
        with self._lock:
            return {**self._encryption, "Status": "ACTIVE"}

    def encrypt(self, kind: str, key: str | None) -> dict[str, Any]:
        """PutEncryptionConfig."""
        if (kind == "KMS") != bool(key):
            raise invalid("KeyId is required for the type KMS, and not allowed for NONE.")
        with self._lock:
            self._encryption = {"Type": kind, **({"KeyId": key} if key else {})}
            return {**self._encryption, "Status": "UPDATING"}

    def send_to(self, destination: str, logs: dict[str, Any] | None) -> dict[str, Any]:
        """UpdateTraceSegmentDestination: only XRay is offered."""
        if destination != "XRay" or logs:
            raise not_offered(
                "the Destination CloudWatchLogs", "Transaction Search (spans in CloudWatch Logs)"
            )
        return self.destination()

    def destination(self) -> dict[str, Any]:
        """GetTraceSegmentDestination."""
        return {"Destination": "XRay", "Status": "ACTIVE"}

    def indexing(self) -> dict[str, Any]:
        """The one IndexingRule. It counts for Transaction Search only."""
        with self._lock:
            return {
                "Name": INDEXING,
                "ModifiedAt": self._indexed_at,
                "Rule": {
                    "Probabilistic": {
                        "DesiredSamplingPercentage": self._percentage,
                        "ActualSamplingPercentage": self._percentage,
                    }
                },
            }

    def index(self, percentage: float) -> dict[str, Any]:
        """UpdateIndexingRule."""
        if not 0 <= percentage <= 100:
            raise invalid("DesiredSamplingPercentage must be between 0 and 100.")
        with self._lock:
            self._percentage = float(percentage)
            self._indexed_at = time.time()
        return self.indexing()
