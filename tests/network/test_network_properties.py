"""What holds for every network: denies never open, order means nothing, the longest prefix wins."""

from copy import deepcopy
from ipaddress import IPv4Network, ip_address, ip_network

from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.network import (
    Address,
    Behaviour,
    Destination,
    Internet,
    Network,
    Path,
    Service,
    Source,
    travel,
)
from tests.network import described as make
from tests.network.described import Described, two_zones
from tests.network.situations import SITUATIONS

FUNCTION = Source("subnet-private-a", ("sg-function",), "10.0.10.50")
DESTINATIONS: list[Destination] = [
    Internet("checkip.amazonaws.com"),
    Service("dynamodb", "us-east-1"),
    Address("10.0.11.20", 5432),
    Address("203.0.113.9", 443),
]
CIDRS = st.sampled_from(
    ["0.0.0.0/0", "10.0.0.0/16", "10.0.10.0/24", "10.0.11.0/24", "203.0.113.0/24", "52.94.0.0/22"]
)
PORTS = st.sampled_from([None, (0, 65535), (443, 443), (5432, 5432), (1024, 65535), (2000, 3000)])


def entries(action: st.SearchStrategy[str]) -> st.SearchStrategy[make.Member]:
    return st.builds(
        lambda number, act, egress, cidr, protocol, ports: make.acl_entry(
            number,
            act,
            egress=egress,
            cidr=cidr,
            protocol=protocol,
            ports=None if protocol == "-1" else ports,
        ),
        st.integers(1, 32766),
        action,
        st.booleans(),
        CIDRS,
        st.sampled_from(["-1", "6", "17"]),
        PORTS,
    )


def go(described: Described, to: Destination) -> Path:
    return travel(Network.of(described), FUNCTION, to)


@settings(deadline=None)
@given(
    st.lists(
        entries(st.sampled_from(["allow", "deny"])),
        max_size=6,
        unique_by=lambda entry: (entry["RuleNumber"], entry["Egress"]),
    ),
    entries(st.just("deny")),
    st.sampled_from(["subnet-private-a", "subnet-public-a", "subnet-private-b"]),
    st.sampled_from(DESTINATIONS),
)
def test_one_more_deny_never_delivers_more(
    rules: list[make.Member], deny: make.Member, subnet: str, to: Destination
) -> None:
    taken = {(rule["RuleNumber"], rule["Egress"]) for rule in rules}
    if (deny["RuleNumber"], deny["Egress"]) in taken:
        return
    before, after = two_zones(), two_zones()
    make.guard(before, "acl-own", [*rules, *deepcopy(make.ALL)], subnet)
    make.guard(after, "acl-own", [*rules, deny, *deepcopy(make.ALL)], subnet)
    if go(after, to).verdict.delivered:
        assert go(before, to).verdict.delivered


@settings(deadline=None)
@given(st.sampled_from(["ingress", "egress"]), st.data(), st.sampled_from(DESTINATIONS))
def test_one_rule_less_of_a_group_never_delivers_more(
    side: str, data: st.DataObject, to: Destination
) -> None:
    key = "IpPermissions" if side == "ingress" else "IpPermissionsEgress"
    described = two_zones()
    groups = [each for each in described["SecurityGroups"] if each[key]]
    group = data.draw(st.sampled_from(groups))
    before = go(described, to).verdict
    group[key].pop(data.draw(st.integers(0, len(group[key]) - 1)))
    after = go(described, to).verdict
    assert before.delivered or not after.delivered


@settings(deadline=None)
@given(st.sampled_from(SITUATIONS), st.randoms())
def test_the_order_of_the_lists_means_nothing(case, random) -> None:
    described = two_zones()
    case.change(described)
    shuffled = deepcopy(described)
    for members in shuffled.values():
        random.shuffle(members)
        for member in members:
            for key in (
                "Routes",
                "Entries",
                "IpPermissions",
                "IpPermissionsEgress",
                "Associations",
            ):
                random.shuffle(member.get(key, []))
    one = travel(Network.of(described), case.source, case.to, case.failed_zones)
    other = travel(Network.of(shuffled), case.source, case.to, case.failed_zones)
    assert one == other


OUTSIDE = ip_address("203.0.113.77")
COVERING = [ip_network((OUTSIDE, length), strict=False) for length in range(33)]
BESIDE = [ip_network("203.0.114.0/24"), ip_network("198.18.0.0/15"), ip_network("203.0.113.0/30")]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*COVERING, *BESIDE]), unique=True, max_size=10))
def test_of_the_routes_that_cover_an_address_the_longest_is_taken(
    prefixes: list[IPv4Network],
) -> None:
    described = two_zones()
    make.replace_routes(
        described,
        "rtb-private-a",
        *(make.route(str(each), TransitGatewayId=f"tgw-{each}") for each in prefixes),
    )
    verdict = go(described, Address(str(OUTSIDE), 443)).verdict
    covering = [each for each in prefixes if OUTSIDE in each]
    longest = max(covering, key=lambda each: each.prefixlen, default=None)
    assert verdict.through == (f"tgw-{longest}" if longest else None)


@settings(deadline=None)
@given(st.sampled_from(SITUATIONS))
def test_a_failed_zone_never_delivers_more(case) -> None:
    described = two_zones()
    case.change(described)
    network = Network.of(described)
    whole = travel(network, case.source, case.to).verdict
    for zone in network.zones:
        hurt = travel(network, case.source, case.to, frozenset({zone})).verdict
        assert whole.delivered or hurt.behaviour is not Behaviour.DELIVERED
