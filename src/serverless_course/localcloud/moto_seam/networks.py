"""EC2's networks in moto: described as boto3 describes them, and what Lambda does there."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from botocore.parsers import create_parser

from ..iam.account import ACCOUNT_ID
from ..vpc.ec2 import Interface
from ..wire.http import Request, Response
from ..wire.rest_json import model
from .application import Application
from .interfaces import free_addresses

# What `network` computes paths from: EC2's operations, and the list in each one's answer.
DESCRIBED = {
    "DescribeVpcs": "Vpcs",
    "DescribeSubnets": "Subnets",
    "DescribeRouteTables": "RouteTables",
    "DescribeInternetGateways": "InternetGateways",
    "DescribeEgressOnlyInternetGateways": "EgressOnlyInternetGateways",
    "DescribeNatGateways": "NatGateways",
    "DescribeVpcEndpoints": "VpcEndpoints",
    "DescribeSecurityGroups": "SecurityGroups",
    "DescribeNetworkAcls": "NetworkAcls",
    "DescribeNetworkInterfaces": "NetworkInterfaces",
    "DescribeAddresses": "Addresses",
    "DescribeAvailabilityZones": "AvailabilityZones",
    "DescribePrefixLists": "PrefixLists",
    "DescribeVpcPeeringConnections": "VpcPeeringConnections",
}
# Members of DescribeVpcAttribute's answer, and where moto keeps them.
VPC_ATTRIBUTES = {
    "EnableDnsSupport": "enable_dns_support",
    "EnableDnsHostnames": "enable_dns_hostnames",
}
# The name under which Lambda makes interfaces, as DescribeNetworkInterfaces shows it.
LAMBDA_REQUESTER = "AROALAMBDAHYPERPLANE0:lambda-vpc"


class Networks:
    """EC2 of every region. moto has to be loaded; may be called on any thread."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = threading.Lock()

    def describe(self, region: str) -> dict[str, list[dict[str, Any]]]:
        """The lists of EC2's describe calls, by the names that boto3 gives them."""
        found = {name: self._list(region, operation) for operation, name in DESCRIBED.items()}
        found["VpcAttributes"] = [
            {"VpcId": vpc_id, name: {"Value": str(getattr(vpc, attribute)).lower() == "true"}}
            for vpc_id, vpc in list(_backend(region).vpcs.items())
            for name, attribute in VPC_ATTRIBUTES.items()
        ]
        return found

    def subnets(self, region: str) -> dict[str, Any]:
        """moto's subnets of a region, by their ids."""
        return {
            subnet_id: subnet
            for of_zone in list(_backend(region).subnets.values())
            for subnet_id, subnet in list(of_zone.items())
        }

    def vpc_of(self, region: str, subnet_id: str) -> str | None:
        """The VPC of a subnet, or None when there is no such subnet."""
        subnet = self.subnets(region).get(subnet_id)
        return str(subnet.vpc_id) if subnet else None

    def zone_of(self, region: str, subnet_id: str) -> str | None:
        """The availability zone of a subnet, or None when there is no such subnet."""
        subnet = self.subnets(region).get(subnet_id)
        return str(subnet.availability_zone) if subnet else None

    def vpc_of_group(self, region: str, group_id: str) -> str | None:
        """The VPC of a security group, or None when there is no such group."""
        group = _backend(region).get_security_group_from_id(group_id)
        return str(group.vpc_id) if group else None

    def default_group(self, region: str, vpc_id: str) -> str:
        """The id of a VPC's default security group."""
        return str(_backend(region).get_default_security_group(vpc_id).id)

    def has_internet_gateway(self, region: str, vpc_id: str) -> bool:
        """Whether an internet gateway is attached to a VPC. Every default VPC has one on AWS;
        moto makes it without."""
        backend = _backend(region)
        vpc = backend.vpcs.get(vpc_id)
        if vpc is not None and str(vpc.is_default).lower() == "true":
            return True
        gateways = list(backend.internet_gateways.values())
        return any(each.vpc is not None and each.vpc.id == vpc_id for each in gateways)

    def admits(self, region: str, group_ids: Iterable[str], port: int, address: str) -> bool:
        """Whether one of these security groups lets TCP from an address in to a port."""
        backend, source = _backend(region), ipaddress.ip_address(address)
        for group_id in group_ids:
            group = backend.get_security_group_from_id(group_id)
            for rule in list(group.ingress_rules) if group else ():
                block = rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6")
                if rule.ip_protocol != "-1" and not (
                    rule.ip_protocol == "tcp" and rule.from_port <= port <= rule.to_port
                ):
                    continue
                if block and source in ipaddress.ip_network(block, strict=False):
                    return True
        return False

    def count_lambda(self, region: str, vpc_id: str) -> int:
        """How many interfaces of Lambda's a VPC has."""
        enis = list(_backend(region).enis.values())
        return sum(eni.interface_type == "lambda" and eni.vpc_id == vpc_id for eni in enis)

    def make_interface(
        self,
        region: str,
        subnet_id: str,
        group_ids: tuple[str, ...],
        description: str,
        tags: dict[str, str],
    ) -> Interface | None:
        """Make an interface of Lambda's; None when the subnet has no free address."""
        with self._lock:
            backend = _backend(region)
            subnet = self.subnets(region)[subnet_id]
            address = next(iter(free_addresses(backend, subnet)), None)
            if address is None:
                return None
            made = backend.create_network_interface(
                subnet,
                address,
                group_ids=list(group_ids),
                description=description,
                tags=dict(tags),
            )
            made.interface_type = "lambda"
            made.requester_managed = True
            made.requester_id = LAMBDA_REQUESTER
            made.status = "in-use"
        return Interface(
            made.id, subnet_id, group_ids, subnet.vpc_id, subnet.availability_zone, address
        )

    def delete_interface(self, region: str, interface_id: str) -> None:
        """Delete an interface of Lambda's, if it is still there."""
        with self._lock:
            _backend(region).enis.pop(interface_id, None)

    def free_addresses(self, region: str, subnet_id: str) -> int:
        """How many free addresses a subnet has."""
        return int(self.subnets(region)[subnet_id].available_ip_address_count)

    def fill(self, region: str, subnet_id: str) -> str | None:
        """Take every free address of a subnet (an experiment): the id of the one interface that
        holds them, or None when there is none."""
        with self._lock:
            backend = _backend(region)
            subnet = self.subnets(region)[subnet_id]
            free = free_addresses(backend, subnet)
            if not free:
                return None
            made = backend.create_network_interface(
                subnet,
                free[0],
                [{"PrivateIpAddress": each, "Primary": each == free[0]} for each in free],
                description="Experiment local:subnet:exhaust",
            )
            made.requester_managed = True
            return str(made.id)

    def _list(self, region: str, operation: str) -> list[dict[str, Any]]:
        response = self._ask(region, operation)
        shape = model("ec2").operation_model(operation).output_shape
        parsed = create_parser("ec2").parse(
            {"status_code": response.status, "headers": {}, "body": response.body}, shape
        )
        return list(parsed.get(DESCRIBED[operation], []))

    def _ask(self, region: str, operation: str) -> Response:
        body = urlencode({"Action": operation, "Version": "2016-11-15"}).encode()
        credential = f"AKIAEMBEDDEDCLOUD000/20200101/{region}/ec2/aws4_request"
        headers = [
            ("host", "127.0.0.1"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host"),
        ]
        return self._application.answer(Request("POST", "/", headers, body), "127.0.0.1", "ec2")


def _backend(region: str) -> Any:
    from moto.ec2.models import ec2_backends  # noqa: PLC0415 - moto loads late

    return ec2_backends[ACCOUNT_ID][region]
