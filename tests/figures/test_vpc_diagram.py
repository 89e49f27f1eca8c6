"""A VPC's drawing holds what EC2 describes, and its lines end where packets do."""

import json
from itertools import combinations, pairwise, product
from pathlib import Path as File

import pytest

from serverless_course.figures.drawing_board import Box
from serverless_course.figures.fitted_text import lines, shortened, width_pt
from serverless_course.figures.style import CARD
from serverless_course.figures.vpc import words
from serverless_course.figures.vpc.diagram import SUBNETS, VERDICTS, vpc_diagram
from serverless_course.figures.vpc.layout import INTERNET, SERVICE, Layout, layout
from serverless_course.figures.vpc.parts import by_name
from serverless_course.figures.vpc.paths import DrawnPath, drawn, line
from serverless_course.figures.vpc.view import VpcView, view
from serverless_course.network import Address, Internet, Network, Path, Service, Source, travel
from serverless_course.network.design import (
    FUNCTION_GROUP,
    NATS,
    Choices,
    database_address,
    design,
    function,
)
from serverless_course.network.design.names import (
    GATEWAY_ID,
    gateway_endpoint_id,
    nat_id,
    subnet_id,
)
from tests.figures.test_pictures import contrast

HOST = Internet("example.com")


def path(
    choices: Choices, to: Internet | Service | Address = HOST, zone: int = 0, **wanted
) -> Path:
    network = Network.of(wanted.pop("described", None) or design(choices))
    source = Source(subnet_id(choices, wanted.pop("tier", "functions"), zone), (FUNCTION_GROUP,))
    return travel(network, source, to, **wanted)


def seen(choices: Choices, *paths: Path) -> tuple[VpcView, list[DrawnPath], Layout]:
    network, functions = Network.of(design(choices)), [function(choices)]
    shown = view(network, functions)
    found = [drawn(each, shown, functions, network) for each in paths]
    notes: dict = {key: [] for each in found for key in each.stations}
    for each in found:
        notes[each.noted_at].append(each.note)
    return shown, found, layout(shown, notes, len(found))


def stations(choices: Choices, to: Internet | Service | Address = HOST, **wanted) -> tuple:
    return seen(choices, path(choices, to, **wanted))[1][0].stations


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


def test_a_function_without_a_route_is_told_so_where_it_stands() -> None:
    choices = Choices(zones=1)
    picture = vpc_diagram(design(choices), [function(choices)], [path(choices)])
    assert "orders to example.com: dropped" in picture.alt
    assert "has no route to example.com" in picture.alt
    assert stations(choices) == ((subnet_id(choices, "functions", 0), "orders"),)
    assert picture.png.startswith(b"\x89PNG")


def test_a_line_leads_through_the_nat_gateway_of_another_zone() -> None:
    choices = Choices(nat="one")
    assert stations(choices, zone=1) == (
        (subnet_id(choices, "functions", 1), "orders"),
        (subnet_id(choices, "public", 0), nat_id(0)),
        ("", GATEWAY_ID),
        INTERNET,
    )


def test_a_regional_nat_gateway_stands_in_no_subnet() -> None:
    choices = Choices(nat="regional", public_subnets=False)
    assert stations(choices)[1:] == (("", nat_id(0)), ("", GATEWAY_ID), INTERNET)


def test_a_gateway_endpoint_leads_out_at_the_border() -> None:
    choices = Choices(gateway_endpoints=("s3",))
    endpoint = gateway_endpoint_id("s3")
    to = Service("s3", "us-east-1")
    assert stations(choices, to)[1:] == (("", endpoint), (SERVICE, endpoint))


def test_an_interface_endpoint_is_taken_in_the_functions_own_zone() -> None:
    choices = Choices(zones=3, interface_endpoints=("secretsmanager",))
    end = stations(choices, Service("secretsmanager", "us-east-1"), zone=2)[-1]
    assert end[0] == subnet_id(choices, "functions", 2)


def test_a_line_to_the_database_ends_at_its_address() -> None:
    choices = Choices()
    address = database_address(choices)
    end = stations(choices, Address(address, 5432), zone=1)[-1]
    assert end == (subnet_id(choices, "data", 0), address)


def test_a_group_that_lets_nobody_in_stops_the_line_at_the_database() -> None:
    choices = Choices()
    address = database_address(choices)
    found = path(choices, Address(address, 5433))
    shown = seen(choices, found)[1][0]
    assert shown.stations[-1][1] == address
    assert shown.noted_at == shown.stations[-1]
    assert "No ingress rule of database" in shown.note.text


