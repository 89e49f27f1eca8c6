"""Findings about endpoints: missing, in too few zones, or not found by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from serverless_course.network.endpoints import Endpoint
from serverless_course.network.finding import Finding, PlacedFunction, Severity
from serverless_course.network.journey import Service
from serverless_course.network.network import Network
from serverless_course.network.travel import travel

# Gateway endpoints are for these (AWS PrivateLink Guide, "Gateway endpoints"), and for S3 Express
# One Zone (Amazon S3 User Guide, read 2026-11), which this package does not look at.
_WITH_GATEWAY = ("dynamodb", "s3")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+")


def about_endpoints(network: Network, functions: Iterable[PlacedFunction]) -> Iterator[Finding]:
    """What endpoints would save, and what those there leave open."""
    functions = tuple(functions)
    for function in functions:
        yield from _through_nat(network, function)
    for endpoint in network.endpoints.values():
        if endpoint.kind == "Interface" and endpoint.state == "available":
            yield from _without_name(endpoint)
            yield from _fewer_zones(network, endpoint, functions)


def _through_nat(network: Network, function: PlacedFunction) -> Iterator[Finding]:
    region = _REGION.match(function.subnets[0].zone)
    if region is None:
        return
    for name in _WITH_GATEWAY:
        to = Service(name, region.group())
        tables: set[str] = set()
        gateways: set[str] = set()
        for subnet in function.subnets:
            verdict = travel(network, function.source(subnet), to).verdict
            table = network.route_table_of(subnet.id)
            through = verdict.through or ""
            if verdict.delivered and through.startswith("nat-") and table is not None:
                tables.add(table.id)
                gateways.add(through)
        if gateways:
            yield Finding(
                "no-gateway-endpoint",
                Severity.COST,
                (*sorted(tables), *sorted(gateways), function.name),
                f"Calls of {function.name} to {name} would go through "
                f"{', '.join(sorted(gateways))}.",
                "A NAT gateway charges for each GB; a gateway endpoint is free.",
                f"If it calls {name}, make a gateway endpoint for it and associate "
                f"{', '.join(sorted(tables))} with it.",
            )


def _without_name(endpoint: Endpoint) -> Iterator[Finding]:
    if not endpoint.private_dns and endpoint.service_name.startswith("com.amazonaws."):
        yield Finding(
            "endpoint-without-private-dns",
            Severity.RISK,
            (endpoint.id,),
            f"The interface endpoint {endpoint.id} of {endpoint.service_name} has private DNS off.",
            "The service's own name stays public inside the VPC, so SDKs do not use the endpoint "
            "unless they are given its own name.",
            "Turn on PrivateDnsEnabled; it needs enableDnsSupport and enableDnsHostnames.",
        )


def _fewer_zones(
    network: Network, endpoint: Endpoint, functions: tuple[PlacedFunction, ...]
) -> Iterator[Finding]:
    zones = {network.subnets[each].zone for each in endpoint.subnet_ids if each in network.subnets}
    for function in functions:
        missing = [zone for zone in function.zones if zone not in zones]
        if function.subnets[0].vpc_id == endpoint.vpc_id and missing and zones:
            yield Finding(
                "endpoint-in-fewer-zones",
                Severity.RISK,
                (endpoint.id, function.name),
                f"{endpoint.id} has no interface in {', '.join(missing)}, where {function.name} "
                "runs as well.",
                f"Calls from there cross zones; when {', '.join(sorted(zones))} "
                f"{'fails' if len(zones) == 1 else 'fail'}, the service cannot be reached.",
                f"Add a subnet in {', '.join(missing)} to the endpoint.",
            )
