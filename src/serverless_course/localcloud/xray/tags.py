"""Tags of groups and sampling rules, by ARN."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from ..wire.errors import ServiceError

MAX_TAGS = 50


class Tags:
    """One region's tags. Thread-safe. Whether an ARN exists is asked before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tags: dict[str, dict[str, str]] = {}

    def add(self, arn: str, tags: Iterable[dict[str, str]]) -> None:
        """Set tags. Raises `ServiceError` (TooManyTagsException) beyond 50."""
        with self._lock:
            found = {**self._tags.get(arn, {}), **{tag["Key"]: tag["Value"] for tag in tags}}
            if len(found) > MAX_TAGS:
                raise ServiceError(
                    "TooManyTagsException",
                    f"A resource has at most {MAX_TAGS} tags.",
                    fields={"ResourceName": arn},
                )
            self._tags[arn] = found

    def remove(self, arn: str, keys: Iterable[str]) -> None:
        """Take tags away; one that is not there is gone already."""
        with self._lock:
            for key in keys:
                self._tags.get(arn, {}).pop(key, None)

    def forget(self, arn: str) -> None:
        """The resource is gone."""
        with self._lock:
            self._tags.pop(arn, None)

    def of(self, arn: str) -> list[dict[str, str]]:
        """The tags of a resource."""
        with self._lock:
            return [{"Key": k, "Value": v} for k, v in sorted(self._tags.get(arn, {}).items())]
