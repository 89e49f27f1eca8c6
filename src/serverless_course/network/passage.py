"""May a packet pass? Security groups and network ACLs, asked about one party and its ports.

An answer has three values. None means that it cannot be told: the party's address is not known
exactly, and a rule speaks of some of the addresses it may have.

Sources: VPC User Guide, "Security groups" (stateful; rules only allow; the groups of an interface
add up; a rule may name another group or a prefix list) and "Network ACLs" (stateless; rules are
taken in the order of their numbers, the first that fits decides; the last rule denies).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serverless_course.network.filters import ALL_PROTOCOLS, AclEntry, GroupRule, NetworkAcl
from serverless_course.network.places import Prefix, is_private

Ports = tuple[int, int]

# Answers go to the port that the caller's side chose. The VPC User Guide ("Ephemeral ports")
# names this range for Lambda functions and for NAT gateways.
EPHEMERAL: Ports = (1024, 65535)


@dataclass(frozen=True)
class Party:
    """One end of a conversation, as filters see it.

    Attributes:
        label: what it is called in sentences.
        where: its address as one block of one; wider blocks, or several, when only those are
            known. A default route's block stands for any public address.
        group_ids: its security groups, when it stands in a VPC; None when they are not known.
        prefix_list_ids: the prefix lists that hold it.
        known_lists: the prefix lists whose addresses are known; of others it cannot be told
            whether they hold the party.
    """

    label: str
    where: tuple[Prefix, ...]
    group_ids: frozenset[str] | None = frozenset()
    prefix_list_ids: frozenset[str] = frozenset()
    known_lists: frozenset[str] = frozenset()

    def within(self, prefix: Prefix) -> bool | None:
        """Whether a block holds the party; None when it holds part of where it may be."""
        seen = {_within(block, prefix) for block in self.where}
        return seen.pop() if len(seen) == 1 else None

    def member(self, group_id: str) -> bool | None:
        """Whether the party is a member of a security group; None when it is not known."""
        return None if self.group_ids is None else group_id in self.group_ids

    def listed(self, prefix_list_id: str) -> bool | None:
        """Whether a prefix list holds the party; None when the list's addresses are not known."""
        if prefix_list_id in self.prefix_list_ids:
            return True
        return False if prefix_list_id in self.known_lists else None


def _within(inner: Prefix, outer: Prefix) -> bool | None:
    if inner.version != outer.version or not inner.overlaps(outer):
        return False
    if outer.prefixlen <= inner.prefixlen:
        return True
    return False if inner.prefixlen == 0 and is_private(outer) else None


def _best(answers: Iterable[bool | None]) -> bool | None:
    """True when one is True; else None when one is None."""
    seen = set(answers)
    return True if True in seen else None if None in seen else False


def _fits(rule: GroupRule, party: Party, protocol: str, port: int) -> bool | None:
    if not rule.covers_port(protocol, port):
        return False
    return _best(
        (
            *(party.within(prefix) for prefix in rule.prefixes),
            *(party.listed(each) for each in rule.prefix_list_ids),
            *(party.member(group) for group in rule.group_ids),
        )
    )


def groups_allow(rules: Iterable[GroupRule], party: Party, protocol: str, port: int) -> bool | None:
    """Whether one of the rules of an interface's groups allows the party."""
    return _best(_fits(rule, party, protocol, port) for rule in rules)


@dataclass(frozen=True)
class AclAnswer:
    """What a network ACL says.

    Attributes:
        allowed: whether it lets the packet through; None when it cannot be told.
        number: the number of the rule that decides; ``*`` for the last one.
    """

    allowed: bool | None
    number: str


LAST_RULE = 32767


def acl_allows(
    acl: NetworkAcl, party: Party, protocol: str, ports: Ports, *, egress: bool
) -> AclAnswer:
    """What the ACL says to packets to (egress) or from a party, by destination port."""
    unsure: list[AclEntry] = []
    for entry in acl.entries:
        fits = entry.egress == egress and _entry_fits(entry, party, protocol, ports)
        if fits:
            return _answer(entry.allow, entry.number, unsure)
        if fits is None:
            unsure.append(entry)
    return _answer(False, LAST_RULE, unsure)


def _answer(allow: bool, number: int, unsure: list[AclEntry]) -> AclAnswer:
    other = next((entry for entry in unsure if entry.allow != allow), None)
    decides = other.number if other else number
    return AclAnswer(
        allowed=None if other else allow, number="*" if decides == LAST_RULE else str(decides)
    )


def _entry_fits(entry: AclEntry, party: Party, protocol: str, ports: Ports) -> bool | None:
    if entry.protocol not in {ALL_PROTOCOLS, protocol}:
        return False
    first, last = entry.ports or (0, 65535)
    if last < ports[0] or ports[1] < first:
        return False
    within = party.within(entry.prefix)
    whole = first <= ports[0] and ports[1] <= last
    return within if whole or within is False else None