def test_a_public_subnet_stops_the_line_at_the_internet_gateway() -> None:
    # Lambda Developer Guide, "Internet access for VPC-connected functions": a public subnet gives
    # a function no public address.
    choices = Choices()
    shown = seen(choices, path(choices, tier="public"))[1][0]
    assert shown.stations[-1] == ("", GATEWAY_ID)
    assert shown.start == "function in public-a"


def test_a_failed_zone_stops_the_line_at_what_stands_in_it() -> None:
    choices = Choices(nat="one")
    down = frozenset({"us-east-1a"})
    assert stations(choices, zone=1, failed_zones=down)[-1][1] == nat_id(0)
    picture = vpc_diagram(
        design(choices),
        [function(choices)],
        [path(choices, zone=1, failed_zones=down)],
        failed_zones=down,
    )
    assert "Zone us-east-1a has failed" in picture.alt


@pytest.mark.parametrize(("egress", "where"), [(True, "functions"), (False, "data")])
def test_an_acl_stops_the_line_at_the_subnet_that_it_guards(egress: bool, where: str) -> None:
    choices = Choices(zones=1)
    described = design(choices)
    entry = {
        "RuleNumber": 1,
        "Egress": egress,
        "RuleAction": "deny",
        "Protocol": "6",
        "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": 5432, "To": 5432},
    }
    described["NetworkAcls"][0]["Entries"].append(entry)
    to = Address(database_address(choices), 5432)
    assert stations(choices, to, described=described)[-1][0] == subnet_id(choices, where, 0)


def test_subnets_are_told_apart_by_a_word_for_their_routes() -> None:
    choices = Choices(nat="one")
    table = vpc_diagram(design(choices)).table
    assert table is not None
    assert dict(table["type"]) == {
        f"{tier}-{letter}": kind
        for tier, kind in {"public": "public", "functions": "private", "data": "isolated"}.items()
        for letter in "ab"
    }
    assert table.loc["functions-b", "routes"] == "0.0.0.0/0 → NAT nat-a"
    assert table.loc["public-a", "free"] == 250  # the NAT gateway has one of 251
    assert table.loc["public-b", "free"] == table.loc["public-b", "usable"] == 251


def test_a_route_whose_target_is_gone_is_called_a_blackhole() -> None:
    choices = Choices(zones=1, nat="one")
    described = design(choices)
    for each in described["RouteTables"]:
        for route in each["Routes"]:
            if "NatGatewayId" in route:
                route["State"] = "blackhole"
    described["NatGateways"] = []
    table = vpc_diagram(described).table
    assert table is not None
    assert table.loc["functions-a", "routes"] == f"0.0.0.0/0 → {nat_id(0)} (blackhole)"
    assert table.loc["functions-a", "type"] == "isolated"


ALL_CHOICES = [
    Choices(
        zones=zones,
        nat=nat,
        public_subnets=public,
        gateway_endpoints=gateways,
        interface_endpoints=("secretsmanager",),
    )
    for zones, nat, public, gateways in product(
        (1, 2, 3), NATS, (True, False), ((), ("s3", "dynamodb"))
    )
    if public or nat in ("none", "regional")
]


@pytest.mark.parametrize("choices", ALL_CHOICES, ids=str)
def test_nothing_lies_on_anything_else(choices: Choices) -> None:
    paths = [path(choices, zone=zone) for zone in range(choices.zones)]
    shown, _, placed = seen(choices, *paths)
    boxes = [placed.places[subnet.id, ""] for subnet in shown.subnets]
    boxes += [box for key, box in placed.places.items() if not key[0]]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    for subnet in shown.subnets:
        box, rows = placed.places[subnet.id, ""], placed.rows[subnet.id]
        assert all(box.y <= row.box.y and row.box.bottom <= box.bottom for row in rows)
        assert all(one.box.bottom <= other.box.y + 0.01 for one, other in pairwise(rows))
    assert all(box.x >= 0 and box.right <= placed.width for box in placed.places.values())


@pytest.mark.parametrize("choices", ALL_CHOICES, ids=str)
def test_subnets_of_one_type_stand_in_one_row(choices: Choices) -> None:
    placed = seen(choices)[2]
    for tier in choices.tiers:
        tops = {
            placed.places[subnet_id(choices, tier, zone), ""].y for zone in range(choices.zones)
        }
        assert len(tops) == 1


