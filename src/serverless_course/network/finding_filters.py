"""Findings about security groups and network ACLs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from serverless_course.network.filters import NetworkAcl, SecurityGroup
from serverless_course.network.finding import Finding, PlacedFunction, Severity
from serverless_course.network.network import Network
from serverless_course.network.passage import EPHEMERAL, Party, acl_allows
from serverless_course.network.targets import ANYWHERE

_INTERNET = Party("the internet", (ANYWHERE[4],))


def about_filters(network: Network, functions: Iterable[PlacedFunction]) -> Iterator[Finding]:
    """Groups that are too open, rules that do nothing, ACLs that forget the answers."""
    functions = tuple(functions)
    of_functions = {group for function in functions for group in function.group_ids}
    for group in network.security_groups.values():
        if _open(group):
            yield from _open_group(network, group, of_functions)
        yield from _missing_group(network, group)
    subnets = {subnet.id for function in functions for subnet in function.subnets}
    subnets |= {nat.subnet_id for nat in network.nat_gateways.values() if nat.subnet_id}
    for subnet_id in sorted(subnets & set(network.subnets)):
        acl = network.acl_of(subnet_id)
        if acl is not None and _forgets_answers(acl):
            yield Finding(
                "acl-without-return",
                Severity.BREAKS,
                (acl.id, subnet_id),
                f"{acl.id} lets TCP 443 out of {subnet_id} and not all of the answers in.",
                "Network ACLs are stateless: answers from the internet come to ports 1024-65535 "
                "and need an inbound rule.",
                "Add an inbound rule that allows TCP 1024-65535.",
            )


def _open(group: SecurityGroup) -> bool:
    return any(prefix.prefixlen == 0 for rule in group.ingress for prefix in rule.prefixes)


def _open_group(
    network: Network, group: SecurityGroup, of_functions: set[str]
) -> Iterator[Finding]:
    if group.id in of_functions:
        yield Finding(
            "useless-ingress",
            Severity.NOTE,
            (group.id,),
            f"{group.id}, a function's group, lets everybody in.",
            "Nobody connects to a function by its interface, so the rule does nothing for it; but "
            "it opens whatever else is given the group.",
            "Remove the ingress rule.",
        )
    users = [each.id for each in network.endpoints.values() if group.id in each.group_ids]
    users += [
        each.id
        for each in network.interfaces.values()
        if group.id in each.group_ids
        and each.kind not in {"lambda", "nat_gateway", "vpc_endpoint"}
        and each.subnet_id in network.subnets
        and not network.is_public(each.subnet_id)
    ]
    if users:
        yield Finding(
            "group-too-open",
            Severity.RISK,
            (group.id, *users),
            f"{group.id} lets every address in to {', '.join(users)}.",
            "Everything in the VPC, and whatever is connected with it, may call.",
            "Name the callers' security group as the source instead.",
        )


def _missing_group(network: Network, group: SecurityGroup) -> Iterator[Finding]:
    """Rules that name a group which is not there; with peering it may be another account's."""
    if network.peerings:
        return
    rules = (*group.ingress, *group.egress)
    named = {each for rule in rules for each in rule.group_ids}
    for missing in sorted(named - set(network.security_groups)):
        yield Finding(
            "missing-group",
            Severity.BREAKS,
            (group.id, missing),
            f"A rule of {group.id} names {missing}, which is not among the groups described.",
            "The rule lets nobody through.",
            "Name a security group that exists.",
        )


def _forgets_answers(acl: NetworkAcl) -> bool:
    out = acl_allows(acl, _INTERNET, "tcp", (443, 443), egress=True)
    back = acl_allows(acl, _INTERNET, "tcp", EPHEMERAL, egress=False)
    return out.allowed is True and back.allowed is not True
