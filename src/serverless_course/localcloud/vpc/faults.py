"""What experiments have broken: zones that are down, slow NAT gateways, disrupted subnets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

# The parts of a disrupted subnet's traffic that aws:network:disrupt-connectivity can stop.
SCOPES = ("all", "dynamodb", "s3", "vpc")


@dataclass(frozen=True)
class Fault:
    """One fault, while it lasts.

    ``zones`` are down. ``subnets`` lose the traffic to the service that ``scope`` names.
    ``nat_gateways`` answer ``latency_s`` seconds later. Each name counts in ``region`` only.
    """

    region: str
    zones: frozenset[str] = frozenset()
    subnets: frozenset[str] = frozenset()
    scope: str = ""
    nat_gateways: frozenset[str] = frozenset()
    latency_s: float = 0.0


@dataclass
class Faults:
    """All faults of this moment. ``on_change`` is called after each change."""

    on_change: Callable[[], None]
    _lasting: list[Fault] = field(default_factory=list)

    def begin(self, fault: Fault) -> None:
        """Break something."""
        self._lasting.append(fault)
        self.on_change()

    def end(self, fault: Fault) -> None:
        """Heal it. Nothing happens when it has been healed already."""
        if fault in self._lasting:
            self._lasting.remove(fault)
            self.on_change()

    def failed_zones(self, region: str) -> frozenset[str]:
        """The zones of a region that are down."""
        return frozenset(zone for fault in self._of(region) for zone in fault.zones)

    def disrupted(self, region: str, subnet_id: str) -> frozenset[str]:
        """The scopes of what a subnet's traffic loses."""
        return frozenset(fault.scope for fault in self._of(region) if subnet_id in fault.subnets)

    def latency_s(self, region: str, gateway_id: str | None) -> float:
        """How much later than usual a NAT gateway answers, in seconds."""
        return sum(f.latency_s for f in self._of(region) if gateway_id in f.nat_gateways)

    def _of(self, region: str) -> list[Fault]:
        return [fault for fault in self._lasting if fault.region == region]