@pytest.mark.parametrize("choices", ALL_CHOICES, ids=str)
def test_lines_cross_only_the_subnets_at_which_they_stop(choices: Choices) -> None:
    wanted = (HOST, Service("s3", "us-east-1"), Address(database_address(choices), 5432))
    paths = [path(choices, to, zone) for to in wanted for zone in range(choices.zones)]
    shown, found, placed = seen(choices, *paths)
    for lane, each in enumerate(found):
        stops = {key[0] for key in each.stations}
        others = [placed.places[s.id, ""] for s in shown.subnets if s.id not in stops]
        for stroke in line(placed, each.stations, lane):
            for (x, y), (to_x, to_y) in pairwise(stroke):
                left, top = min(x, to_x), min(y, to_y)
                part = Box(left, top, abs(x - to_x) or 0.1, abs(y - to_y) or 0.1)
                assert not [box for box in others if overlap(part, box)]


def test_several_vpcs_are_told_apart_by_id() -> None:
    described = design(Choices())
    described["Vpcs"].append({"VpcId": "vpc-0000000000000000f", "CidrBlock": "10.9.0.0/16"})
    with pytest.raises(ValueError, match=r"several VPCs.*vpc-0000000000000000f"):
        vpc_diagram(described)
    assert "4 zones" not in vpc_diagram(described, vpc_id=described["Vpcs"][0]["VpcId"]).alt
    with pytest.raises(ValueError, match="no subnet"):
        vpc_diagram(described, vpc_id="vpc-0000000000000000f")
    with pytest.raises(ValueError, match="no VPC vpc-1"):
        vpc_diagram(described, vpc_id="vpc-1")
    with pytest.raises(ValueError, match="describe_vpcs returned none"):
        vpc_diagram({})


def test_a_subnet_with_many_functions_shows_some_and_counts_the_rest() -> None:
    choices = Choices(zones=1)
    functions = [function(choices, f"worker-{number}") for number in range(12)]
    picture = vpc_diagram(design(choices), functions)
    shown = view(Network.of(design(choices)), functions)
    rows = layout(shown, {}, 0).rows[subnet_id(choices, "functions", 0)]
    assert rows[-1].text == "and 7 more in this subnet"
    assert all(f"worker-{number}" in picture.alt for number in range(12))


def test_what_a_path_touches_is_shown_among_many() -> None:
    choices = Choices(zones=1)
    functions = [function(choices, f"worker-{number}") for number in range(12)]
    functions[11]["VpcConfig"] |= {"SecurityGroupIds": ["sg-00000000000000009"]}
    key = (subnet_id(choices, "functions", 0), "worker-11")
    placed = layout(view(Network.of(design(choices)), functions), {key: []}, 1)
    assert key in placed.places


def test_a_function_elsewhere_is_named_and_not_drawn() -> None:
    picture = vpc_diagram(design(Choices()), [{"FunctionName": "loner"}])
    assert "Not in this VPC: loner." in picture.alt


def test_a_path_from_another_vpc_is_refused() -> None:
    choices = Choices()
    found = path(choices)
    described = design(choices)
    described["Subnets"] = described["Subnets"][:1]
    with pytest.raises(ValueError, match="no subnet of vpc-"):
        vpc_diagram(described, paths=[found])


def test_sentences_have_names_for_ids_that_have_one() -> None:
    choices = Choices(nat="one")
    network = Network.of(design(choices))
    words = by_name(f"{nat_id(0)} in {subnet_id(choices, 'public', 0)} to {GATEWAY_ID}.", network)
    assert words == "nat-a in public-a to the internet gateway."


def test_long_names_keep_their_beginning_and_their_end() -> None:
    name = "thumbnails-of-every-picture-in-the-archive-2026"
    short = shortened(name, 120, 9)
    assert width_pt(short, 9) <= 120
    assert short.startswith("thumb")
    assert short.endswith("2026")
    assert shortened("short", 120, 9) == "short"


def test_long_reasons_are_broken_into_lines_and_end_in_an_ellipsis() -> None:
    rows = lines("one two three four five six seven eight nine ten " * 3, 100, 9, 3)
    assert len(rows) == 3
    assert all(width_pt(row, 9) <= 100 for row in rows)
    assert rows[-1].endswith("…")
    assert lines("one two", 100, 9, 3) == ["one two"]


