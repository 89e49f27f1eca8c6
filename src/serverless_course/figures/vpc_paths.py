"""Paths as they are drawn: the stations that a reader sees, and what is said of the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serverless_course.figures.vpc_layout import INTERNET, SERVICE, Key, Note
from serverless_course.figures.vpc_view import Functions, VpcView, subnets_of
from serverless_course.network.journey import Address, Internet, Path, Reason, Service

# Hops that are shown as parts of the drawing; every other one belongs to the part before it.
SHOWN = ("nat", "internet-gateway", "endpoint")
# Ends that lie with the destination and not with what the packet passed last.
AT_DESTINATION = (Reason.GROUP_INGRESS, Reason.NOBODY_THERE)


@dataclass(frozen=True)
class DrawnPath:
    """A path between parts of the drawing.

    Attributes:
        stations: the parts it comes by; the last one is where it ends.
        start, end: what it joins, in words.
        why: the verdict's own words.
        note: what stands in the drawing.
    """

    stations: tuple[Key, ...]
    start: str
    end: str
    why: str
    note: Note

    @property
    def noted_at(self) -> Key:
        """Where the note stands: at the start when all is well, else where the path ended."""
        if self.note.behaviour == "delivered":
            return self.stations[0]
        where = self.stations[-1]
        # There is no room beside what lies on the border of the VPC; gateways have the header.
        return self.stations[0] if where[0] == SERVICE or where == INTERNET else where

    @property
    def words(self) -> str:
        """The whole path in a sentence."""
        return f"{self.start} to {self.end}: {self.note.behaviour.value}. {self.why}"


def drawn(path: Path, view: VpcView, functions: Functions) -> DrawnPath:
    """Find the stations of a path in a VPC's view.

    Raises:
        ValueError: the path begins in another VPC's subnet.
    """
    subnet = next((each for each in view.subnets if each.id == path.source.subnet_id), None)
    if subnet is None:
        raise ValueError(f"{path.source.subnet_id} is no subnet of {view.id}: it has no path here.")
    name = _function(path, functions)
    stations: list[Key] = [(subnet.id, name)]
    for hop in path.hops:
        if hop.kind in SHOWN:
            stations += _keys(view, hop.id, subnet.zone)
    end = _destination(path, view, stations)
    arrived = path.verdict.delivered or path.verdict.reason in AT_DESTINATION
    if arrived and end and end not in stations:
        stations.append(end)
    return DrawnPath(
        tuple(stations),
        name or f"{path.source.kind} in {subnet.name}",
        destination_words(path),
        path.verdict.words,
        Note(path.verdict.behaviour, note_text(path)),
    )


def destination_words(path: Path) -> str:
    """The destination, as short as it can be said."""
    match path.destination:
        case Address(ip, port):
            return f"{ip}:{port}"
        case Service(name):
            return name
        case Internet(host):
            return host


def note_text(path: Path) -> str:
    """What stands in the drawing: where to, and the reason when it does not arrive."""
    to, verdict = destination_words(path), path.verdict
    if verdict.delivered:
        return f"delivered to {to}"
    return f"{to} {verdict.behaviour.value}: {verdict.words}"


def _function(path: Path, functions: Functions) -> str:
    """The function whose interface the path begins at, or ""."""
    for function in functions:
        groups = (function.get("VpcConfig") or {}).get("SecurityGroupIds") or ()
        there = path.source.subnet_id in subnets_of(function)
        if there and set(groups) == set(path.source.group_ids):
            return str(function["FunctionName"])
    return ""


def _keys(view: VpcView, identifier: str, zone: str) -> list[Key]:
    """The place of a gateway or endpoint; of an endpoint in several zones, that of the same."""
    if identifier in (view.internet_gateway, *(nat.id for nat in view.regional_nats)):
        return [("", identifier)]
    if any(identifier == endpoint for endpoint, _ in view.gateway_endpoints):
        return [("", identifier)]
    holders = [s for s in view.subnets if any(part.id == identifier for part in s.parts)]
    holders.sort(key=lambda subnet: subnet.zone != zone)
    return [(holder.id, identifier) for holder in holders[:1]]


def _destination(path: Path, view: VpcView, stations: Sequence[Key]) -> Key | None:
    last = stations[-1]
    if any(last == ("", endpoint) for endpoint, _ in view.gateway_endpoints):
        return (SERVICE, last[1])
    match path.destination:
        case Address(ip):
            inside = (s.id for s in view.subnets if any(part.id == ip for part in s.parts))
            found = next(inside, None)
            if found:
                return (found, ip)
    # An interface endpoint is the service's own place in the VPC.
    return INTERNET if last == ("", view.internet_gateway) else None


def addresses(paths: Sequence[Path]) -> list[str]:
    """The addresses that paths lead to: they are drawn where they belong."""
    return [path.destination.ip for path in paths if isinstance(path.destination, Address)]
