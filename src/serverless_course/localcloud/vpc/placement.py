"""Which of its subnets a function's new environment is placed in.

Lambda spreads a function's environments over the zones of its subnets, and runs functions in
other zones when one has failed (Lambda Developer Guide, "Resilience in AWS Lambda", and
"Giving Lambda functions access to resources in an Amazon VPC", both read 2026-11). How soon
it notices is not published. Ours: it notices a failed zone when an invocation there times out;
from then on that zone's environments get no more events, until the zone is healed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .faults import Faults


class Placement:
    """Spreads environments; `noticed` are the failed zones that Lambda knows of."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._noticed: set[tuple[str, str]] = set()
        self._placed: Counter[tuple[str, str, str]] = Counter()

    def choose(self, region: str, function: str, zones: Sequence[str]) -> int:
        """The index of the zone that holds fewest of the function's environments.

        Zones that are known to have failed are left out, as long as another is there.
        """
        healthy = [i for i, zone in enumerate(zones) if not self.avoids(region, zone)]
        return min(
            healthy or range(len(zones)), key=lambda i: self._placed[region, function, zones[i]]
        )

    def placed(self, region: str, function: str, zone: str, by: int) -> None:
        """One environment more (``by`` 1) or fewer (-1) of a function is in that zone."""
        self._placed[region, function, zone] += by

    def timed_out(self, region: str, zone: str) -> None:
        """An invocation timed out there: if the zone has failed, that is known now."""
        if zone in self._faults.failed_zones(region):
            self._noticed.add((region, zone))

    def avoids(self, region: str, zone: str) -> bool:
        """Whether that zone has failed, and Lambda knows it."""
        if (region, zone) not in self._noticed:
            return False
        if zone in self._faults.failed_zones(region):
            return True
        self._noticed.discard((region, zone))
        return False
