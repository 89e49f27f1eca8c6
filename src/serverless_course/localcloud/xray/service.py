"""The X-Ray service: takes segment documents from all sides, and answers X-Ray's API."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from .documents import Unprocessed
from .region import Region
from .sampler import Sampler


class XRay:
    """X-Ray for all regions of the account. Thread-safe; ``sampler`` decides what is traced."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._regions: dict[str, Region] = {}
        self.sampler = Sampler(lambda region: self.region(region).rules)

    def put(self, region: str, documents: Iterable[str | bytes]) -> list[Unprocessed]:
        """Take segment documents (JSON texts). Returns those that were not taken, and why."""
        return self.region(region).traces.put(documents)

    def region(self, name: str) -> Region:
        """What is remembered in a region; it begins empty."""
        with self._lock:
            found = self._regions.get(name)
            if found is None:
                found = self._regions[name] = Region(name, self._account)
            return found
