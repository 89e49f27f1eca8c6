"""What a design's function can reach, from each of its zones that is up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serverless_course.figures.vpc_names import by_name
from serverless_course.network.design import (
    DATABASE_PORT,
    FUNCTION_GROUP,
    Choices,
    database_address,
    design,
    function,
)
from serverless_course.network.journey import Address, Destination, Internet, Path, Service, Source
from serverless_course.network.network import Network
from serverless_course.network.travel import travel

# What a function usually wants: name and how it is called. A host of RFC 2606 stands for any.
INTERNET, DATABASE = "a host on the internet", "the database"
SERVICES = {"Amazon S3": "s3", "DynamoDB": "dynamodb", "Secrets Manager": "secretsmanager"}
DESTINATIONS = (INTERNET, DATABASE, *SERVICES)


@dataclass(frozen=True)
class Reach:
    """One destination, and the path to it from each zone.

    Attributes:
        to: the destination's name, of `DESTINATIONS`.
        paths: by zone; zones that are down are left out while there are others.
        why: what is said of the first path that does not arrive, or of the first.
    """

    to: str
    paths: dict[str, Path]
    why: str

    @property
    def verdict(self) -> str:
        """How it ends, in a few words: `delivered`, or from which zones it is not."""
        ends = {zone: path.verdict.behaviour.value for zone, path in self.paths.items()}
        if len(set(ends.values())) == 1:
            return next(iter(ends.values()))
        return ", ".join(f"{end} from {zone}" for zone, end in ends.items())

    @property
    def delivered(self) -> bool:
        """Whether it arrives from every zone."""
        return all(path.verdict.delivered for path in self.paths.values())


def destination(
    choices: Choices, name: str, failed_zones: frozenset[str] = frozenset()
) -> Destination:
    """A destination of `DESTINATIONS` in a design; `KeyError` for another name."""
    if name == INTERNET:
        return Internet("example.com")
    if name == DATABASE:
        # The database fails over to its standby, which a design with one zone does not have.
        failed_over = choices.zones > 1 and choices.zone_names[0] in failed_zones
        return Address(database_address(choices, int(failed_over)), DATABASE_PORT)
    return Service(SERVICES[name], choices.region)


def reach(
    choices: Choices,
    names: Sequence[str] = DESTINATIONS,
    failed_zones: frozenset[str] = frozenset(),
) -> list[Reach]:
    """The paths of the design's function to each destination, from the zones that are up.

    Args:
        choices: the design.
        names: which of `DESTINATIONS`.
        failed_zones: names of zones that are down.
    """
    network = Network.of(design(choices))
    subnets = function(choices)["VpcConfig"]["SubnetIds"]
    found = []
    for name in names:
        end = destination(choices, name, failed_zones)
        paths = {
            zone: travel(network, Source(subnet, (FUNCTION_GROUP,)), end, failed_zones)
            for zone, subnet in zip(choices.zone_names, subnets, strict=True)
            # A zone that is down runs nothing; it counts when there is no other.
            if zone not in failed_zones or failed_zones >= set(choices.zone_names)
        }
        stopped = [path for path in paths.values() if not path.verdict.delivered]
        telling = stopped[0].hops[-1].words if stopped else next(iter(paths.values())).verdict.words
        found.append(Reach(name, paths, by_name(telling, network)))
    return found