@pytest.mark.parametrize("colour", [colour for colour, _ in VERDICTS.values()])
@pytest.mark.parametrize("ground", [CARD, *(ground for _, ground in SUBNETS.values())])
def test_verdicts_keep_aa_contrast_on_every_ground(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), SUBNETS.values())
def test_types_keep_aa_contrast_on_their_ground(edge: str, ground: str) -> None:
    assert contrast(edge, ground) >= 4.5


def test_the_message_counts_what_does_not_arrive() -> None:
    choices = Choices()
    shown, found, _ = seen(
        choices, path(choices), path(choices, Address(database_address(choices), 5432))
    )
    assert words.message(shown, found) == "1 of 2 paths does not arrive"
    assert words.message(shown, found[:1] * 2) == "None of 2 paths arrives"
    assert words.message(shown, found[1:] * 2) == "Both paths arrive"
    assert words.message(shown, []) == "design: 2 zones, 6 subnets"


ACCOUNT = json.loads((File(__file__).parents[1] / "network" / "account.json").read_text("utf-8"))


@pytest.mark.parametrize("vpc", ACCOUNT["Vpcs"], ids=lambda vpc: vpc["VpcId"])
def test_an_accounts_own_answers_are_drawn(vpc: dict) -> None:
    picture = vpc_diagram(ACCOUNT, vpc_id=vpc["VpcId"])
    assert picture.table is not None
    held = {each["CidrBlock"] for each in ACCOUNT["Subnets"] if each["VpcId"] == vpc["VpcId"]}
    assert set(picture.table["prefix"]) == held


def test_signs_of_paths_from_one_place_lie_apart() -> None:
    choices = Choices(zones=1)
    to = Address(database_address(choices), 5432)
    _, found, placed = seen(choices, path(choices), path(choices, to), path(choices))
    alone, lower = (line(placed, found[0].stations, 0, below)[0][-1][1] for below in (0, 1))
    assert lower - alone > 18


def test_a_verdict_that_cannot_be_told_is_drawn_as_unknown() -> None:
    choices = Choices()
    described = design(choices)
    del described["NetworkInterfaces"]
    found = path(choices, Address(database_address(choices), 5432), described=described)
    picture = vpc_diagram(described, [function(choices)], [found])
    assert f"{database_address(choices)}:5432: unknown" in picture.alt


def test_an_endpoint_whose_policy_refuses_ends_the_line() -> None:
    choices = Choices(gateway_endpoints=("s3",))
    described = design(choices)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    described["VpcEndpoints"][0]["PolicyDocument"] = json.dumps({"Statement": [deny]})
    found = path(choices, Service("s3", "us-east-1"), described=described)
    assert found.verdict.behaviour == "refused"
    drawn_path = seen(choices, found)[1][0]
    assert drawn_path.stations[-1] == ("", gateway_endpoint_id("s3"))
    assert "s3 refused" in drawn_path.note.text


def test_an_egress_only_gateway_leads_ipv6_to_the_internet() -> None:
    choices = Choices(zones=1, public_subnets=False)
    described = design(choices)
    gateway = "eigw-00000000000000001"
    vpc = described["Vpcs"][0]["VpcId"]
    described["EgressOnlyInternetGateways"] = [
        {
            "EgressOnlyInternetGatewayId": gateway,
            "Attachments": [{"State": "attached", "VpcId": vpc}],
        }
    ]
    blocks = {"Vpcs": "2001:db8::/56", "Subnets": "2001:db8::/64"}
    for key, block in blocks.items():
        state = {"State": "associated"}
        described[key][0]["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": state}
        ]
    for table in described["RouteTables"]:
        table["Routes"].append(
            {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": gateway}
        )
    described["NetworkAcls"] = []
    described["SecurityGroups"][0]["IpPermissionsEgress"].append(
        {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    )
    network, functions = Network.of(described), [function(choices)]
    source = Source(subnet_id(choices, "functions", 0), (FUNCTION_GROUP,), dual_stack=True)
    found = travel(network, source, Internet("example.com", ip_version=6))
    assert found.verdict.delivered, found.verdict.words
    shown = view(network, functions)
    internet = layout(shown, {}, 1).places[INTERNET]
    assert internet.x >= 0
    ends = drawn(found, shown, functions, network).stations
    assert ends[1:] == (("", gateway), INTERNET)
    assert "egress-only internet gateway" in vpc_diagram(described, functions, [found]).alt


def test_the_same_network_gives_the_same_picture() -> None:
    choices = Choices(nat="one")
    one, other = (vpc_diagram(design(choices), [function(choices)]).png for _ in range(2))
    assert one == other
