"""The life of a function's network interfaces. Source: Lambda Developer Guide, "Giving Lambda
functions access to resources in an Amazon VPC" and "Lambda function states" (read 2026-11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import writing_role
from running_cloud import RUNTIME, RunningCloud, own_launcher, running, wait_for, zip_of
from vpcs import IN_VPC, SOURCE, MadeVpc, function_in


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    """A server whose 20 minutes pass in two seconds."""
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


def settings(vpc: MadeVpc, **more: Any) -> dict[str, Any]:
    return {
        "FunctionName": f"f-{vpc.id}",
        "Runtime": RUNTIME,
        "Handler": "index.handler",
        "Role": writing_role(vpc.cloud, IN_VPC),
        "Code": {"ZipFile": zip_of({"index.py": SOURCE})},
        "VpcConfig": vpc.config,
        **more,
    }


def state(cloud: RunningCloud, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cloud.client("lambda").get_function_configuration(FunctionName=name)
    return found


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_function_is_pending_while_its_interface_is_made(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    made = cloud.client("lambda").create_function(**settings(vpc))
    assert (made["State"], made["StateReasonCode"]) == ("Pending", "Creating")
    assert made["VpcConfig"]["VpcId"] == vpc.id
    assert vpc.interfaces() == []
    code, _ = refused(cloud.client("lambda").invoke, FunctionName=made["FunctionName"])
    assert code == "ResourceConflictException"
    cloud.settle(made["FunctionName"])
    assert len(vpc.interfaces()) == 1


def test_the_interface_is_lambdas_and_takes_an_address_of_its_subnet(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    before = vpc.free()
    name = function_in(vpc)
    (eni,) = vpc.interfaces()
    assert eni["Description"].startswith(f"AWS Lambda VPC ENI-{name}-")
    assert eni["RequesterManaged"] is True
    filters = [{"Name": "interface-type", "Values": ["lambda"]}]
    listed = vpc.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    assert eni in listed
    assert eni["Status"] == "in-use"
    assert [group["GroupId"] for group in eni["Groups"]] == [vpc.group]
    assert eni["SubnetId"] == vpc.subnets[0]
    assert eni["PrivateIpAddress"].startswith("10.20.0.")
    assert vpc.free() == before - 1


def test_functions_with_the_same_subnet_and_groups_share_an_interface(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud, zones=2)
    function_in(vpc)
    function_in(vpc)
    assert sorted(eni["SubnetId"] for eni in vpc.interfaces()) == sorted(vpc.subnets)
    other = vpc.ec2.create_security_group(GroupName="o", Description="o", VpcId=vpc.id)
    vpc.group = other["GroupId"]
    function_in(vpc)
    assert len(vpc.interfaces()) == 4


def test_an_interface_outlives_the_last_function_for_a_while(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    name = function_in(vpc)
    cloud.delete(name)
    assert len(vpc.interfaces()) == 1
    code, _ = refused(vpc.ec2.delete_security_group, GroupId=vpc.group)
    assert code == "DependencyViolation"
    code, _ = refused(vpc.ec2.delete_subnet, SubnetId=vpc.subnets[0])
    assert code == "DependencyViolation"
    wait_for(lambda: not vpc.interfaces(), 10.0)
    vpc.ec2.delete_security_group(GroupId=vpc.group)
    vpc.ec2.delete_subnet(SubnetId=vpc.subnets[0])


def test_nobody_else_deletes_lambdas_interface(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    function_in(vpc)
    (eni,) = vpc.interfaces()
    interface = eni["NetworkInterfaceId"]
    code, words = refused(vpc.ec2.delete_network_interface, NetworkInterfaceId=interface)
    assert code == "InvalidParameterValue"
    assert words == f"Network interface '{interface}' is currently in use."


def test_a_function_that_leaves_its_vpc_gives_the_interface_up(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    name = function_in(vpc)
    cloud.configure(name, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    assert state(cloud, name)["VpcConfig"]["VpcId"] == ""
    wait_for(lambda: not vpc.interfaces(), 10.0)


def test_a_version_keeps_the_interface_that_it_needs(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    name = function_in(vpc)
    cloud.client("lambda").publish_version(FunctionName=name)
    cloud.configure(name, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})
    kept = state(cloud, f"{name}:1")["VpcConfig"]
    assert kept["SubnetIds"] == vpc.subnets
    # Longer than it would take to go.
    with pytest.raises(AssertionError):
        wait_for(lambda: not vpc.interfaces(), 3.0)


def test_a_new_function_in_a_full_subnet_fails(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud, prefix=28)
    for _ in range(vpc.free()):
        vpc.ec2.create_network_interface(SubnetId=vpc.subnets[0])
    client = cloud.client("lambda")
    name = client.create_function(**settings(vpc))["FunctionName"]
    wait_for(lambda: state(cloud, name)["State"] != "Pending", 10.0)
    found = state(cloud, name)
    assert (found["State"], found["StateReasonCode"]) == ("Failed", "SubnetOutOfIPAddresses")
    code, words = refused(client.invoke, FunctionName=name)
    assert code == "SubnetIPAddressLimitReachedException"
    assert vpc.subnets[0] in words


def test_an_update_into_a_full_subnet_fails_and_the_function_runs_on(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud, prefix=28)
    name = cloud.create(SOURCE, Role=writing_role(cloud, IN_VPC))
    for _ in range(vpc.free()):
        vpc.ec2.create_network_interface(SubnetId=vpc.subnets[0])
    client = cloud.client("lambda")
    client.update_function_configuration(FunctionName=name, VpcConfig=vpc.config)
    wait_for(lambda: state(cloud, name)["LastUpdateStatus"] != "InProgress", 10.0)
    found = state(cloud, name)
    assert found["State"] == "Active"
    assert found["LastUpdateStatus"] == "Failed"
    assert found["LastUpdateStatusReasonCode"] == "SubnetOutOfIPAddresses"
    assert cloud.call(name, {"do": "call", "args": ["sts", "get_caller_identity"]}).payload["ok"]


def test_a_subnet_that_is_not_there_is_refused_in_ec2s_words(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    vpc.subnets = ["subnet-0123456789abcdef0"]
    assert refused(cloud.client("lambda").create_function, **settings(vpc)) == (
        "InvalidParameterValueException",
        "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 "
        "Error Message: The subnet ID 'subnet-0123456789abcdef0' does not exist",
    )


def test_a_group_that_is_not_there_is_refused_in_ec2s_words(cloud: RunningCloud) -> None:
    """Source: motdotla/node-lambda issue 162 (2016), serverless/serverless issue 2973 (2022)."""
    vpc = MadeVpc(cloud)
    vpc.group = "sg-0123456789abcdef0"
    assert refused(cloud.client("lambda").create_function, **settings(vpc)) == (
        "InvalidParameterValueException",
        "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 "
        "Error Message: The security group 'sg-0123456789abcdef0' does not exist",
    )


def test_subnets_and_groups_of_several_vpcs_are_refused(cloud: RunningCloud) -> None:
    """The words for groups: smoketurner/serverless-vpc-plugin issue 765 (2021)."""
    one, other = MadeVpc(cloud), MadeVpc(cloud)
    create = cloud.client("lambda").create_function
    mixed = {"SubnetIds": one.subnets + other.subnets, "SecurityGroupIds": [one.group]}
    assert refused(create, **settings(one, VpcConfig=mixed))[0] == "InvalidParameterValueException"
    mixed = {"SubnetIds": one.subnets, "SecurityGroupIds": [other.group]}
    assert refused(create, **settings(one, VpcConfig=mixed)) == (
        "InvalidParameterValueException",
        "Security Groups are required to be in the same VPC.",
    )


@pytest.mark.parametrize(("subnets", "groups"), [(17, 1), (1, 6)])
def test_more_than_16_subnets_or_5_groups_are_refused(
    cloud: RunningCloud, subnets: int, groups: int
) -> None:
    """Source: botocore's model of Lambda, SubnetIds and SecurityGroupIds."""
    vpc = MadeVpc(cloud)
    many = {"SubnetIds": vpc.subnets * subnets, "SecurityGroupIds": [vpc.group] * groups}
    code, words = refused(cloud.client("lambda").create_function, **settings(vpc, VpcConfig=many))
    assert code == "ValidationException"
    assert "vpcConfig" in words
