"""What a function in a VPC can reach, computed from what EC2 tells, and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from serverless_course.figures.alt import Picture
from serverless_course.figures.vpc.diagram import vpc_diagram
from serverless_course.network.journey import Address, Destination, Internet, Path, Service, Source
from serverless_course.network.network import Described, Network
from serverless_course.network.travel import travel

# What the names of all resources of the course begin with (`aws.names`).
COURSE = "course-"
PORTS = {"http": 80, "https": 443}


class NotInAVpc(ValueError):
    """The function is not connected to a VPC: its traffic is not the VPC's matter."""


class DrawnReach:
    """The paths of a function from each of its subnets to some destinations; shown as a drawing.

    Attributes:
        paths: of `network.Path`, by subnet and destination, in the order asked for.
    """

    def __init__(
        self, described: Described, function: Mapping[str, Any], paths: Sequence[Path]
    ) -> None:
        self.paths = tuple(paths)
        self._described = described
        self._function = function

    @property
    def delivered(self) -> bool:
        """Whether every path arrives."""
        return all(path.verdict.delivered for path in self.paths)

    def table(self) -> pd.DataFrame:
        """One row for each path: subnet, destination, what the caller meets, where, and why.

        The whole sentences are in the text of this object: `print(shown)`.
        """
        return pd.DataFrame(
            {
                "from": path.source.subnet_id,
                "to": name_of(path.destination),
                "verdict": path.verdict.behaviour.value,
                "through": path.verdict.through or "–",
                "dropped at": path.verdict.dropped_at or "–",
                "why": path.verdict.reason.value,
            }
            for path in self.paths
        )

    def picture(self) -> Picture:
        """The VPC with the paths drawn in."""
        described, function = _without_the_lab(self._described, self._function)
        return vpc_diagram(described, [function], self.paths)

    def __repr__(self) -> str:
        return "\n".join(
            f"{path.source.subnet_id} to {name_of(path.destination)}: "
            f"{path.verdict.behaviour.value}. {path.verdict.words}"
            for path in self.paths
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {**self.picture()._repr_mimebundle_(), "text/plain": repr(self)}


def _without_the_lab(
    described: Described, function: Mapping[str, Any]
) -> tuple[Described, Mapping[str, Any]]:
    """The same with short names: all that belongs to a lab bears the lab's name, and its VPC's.

    A box of the drawing has no room for `course-05-vpc-design-shop-private`; `private` is enough.
    """
    vpcs = [_tagged(each) for each in described.get("Vpcs", ())]
    starts = [f"{name}-" for name in vpcs if name.startswith(COURSE)]
    starts += [f"{name.rpartition('-')[0]}-" for name in vpcs if name.startswith(COURSE)]

    def short(name: str) -> str:
        for start in starts:
            if name.startswith(start) and name not in vpcs:
                return name.removeprefix(start)
        return name

    def shortened(thing: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(thing)
        if "Tags" in found:
            found["Tags"] = [
                {**tag, "Value": short(tag["Value"])} if tag["Key"] == "Name" else tag
                for tag in found["Tags"]
            ]
        for member in ("GroupName", "FunctionName"):
            if member in found:
                found[member] = short(found[member])
        return found

    lists = {kind: [shortened(each) for each in held] for kind, held in described.items()}
    return lists, shortened(function)


def _tagged(thing: Mapping[str, Any]) -> str:
    """Its Name tag, or ""."""
    return next((tag["Value"] for tag in thing.get("Tags", ()) if tag["Key"] == "Name"), "")


def drawn_reach(
    described: Described, function: Mapping[str, Any], to: Sequence[str], region: str
) -> DrawnReach:
    """Follow a function's traffic from each of its subnets.

    Args:
        described: EC2's lists, as `network.Network.of` takes them.
        function: Lambda's configuration of the function, with its VpcConfig.
        to: where to: an AWS service's name such as ``dynamodb``, an address such as
            ``http://checkip.amazonaws.com``, or ``10.0.2.10:5432``.
        region: AWS Region of the services.

    Raises:
        NotInAVpc: the function has no VpcConfig.
        ValueError: a destination that is none of these.
    """
    config = function.get("VpcConfig") or {}
    if not config.get("SubnetIds"):
        raise NotInAVpc(
            f"{function.get('FunctionName', 'The function')} is not connected to a VPC: Lambda's "
            "own network carries its traffic."
        )
    network = Network.of(described)
    groups = tuple(config["SecurityGroupIds"])
    destinations = [destination(each, region) for each in to]
    paths = [
        travel(network, Source(subnet, groups), each)
        for each in destinations
        for subnet in config["SubnetIds"]
    ]
    return DrawnReach(described, function, paths)


def destination(text: str, region: str) -> Destination:
    """A destination as a learner writes it. Raises ValueError for what is none."""
    if "://" in text:
        parts = urlsplit(text)
        if not parts.hostname or parts.scheme not in PORTS:
            raise ValueError(f"{text!r} is no address such as http://checkip.amazonaws.com.")
        return Internet(parts.hostname, parts.port or PORTS[parts.scheme])
    host, _, port = text.rpartition(":")
    if port.isdecimal() and host:
        return Address(host, int(port))
    if not text.isidentifier() and not text.replace("-", "").isalnum():
        raise ValueError(
            f"{text!r} is no destination. Name a service (dynamodb), an address on the internet "
            "(http://checkip.amazonaws.com), or an address in the VPC (10.0.2.10:5432)."
        )
    return Service(text, region)


def name_of(to: Destination) -> str:
    """A destination in a word."""
    if isinstance(to, Address):
        return f"{to.ip}:{to.port}"
    return to.name if isinstance(to, Service) else to.host
