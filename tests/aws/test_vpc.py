"""A lab's VPC, made and found and deleted against moto's EC2, in this process."""

from __future__ import annotations

import pytest
from aws_clients import moto_session
from botocore.exceptions import ClientError
from moto import mock_aws

from serverless_course.aws.cleanup import clean_up
from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.network import vpcs_named
from serverless_course.aws.ledger import Ledger
from serverless_course.aws.vpc import create_vpc
from serverless_course.aws.vpc_deletion import delete_vpc

SLUG = "05-vpc-design"


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Cloud("aws", moto_session(), "us-east-1", "123456789012", None, 60.0, "moto")


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.jsonl")


def routes_of(cloud, table):
    found = cloud.client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {route["DestinationCidrBlock"]: route.get("GatewayId") for route in found[0]["Routes"]}


def test_it_has_a_private_and_a_public_subnet_in_each_zone(cloud, ledger):
    vpc = create_vpc(cloud, ledger, SLUG, "shop", zones=3)
    assert vpc.zones == ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert len({*vpc.private.values(), *vpc.public.values()}) == 6
    assert set(routes_of(cloud, vpc.private_table)) == {"10.0.0.0/16"}
    assert routes_of(cloud, vpc.public_table)["0.0.0.0/0"].startswith("igw-")


def test_it_is_found_again_by_its_name(cloud, ledger):
    assert create_vpc(cloud, ledger, SLUG, "shop") == create_vpc(cloud, ledger, SLUG, "shop")


def test_one_that_was_left_half_made_is_made_again(cloud, ledger):
    vpc = create_vpc(cloud, ledger, SLUG, "shop")
    cloud.client("ec2").delete_security_group(GroupId=vpc.group)
    again = create_vpc(cloud, ledger, SLUG, "shop")
    assert again.id != vpc.id
    assert len(list(vpcs_named(cloud, vpc.name))) == 1


def test_every_part_bears_the_labs_tags(cloud, ledger):
    vpc = create_vpc(cloud, ledger, SLUG, "shop")
    tagged = cloud.client("ec2").describe_tags(
        Filters=[{"Name": "tag:lab", "Values": [SLUG]}, {"Name": "key", "Values": ["lab"]}]
    )["Tags"]
    kinds = sorted(tag["ResourceType"] for tag in tagged)
    assert kinds == [
        "internet-gateway",
        *["route-table"] * 2,
        "security-group",
        *["subnet"] * 4,
        "vpc",
    ]
    assert vpc.name == "course-05-vpc-design-shop"


@pytest.mark.parametrize(
    ("given", "says"), [({"zones": 9}, "zones"), ({"cidr": "10.0.0.0/24"}, "no room")]
)
def test_what_cannot_be_made_is_said_before_anything_is(cloud, ledger, given, says):
    with pytest.raises(ValueError, match=says):
        create_vpc(cloud, ledger, SLUG, "shop", **given)
    assert list(vpcs_named(cloud, "course-")) == []


def test_groups_that_name_each_other_can_be_deleted(cloud, ledger):
    vpc = create_vpc(cloud, ledger, SLUG, "shop")
    ec2 = cloud.client("ec2")
    other = ec2.create_security_group(GroupName="data", Description="d", VpcId=vpc.id)["GroupId"]
    for own, peer in ((vpc.group, other), (other, vpc.group)):
        ec2.authorize_security_group_ingress(
            GroupId=own,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 443,
                    "ToPort": 443,
                    "UserIdGroupPairs": [{"GroupId": peer}],
                }
            ],
        )
    delete_vpc(cloud, vpc.id)
    assert list(vpcs_named(cloud, "course-")) == []


def refuse_like_ec2(ec2):
    """EC2 keeps a subnet while there is an interface in it; moto does not."""

    def check(params, **_):
        subnet = params["body"]["SubnetId"]
        filters = [{"Name": "subnet-id", "Values": [subnet]}]
        if ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]:
            text = f"The subnet '{subnet}' has dependencies and cannot be deleted."
            raise ClientError(
                {"Error": {"Code": "DependencyViolation", "Message": text}}, "DeleteSubnet"
            )

    ec2.meta.events.register("before-call.ec2.DeleteSubnet", check)


def test_the_clean_up_waits_for_a_network_interface_that_lambda_still_holds(cloud, ledger):
    vpc = create_vpc(cloud, ledger, SLUG, "shop")
    ec2 = cloud.client("ec2")
    refuse_like_ec2(ec2)
    held = ec2.create_network_interface(SubnetId=vpc.private["us-east-1a"])
    interface = held["NetworkInterface"]["NetworkInterfaceId"]
    passes = []

    def let_go(_: float) -> None:
        passes.append(len(passes))
        if len(passes) == 5:
            ec2.delete_network_interface(NetworkInterfaceId=interface)

    result = clean_up(cloud, ledger, SLUG, sleep=let_go)
    assert result.clean
    assert len(passes) == 5


def test_a_vpc_that_cannot_go_is_told(cloud, ledger):
    vpc = create_vpc(cloud, ledger, SLUG, "shop")
    ec2 = cloud.client("ec2")
    refuse_like_ec2(ec2)
    ec2.create_network_interface(SubnetId=vpc.private["us-east-1a"])
    with pytest.raises(ClientError, match="DependencyViolation"):
        delete_vpc(cloud, vpc.id)
    told = []
    result = clean_up(
        cloud, ledger, SLUG, sleep=lambda _: None, tell=lambda *given: told.append(given)
    )
    assert not result.clean
    assert "1 VPC (shop)" in told[-1][2]
    assert "has dependencies" in result.describe()
