"""Security groups and network ACLs on the way: what they say becomes a hop, or the end."""

from __future__ import annotations

from collections.abc import Iterable

from serverless_course.network.journey import Behaviour, Reason
from serverless_course.network.passage import EPHEMERAL, Party, Ports, acl_allows, groups_allow
from serverless_course.network.walk import Walk


def leaves_its_groups(walk: Walk, there: Party) -> None:
    """The egress rules of the source's security groups. Answers need no rule of their own."""
    groups = [walk.network.security_group(each) for each in walk.source.group_ids]
    rules = [rule for group in groups for rule in group.egress]
    names = ", ".join(group.id for group in groups)
    _groups(walk, names, groups_allow(rules, there, walk.protocol, walk.port), there, "egress")


def enters_groups(walk: Walk, group_ids: Iterable[str], of: str) -> None:
    """The ingress rules of the target's security groups, which see the source's address."""
    ids = tuple(group_ids)
    if not ids:
        raise walk.stop(
            "interface",
            of,
            "no security group",
            f"{of} has no security groups, as the interfaces of AWS's own gateways have none; "
            "what it does with packets that are addressed to it is not followed.",
            Reason.NOT_FOLLOWED,
            behaviour=Behaviour.UNKNOWN,
        )
    held = walk.network.security_groups
    missing = next((each for each in ids if each not in held), None)
    if missing is not None:
        words = f"Security group {missing} of {of} is not among those described."
        raise walk.stop(
            "security-group",
            missing,
            "ingress",
            words,
            Reason.NOT_DESCRIBED,
            behaviour=Behaviour.UNKNOWN,
        )
    rules = [rule for each in ids for rule in held[each].ingress]
    allowed = groups_allow(rules, walk.here, walk.protocol, walk.port)
    _groups(walk, ", ".join(ids), allowed, walk.here, "ingress", of)


def _groups(
    walk: Walk, names: str, allowed: bool | None, party: Party, side: str, of: str = ""
) -> None:
    out = side == "egress"
    way = f"{walk.traffic} {'to' if out else 'from'} {party.label}"
    if allowed:
        words = f"{names} lets {way} {'out' if out else f'in to {of}'}."
        walk.passed("security-group", names, side, words)
        return
    if allowed is None:
        words = f"{names} has {side} rules for some of the addresses that {party.label} may have."
        raise walk.stop(
            "security-group",
            names,
            side,
            words,
            Reason.ADDRESS_NOT_KNOWN,
            behaviour=Behaviour.UNKNOWN,
        )
    words = f"No {side} rule of {names} allows {way}{'' if out else f' in to {of}'}."
    raise walk.stop(
        "security-group",
        names,
        f"{side}: no rule fits",
        words,
        Reason.GROUP_EGRESS if out else Reason.GROUP_INGRESS,
        f"Add an {side} rule for {way} to {names.split(', ', maxsplit=1)[0]}.",
    )


def crosses_acl(
    walk: Walk, subnet_id: str, party: Party, *, egress: bool, answer: bool = False
) -> None:
    """The network ACL of a subnet, for packets to (egress) or from a party.

    Args:
        subnet_id: the subnet whose border is crossed.
        party: the other end of the conversation.
        egress: whether the packets leave the subnet.
        answer: whether they are answers, which go to an ephemeral port.
    """
    ports: Ports = EPHEMERAL if answer else (walk.port, walk.port)
    acl = walk.network.acl_of(subnet_id)
    what = "answers" if answer else "packets"
    way = f"{what} {'to' if egress else 'from'} {party.label} {'out of' if egress else 'into'}"
    way = f"{way} {subnet_id}"
    if acl is None:
        words = f"No network ACL of {subnet_id} was described; AWS's default one allows all."
        walk.passed("network-acl", "default", "no entries", words)
        return
    said = acl_allows(acl, party, walk.protocol, ports, egress=egress)
    side = f"{'outbound' if egress else 'inbound'} rule {said.number}"
    span = f"ports {ports[0]}-{ports[1]}" if answer else f"port {ports[0]}"
    if said.allowed:
        words = f"{acl.id} lets {way} ({side})."
        walk.passed("network-acl", acl.id, side, words)
        return
    reason = Reason.ACL_DENIES_RETURN if answer else Reason.ACL_DENIES
    if said.allowed is None:
        words = (
            f"{acl.id} ({side}) speaks of a part of the {what} that go "
            f"{'to' if egress else 'from'} {party.label} ({walk.protocol.upper()}, {span}): "
            "some pass, others do not."
        )
        raise walk.stop("network-acl", acl.id, side, words, reason, behaviour=Behaviour.UNKNOWN)
    raise walk.stop(
        "network-acl",
        acl.id,
        side,
        f"{acl.id} denies {way} ({side}).",
        reason,
        f"Add an {'outbound' if egress else 'inbound'} rule to {acl.id} that allows "
        f"{walk.protocol.upper()} {span}"
        + ("; ACLs do not remember who asked." if answer else "."),
    )
