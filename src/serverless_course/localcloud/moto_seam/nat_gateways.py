"""NAT gateways in moto: their interfaces, what deletion frees, and regional ones.

A route whose gateway is gone is a black hole (VPC User Guide, "Route table concepts").

A regional NAT gateway (since 19 November 2025) belongs to a VPC, not to a subnet, and has an
address in each zone where the VPC has subnets. Source: VPC User Guide, "Regional NAT gateways"
(read 2026-11). Ours: its addresses are made when it is made, and new zones are not followed.
"""

from __future__ import annotations

from typing import Any

from .interfaces import owned_by
from .seam import replace


def install() -> None:
    """Give moto EC2's rules for NAT gateways."""
    from moto.ec2.models import EC2Backend  # noqa: PLC0415 - moto loads late
    from moto.ec2.models.route_tables import Route  # noqa: PLC0415

    def owning(create: Any) -> Any:
        def create_nat_gateway(backend: Any, *args: Any, **settings: Any) -> Any:
            made = create(backend, *args, **settings)
            made.availability_mode = "zonal"
            owned_by(made._eni, "nat_gateway", f"Interface for NAT Gateway {made.id}")
            # Security groups do not apply to a NAT gateway.
            made._eni._group_set = []
            return made

        return create_nat_gateway

    def freeing(delete: Any) -> Any:
        def delete_nat_gateway(backend: Any, nat_gateway_id: str) -> Any:
            if nat_gateway_id not in backend.nat_gateways:
                raise _not_found(nat_gateway_id)
            deleted = delete(backend, nat_gateway_id)
            for address in deleted.address_set:
                if address.get("associationId"):
                    backend.disassociate_address(association_id=address["associationId"])
                backend.enis.pop(address.get("networkInterfaceId"), None)
                if address.pop("auto", False):
                    backend.release_address(allocation_id=address["allocationId"])
            return deleted

        return delete_nat_gateway

    def honest(_: Any) -> property:
        def state(route: Any) -> str:
            nat, gateway = route.nat_gateway, route.gateway
            gone = nat is not None and nat.state == "deleted"
            # A detached internet gateway has no VPC; other gateways have no such member.
            detached = gateway is not None and getattr(gateway, "vpc", gateway) is None
            return "blackhole" if gone or detached else "active"

        return property(state)

    replace(EC2Backend, "create_nat_gateway", owning)
    replace(EC2Backend, "delete_nat_gateway", freeing)
    replace(Route, "state", honest)


def install_regional() -> None:
    """Let CreateNatGateway make regional ones."""
    from moto.ec2.responses.nat_gateways import NatGateways  # noqa: PLC0415 - moto loads late

    def either(answer: Any) -> Any:
        def create_nat_gateway(response: Any) -> Any:
            if response._get_param("AvailabilityMode") != "regional":
                return answer(response)
            return _create_regional(response)

        return create_nat_gateway

    replace(NatGateways, "create_nat_gateway", either)


def _create_regional(response: Any) -> Any:
    from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late
    from moto.core.utils import utcnow  # noqa: PLC0415
    from moto.ec2.models.nat_gateways import NatGateway  # noqa: PLC0415
    from moto.ec2.utils import (  # noqa: PLC0415
        add_tag_specification,
        random_nat_gateway_id,
    )

    backend = response.ec2_backend
    vpc = backend.get_vpc(response._get_param("VpcId"))
    # Its own start-up makes an interface in a subnet, which a regional one does not have.
    made: Any = NatGateway.__new__(NatGateway)
    made.id = random_nat_gateway_id()
    made.ec2_backend = backend
    made.subnet_id = None
    made.vpc_id = vpc.id
    made.state = "available"
    made.connectivity_type = "public"
    made.availability_mode = "regional"
    made.auto_provision_zones = "enabled"
    made.auto_scaling_ips = "enabled"
    made._created_at = utcnow()
    made.address_set = [_address(backend, *zone) for zone in _zones(backend, vpc.id)]
    made.add_tags(add_tag_specification(response._get_param("TagSpecifications", [])) or {})
    backend.nat_gateways[made.id] = made
    return ActionResult({"NatGateway": made})


def _zones(backend: Any, vpc_id: str) -> list[tuple[str, str]]:
    subnets = [subnet for each in backend.subnets.values() for subnet in each.values()]
    return sorted(
        {
            (str(subnet.availability_zone), str(subnet.availability_zone_id))
            for subnet in subnets
            if subnet.vpc_id == vpc_id
        }
    )


def _address(backend: Any, zone: str, zone_id: str) -> dict[str, Any]:
    address = backend.allocate_address("vpc")
    return {
        "auto": True,
        "allocationId": address.allocation_id,
        "publicIp": address.public_ip,
        "availabilityZone": zone,
        "availabilityZoneId": zone_id,
        "status": "succeeded",
    }


def _not_found(nat_gateway_id: str) -> Exception:
    from moto.ec2.exceptions import EC2ClientError  # noqa: PLC0415 - moto loads late

    return EC2ClientError("NatGatewayNotFound", f"NAT gateway {nat_gateway_id} was not found")
