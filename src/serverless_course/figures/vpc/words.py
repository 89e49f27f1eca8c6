"""A VPC's drawing in words: its message, its alternative text, and the table of its subnets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from serverless_course.figures.vpc.paths import DrawnPath
from serverless_course.figures.vpc.view import SubnetView, VpcView


def number(count: int, noun: str) -> str:
    """A count with its noun: `1 zone`, `3 zones`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def message(view: VpcView, paths: Sequence[DrawnPath]) -> str:
    """The one thing a reader should take away."""
    stopped = [path for path in paths if not path.delivered]
    if len(paths) == 1:
        return f"{paths[0].start} to {paths[0].end}: {paths[0].note.behaviour.value}"
    if len(stopped) == len(paths) > 1:
        return f"None of {number(len(paths), 'path')} arrives"
    if stopped:
        verb = "does" if len(stopped) == 1 else "do"
        return f"{len(stopped)} of {number(len(paths), 'path')} {verb} not arrive"
    if paths:
        return "Both paths arrive" if len(paths) == 2 else f"All {len(paths)} paths arrive"
    return f"{view.name}: {number(len(view.zones), 'zone')}, {number(len(view.subnets), 'subnet')}"


def alt(
    view: VpcView, paths: Sequence[DrawnPath], title: str, failed_zones: Collection[str] = ()
) -> str:
    """The drawing in words."""
    gate = "an internet gateway" if view.internet_gateway else "no internet gateway"
    words = [
        f"Diagram of a VPC. {title}.",
        f"{view.name} has {', '.join(view.cidrs)}, {number(len(view.zones), 'zone')}, "
        f"{number(len(view.subnets), 'subnet')} and {gate}.",
    ]
    for zone in view.zones:
        held = [_subnet(subnet) for subnet in view.subnets if subnet.zone == zone]
        failed = " has failed" if zone in failed_zones else ""
        words.append(f"Zone {zone}{failed}: {' '.join(held)}")
    words += [f"Across the zones: {nat.text}." for nat in view.regional_nats]
    if view.egress_only_gateway:
        words.append("At the border: an egress-only internet gateway.")
    words += [
        f"At the border: a gateway endpoint for {name}." for _, name in view.gateway_endpoints
    ]
    words += [f"Not in this VPC: {name}." for name in view.outside]
    words += [f"Path from {path.words}" for path in paths]
    return " ".join(words)


def _subnet(subnet: SubnetView) -> str:
    parts = "; ".join(part.text for part in subnet.parts)
    routes = "; ".join(subnet.routes) or "no route out of the VPC"
    held = f" It holds: {parts}." if parts else ""
    return f"{subnet.name} is {subnet.kind}, {subnet.cidr}, {subnet.room}, {routes}.{held}"


def table(view: VpcView) -> pd.DataFrame:
    """A row for each subnet: zone, type, prefix, addresses, routes, and what it holds."""
    rows = [
        {
            "zone": subnet.zone,
            "type": subnet.kind,
            "prefix": subnet.cidr,
            "free": subnet.free,
            "usable": subnet.usable,
            "routes": "; ".join(subnet.routes) or "none out of the VPC",
            "holds": "; ".join(part.text for part in subnet.parts),
        }
        for subnet in view.subnets
    ]
    index = pd.Index([subnet.name for subnet in view.subnets], name="subnet")
    return pd.DataFrame(rows, index=index).astype({"free": "Int64", "usable": "Int64"})
