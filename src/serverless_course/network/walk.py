"""A journey while it is made: every hop is written down, and one that does not pass ends it."""

from __future__ import annotations

from dataclasses import dataclass, field

from serverless_course.network.journey import Behaviour, Hop, Reason, Source, Verdict
from serverless_course.network.network import Network
from serverless_course.network.passage import Party
from serverless_course.network.places import Subnet
from serverless_course.network.routes import Route

_MEETS = {
    Behaviour.DROPPED: "Nothing comes back: the call hangs until somebody's time-out.",
    Behaviour.REFUSED: "The caller is told at once.",
    Behaviour.UNKNOWN: "What the caller meets cannot be told from what was described.",
}


class Ended(Exception):
    """The journey is over before it arrived."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.words)
        self.verdict = verdict


@dataclass
class Walk:
    """What is known on the way.

    Attributes:
        network: where the journey is made.
        source: where it starts.
        subnet: the subnet of the source.
        here: the source as filters see it.
        protocol: ``tcp`` or ``udp``.
        port: the destination's port.
        ip_version: 4 or 6.
        failed_zones: zones that are down.
        hops: what was looked at so far.
        through: the way out, once it is chosen.
    """

    network: Network
    source: Source
    subnet: Subnet
    here: Party
    protocol: str
    port: int
    ip_version: int
    failed_zones: frozenset[str]
    hops: list[Hop] = field(default_factory=list)
    through: str | None = None

    @property
    def traffic(self) -> str:
        """Protocol and port in words."""
        return f"{self.protocol.upper()} {self.port}"

    def passed(self, kind: str, id_: str, looked_at: str, words: str) -> None:
        """Write down a hop that lets the journey go on."""
        self.hops.append(Hop(kind, id_, looked_at, words))

    def stop(
        self,
        kind: str,
        id_: str,
        looked_at: str,
        words: str,
        reason: Reason,
        next_step: str = "",
        behaviour: Behaviour = Behaviour.DROPPED,
    ) -> Ended:
        """Write down the hop where the journey ends, and give what to raise there."""
        self.hops.append(Hop(kind, id_, looked_at, words, passed=False))
        told = " ".join(filter(None, (words, _MEETS[behaviour], next_step)))
        return Ended(Verdict(behaviour, reason, told, self.through, dropped_at=id_))

    def absent(self, kind: str, id_: str, described_as: str, looked_at: str) -> Ended:
        """The end at something that is named, and not among what was described.

        A list that was given is complete, so what it lacks is gone; EC2 calls such a route a
        blackhole. Of a list that was not given nothing is known.
        """
        if described_as in self.network.described:
            words = f"{id_} does not exist any more: it is not among the {described_as} described."
            return self.stop(
                kind,
                id_,
                looked_at,
                words,
                Reason.BLACKHOLE_ROUTE,
                "Make it again, or send the route elsewhere.",
            )
        words = f"{id_} cannot be looked at: {described_as} were not described."
        return self.stop(
            kind, id_, looked_at, words, Reason.NOT_DESCRIBED, behaviour=Behaviour.UNKNOWN
        )

    def not_followed(self, route: Route, to: str) -> Ended:
        """The end at a target that is not followed, such as a transit gateway. No guesses."""
        target = route.target or "no known target"
        self.through = route.target or None
        return self.stop(
            "unknown",
            target,
            f"{route.destination} to {target}",
            f"The route to {to} leads to {target}, which cannot be followed from here.",
            Reason.NOT_FOLLOWED,
            behaviour=Behaviour.UNKNOWN,
        )

    def zone_up(self, kind: str, id_: str, zone: str | None, what: str) -> None:
        """End here when the zone in which something stands has failed."""
        if zone in self.failed_zones:
            raise self.stop(
                kind,
                id_,
                f"zone {zone}",
                f"{what} stands in {zone}, and that zone has failed.",
                Reason.ZONE_FAILED,
                "Put the same into a second zone.",
            )

    def arrived(self, id_: str, words: str, outside_address: str | None = None) -> Verdict:
        """The good end."""
        self.passed("destination", id_, "arrived", words)
        return Verdict(
            Behaviour.DELIVERED, Reason.DELIVERED, words, self.through, None, outside_address
        )
