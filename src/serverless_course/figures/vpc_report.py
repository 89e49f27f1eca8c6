"""What is said of a VPC design: what it reaches, its addresses, its findings, its price."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from serverless_course.figures.vpc_names import by_name
from serverless_course.figures.vpc_prices import bill
from serverless_course.figures.vpc_reach import Reach, reach
from serverless_course.network.addresses import interfaces_now, interfaces_then, usable
from serverless_course.network.design import Choices, design, function
from serverless_course.network.findings import Finding, findings
from serverless_course.network.network import Network
from serverless_course.pricing.vpc import Bill

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
