"""What of a network AWS charges for by the hour."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.network.network import Network


@dataclass(frozen=True)
class BilledParts:
    """What is charged by the hour; `pricing.vpc.monthly_bill` puts the prices to it.

    Attributes:
        nat_gateways: zonal NAT gateways.
        regional_nat_zones: zones in which regional NAT gateways are active, summed up.
        interface_endpoint_zones: zones of interface endpoints, summed up.
        gateway_endpoints: gateway endpoints; they are free.
        public_addresses: public IPv4 addresses of NAT gateways, and elastic addresses beside.
    """

    nat_gateways: int = 0
    regional_nat_zones: int = 0
    interface_endpoint_zones: int = 0
    gateway_endpoints: int = 0
    public_addresses: int = 0

    @classmethod
    def of(cls, network: Network) -> BilledParts:
        """Counted from what the describe calls return."""
        raise NotImplementedError
