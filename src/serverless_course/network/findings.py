"""What is wrong, weak or dear about a network, for the functions in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from serverless_course.network.finding import Finding, Severity, placed
from serverless_course.network.finding_addresses import about_addresses
from serverless_course.network.finding_endpoints import about_endpoints
from serverless_course.network.finding_filters import about_filters
from serverless_course.network.finding_placement import about_placement
from serverless_course.network.finding_routes import about_routes
from serverless_course.network.network import Network

__all__ = ["Finding", "Severity", "findings"]

_GRAVITY = {severity: index for index, severity in enumerate(Severity)}


def findings(network: Network, functions: Sequence[Mapping[str, Any]] = ()) -> list[Finding]:
    """Everything found about a network and the functions in it, the gravest first.

    Args:
        network: the network.
        functions: one mapping for each function: `FunctionName`, `SubnetIds`,
            `SecurityGroupIds`, and `Ipv6AllowedForDualStack` if it is set; the members of
            VpcConfig may also stand under `VpcConfig`, as Lambda's own answers have them.

    Raises:
        UnknownResource: a LookupError, for a subnet or group of a function that is not there.
        ValueError: for a function with subnets and without security groups.
    """
    own = placed(network, functions)
    found = {
        *about_placement(network, own),
        *about_routes(network, own),
        *about_endpoints(network, own),
        *about_filters(network, own),
        *about_addresses(network, own),
    }
    return sorted(
        found, key=lambda each: (_GRAVITY[each.severity], each.code, each.resource_ids, each.what)
    )
