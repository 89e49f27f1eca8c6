"""What is said of a VPC design: what it reaches, its addresses, its findings, its price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from serverless_course.figures.vpc.parts import by_name
from serverless_course.network.addresses import interfaces_now, interfaces_then, usable
from serverless_course.network.billed import BilledParts
from serverless_course.network.design import (
    DATABASE_PORT,
    FUNCTION_GROUP,
    Choices,
    database_address,
    design,
    function,
)
from serverless_course.network.findings import Finding, findings
from serverless_course.network.journey import Address, Destination, Internet, Path, Service, Source
from serverless_course.network.network import Network
from serverless_course.network.travel import travel
from serverless_course.pricing.vpc import Bill, monthly_bill

NO_CHARGE = "Free of charge."


def bill(choices: Choices, nat_gb: int = 0, endpoint_gb: int = 0) -> Bill:
    """The monthly bill of a design.

    Args:
        choices: the design, whose region's prices hold.
        nat_gb: GB a month through NAT gateways.
        endpoint_gb: GB a month through interface endpoints.
    """
    parts = BilledParts.of(Network.of(design(choices)))
    return monthly_bill(parts, choices.region, nat_gb=nat_gb, endpoint_gb=endpoint_gb)


def price_words(choices: Choices | None, region: str) -> str:
    """A month's price before any traffic, in a sentence."""
    if choices is None:
        return NO_CHARGE
    month = bill(replace(choices, region=region))
    if month.usd == 0:
        return NO_CHARGE
    if month.usd is None:
        return f"Its price in {region} is not known here."
    return f"${month.usd:,.2f} a month in {region}, plus each GB."


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


NO_BREAK = "\N{NO-BREAK SPACE}"
SIGNS = {True: "✓", False: "✗"}


@dataclass(frozen=True)
class Load:
    """What the design has to carry.

    Attributes:
        concurrency: concurrent executions at the peak.
        memory_mb: the function's memory size in MB.
        nat_gb: GB a month through NAT gateways, both directions.
    """

    concurrency: int = 1000
    memory_mb: int = 1536
    nat_gb: int = 100


@dataclass(frozen=True)
class Report:
    """Everything said of one design."""

    choices: Choices
    load: Load
    reached: list[Reach]
    found: list[Finding]
    month: Bill

    @classmethod
    def of(cls, choices: Choices, load: Load, failed_zones: frozenset[str] = frozenset()) -> Report:
        """Ask the network about everything."""
        network = Network.of(design(choices))
        through_nat = load.nat_gb if choices.nat != "none" else 0
        return cls(
            choices,
            load,
            reach(choices, failed_zones=failed_zones),
            [_named(each, network) for each in findings(network, [function(choices)])],
            bill(choices, through_nat),
        )

    @property
    def price(self) -> str:
        """The month's price in words."""
        if self.month.usd is None:
            unknown = [line.what for line in self.month.lines if line.usd is None]
            return f"not known in {self.month.region} for {', '.join(unknown)}"
        if self.month.usd == 0:
            return "free of charge"
        return f"${self.month.usd:,.2f} a month in {self.month.region}"

    @property
    def summary(self) -> str:
        """The design in one sentence or two."""
        arrived = [each.to for each in self.reached if each.delivered]
        stopped = [each.to for each in self.reached if not each.delivered]
        words = [f"The function reaches {_and(arrived)}." if arrived else ""]
        words.append(f"It does not reach {_and(stopped)}." if stopped else "")
        words.append(f"Price: {self.price}.")
        return " ".join(word for word in words if word)

    def reach_table(self) -> pd.DataFrame:
        """A row for each destination: how it ends, and why."""
        rows = [
            {"verdict": f"{SIGNS[each.delivered]}{NO_BREAK}{each.verdict}", "because": each.why}
            for each in self.reached
        ]
        return pd.DataFrame(rows, index=pd.Index([each.to for each in self.reached], name="to"))

    def address_table(self) -> pd.DataFrame:
        """Addresses that the function takes in each of its subnets, before and after Hyperplane."""
        choices, load = self.choices, self.load
        then = interfaces_then(load.concurrency, load.memory_mb)
        # One connection for each concurrent execution.
        now = interfaces_now(choices.zones, 1, load.concurrency)
        room = sum(usable(str(choices.block("functions", zone))) for zone in range(choices.zones))
        gb = load.memory_mb / 1024
        plans = {
            f"{load.concurrency:,} concurrent executions × {gb:g} GB / 3 GB": then,
            "one interface for each subnet and set of groups": now,
        }
        rows = [
            {"how": how, "needed": needed, "usable": room, "enough": _yes(needed <= room)}
            for how, needed in plans.items()
        ]
        return pd.DataFrame(rows, index=pd.Index(["until 2019", "today"], name="addresses"))

    def price_table(self) -> pd.DataFrame:
        """A row for each line of the bill."""
        rows = [
            {
                "amount": f"{line.quantity:,} {line.unit}",
                "each": "unknown" if line.usd_per_unit is None else f"${line.usd_per_unit}",
                "a month": "unknown" if line.usd is None else f"${line.usd:,.2f}",
            }
            for line in self.month.lines
        ]
        return pd.DataFrame(
            rows,
            columns=["amount", "each", "a month"],
            index=pd.Index([line.what for line in self.month.lines], name="price"),
        )


def _yes(enough: bool) -> str:
    return "✓ yes" if enough else "✗ no"


def _named(finding: Finding, network: Network) -> Finding:
    """The finding with names in place of ids."""
    return replace(
        finding,
        what=by_name(finding.what, network),
        why=by_name(finding.why, network),
        next_step=by_name(finding.next_step, network),
    )


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
