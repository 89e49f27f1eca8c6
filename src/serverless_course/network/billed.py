"""What of a network AWS charges for by the hour."""

from __future__ import annotations

from dataclasses import dataclass

from serverless_course.network.network import Network

# An endpoint is charged while it is provisioned, whatever its state of association is
# (aws.amazon.com/privatelink/pricing).
_NOT_CHARGED = frozenset({"deleting", "deleted", "failed"})


@dataclass(frozen=True)
class BilledParts:
    """What is charged by the hour; `pricing.vpc.monthly_bill` puts the prices to it.

    Attributes:
        nat_gateways: zonal NAT gateways that are available.
        regional_nat_zones: zones in which regional NAT gateways have addresses, summed up.
        interface_endpoint_zones: zones of interface endpoints, summed up.
        gateway_endpoints: gateway endpoints; they are free.
        public_addresses: public IPv4 addresses: of NAT gateways, elastic ones, of interfaces;
            each counts once.
    """

    nat_gateways: int = 0
    regional_nat_zones: int = 0
    interface_endpoint_zones: int = 0
    gateway_endpoints: int = 0
    public_addresses: int = 0

    @classmethod
    def of(cls, network: Network) -> BilledParts:
        """Counted from what the describe calls return."""
        nats = [nat for nat in network.nat_gateways.values() if nat.state == "available"]
        regional = [nat for nat in nats if nat.regional]
        live = [end for end in network.endpoints.values() if end.state not in _NOT_CHARGED]
        public = {address.public for nat in nats for address in nat.addresses if address.public}
        public |= {address for address in network.addresses.values() if address}
        public |= {
            each.public_address for each in network.interfaces.values() if each.public_address
        }
        return cls(
            nat_gateways=len(nats) - len(regional),
            regional_nat_zones=sum(
                max(1, len({address.zone for address in nat.addresses})) for nat in regional
            ),
            interface_endpoint_zones=sum(
                len(end.subnet_ids) for end in live if end.kind == "Interface"
            ),
            gateway_endpoints=sum(end.kind == "Gateway" for end in live),
            public_addresses=len(public),
        )
