"""What a function in a VPC reaches, and what it meets when it does not. Sources: Lambda Developer
Guide, "Giving Lambda functions access to resources in an Amazon VPC"; VPC User Guide (read
2026-11)."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from roles import allow, writing_role
from running_cloud import RunningCloud, own_launcher, running
from vpcs import (
    CHECK_IP,
    IN_VPC,
    QUEUES,
    TABLES,
    USES,
    MadeVpc,
    answered,
    function_in,
    hangs,
    refused,
)

from serverless_course.network import (
    Destination,
    Internet,
    Network,
    Reason,
    Service,
    Source,
    Verdict,
    travel,
)

REGION = "us-east-1"
DYNAMODB = Service("dynamodb", REGION)
DESCRIBING = (
    "describe_vpcs",
    "describe_subnets",
    "describe_route_tables",
    "describe_internet_gateways",
    "describe_nat_gateways",
    "describe_vpc_endpoints",
    "describe_security_groups",
    "describe_network_acls",
    "describe_network_interfaces",
    "describe_addresses",
    "describe_availability_zones",
)


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


def endpoint(vpc: MadeVpc, service: str, kind: str, **more: Any) -> str:
    made = vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.id, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType=kind, **more
    )
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def verdict(vpc: MadeVpc, destination: Destination) -> Verdict:
    """What `network` makes of the account's own describe calls: all that a learner sees."""
    ec2 = vpc.ec2
    described: dict[str, Any] = {}
    for call in DESCRIBING:
        answer = getattr(ec2, call)()
        described |= {key: value for key, value in answer.items() if isinstance(value, list)}
    (eni,) = vpc.interfaces()
    source = Source(vpc.subnets[0], (vpc.group,), eni["PrivateIpAddress"])
    return travel(Network.of(described), source, destination).verdict


def test_without_a_route_a_patient_call_hangs_until_the_functions_time_out(
    cloud: RunningCloud,
) -> None:
    name = function_in(MadeVpc(cloud), USES, Timeout=2)
    began = time.monotonic()
    call = cloud.call(name, {"do": "patient", "args": ["dynamodb", "list_tables"]})
    assert call.error == "Unhandled"
    assert call.payload["errorType"] == "Sandbox.Timedout"
    assert call.payload["errorMessage"].endswith("Task timed out after 2.00 seconds")
    assert time.monotonic() - began >= 2.0


def test_without_a_route_neither_aws_nor_the_web_answers(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    name = function_in(vpc, USES)
    hangs(cloud, name, TABLES)
    hangs(cloud, name, CHECK_IP)
    assert verdict(vpc, DYNAMODB).reason == Reason.NO_ROUTE
    assert verdict(vpc, Internet("example.com")).reason == Reason.NO_ROUTE
    hangs(cloud, name, {"do": "fetch", "args": ["https://example.com/"]})


def test_a_function_that_hangs_still_writes_its_log(cloud: RunningCloud) -> None:
    """Logs do not go through the VPC (Lambda Developer Guide 2022; fact sheet, section 8)."""
    name = function_in(MadeVpc(cloud), USES)
    request_id = cloud.call(name, TABLES).request_id
    events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    assert any(event["message"].startswith(f"REPORT RequestId: {request_id}") for event in events)


def test_through_a_nat_gateway_everything_answers(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    nat, address = vpc.nat()
    vpc.route(nat)
    name = function_in(vpc, USES)
    assert "TableNames" in answered(cloud, name, TABLES)
    answered(cloud, name, QUEUES)
    assert answered(cloud, name, CHECK_IP) == f"{address}\n"
    found = verdict(vpc, DYNAMODB)
    assert (found.through, found.outside_address) == (nat, address)


def test_a_regional_nat_gateway_gives_an_address_of_its_own(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    gateway = vpc.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    vpc.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc.id)
    nat = vpc.ec2.create_nat_gateway(VpcId=vpc.id, AvailabilityMode="regional")["NatGateway"]
    vpc.route(nat["NatGatewayId"])
    (address,) = [each["PublicIp"] for each in nat["NatGatewayAddresses"]]
    assert answered(cloud, function_in(vpc), CHECK_IP) == f"{address}\n"


def test_other_hosts_tell_that_there_is_no_internet_here(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    vpc.route(vpc.nat()[0])
    name = function_in(vpc)
    for url in ("http://example.com/", "https://example.com/"):
        assert "502" in refused(cloud, name, {"do": "fetch", "args": [url]})


def test_a_group_without_the_way_out_drops_what_goes_out(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    vpc.route(vpc.nat()[0])
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    anything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    vpc.ec2.revoke_security_group_egress(GroupId=vpc.group, IpPermissions=anything)
    hangs(cloud, name, TABLES)
    found = verdict(vpc, DYNAMODB)
    assert (found.reason, found.dropped_at) == (Reason.GROUP_EGRESS, vpc.group)
    vpc.ec2.authorize_security_group_egress(GroupId=vpc.group, IpPermissions=anything)
    answered(cloud, name, TABLES)


def test_a_network_acl_that_denies_drops_in_a_running_environment(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    vpc.route(vpc.nat()[0])
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    (acl,) = vpc.ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [vpc.subnets[0]]}]
    )["NetworkAcls"]
    entry = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": 50, "Egress": True}
    vpc.ec2.create_network_acl_entry(
        **entry, Protocol="-1", RuleAction="deny", CidrBlock="0.0.0.0/0"
    )
    hangs(cloud, name, TABLES)
    found = verdict(vpc, DYNAMODB)
    assert (found.reason, found.dropped_at) == (Reason.ACL_DENIES, acl["NetworkAclId"])
    vpc.ec2.delete_network_acl_entry(**entry)
    answered(cloud, name, TABLES)


def test_a_nat_gateway_that_goes_takes_the_way_out_with_it(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    nat, _ = vpc.nat()
    vpc.route(nat)
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    vpc.ec2.delete_nat_gateway(NatGatewayId=nat)
    hangs(cloud, name, TABLES)
    found = verdict(vpc, DYNAMODB)
    assert found.reason == Reason.BLACKHOLE_ROUTE
    assert nat in found.words


def test_a_route_that_comes_back_frees_a_call_that_hangs(cloud: RunningCloud) -> None:
    """A client sends its first packet again and again, so a call that waits long enough passes."""
    vpc = MadeVpc(cloud)
    nat, _ = vpc.nat()
    name = function_in(vpc, USES, Timeout=20)
    with ThreadPoolExecutor(1) as pool:
        event = {"do": "patient", "args": ["dynamodb", "list_tables"]}
        waiting = pool.submit(cloud.call, name, event)
        time.sleep(1.0)
        assert not waiting.done()
        vpc.route(nat)
        assert waiting.result(60).payload == {"ok": True, "answer": "answered"}


def test_a_gateway_endpoint_carries_its_service_and_no_other(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    made = endpoint(vpc, "dynamodb", "Gateway", RouteTableIds=[vpc.main_table])
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    assert verdict(vpc, DYNAMODB).through == made
    assert verdict(vpc, Service("sqs", REGION)).reason == Reason.NO_ROUTE
    hangs(cloud, name, QUEUES)
    hangs(cloud, name, CHECK_IP)


def test_an_interface_endpoint_carries_its_service_when_its_group_lets_it_in(
    cloud: RunningCloud,
) -> None:
    vpc = MadeVpc(cloud)
    group = vpc.ec2.create_security_group(GroupName="e", Description="e", VpcId=vpc.id)["GroupId"]
    endpoint(
        vpc,
        "sqs",
        "Interface",
        SubnetIds=vpc.subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, **{attribute: {"Value": True}})
    name = function_in(vpc, USES)
    hangs(cloud, name, QUEUES)
    found = verdict(vpc, Service("sqs", REGION))
    assert (found.reason, found.dropped_at) == (Reason.GROUP_INGRESS, group)
    vpc.ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "UserIdGroupPairs": [{"GroupId": vpc.group}],
            }
        ],
    )
    answered(cloud, name, QUEUES)
    hangs(cloud, name, TABLES)


def test_an_endpoint_policy_refuses_at_once(cloud: RunningCloud) -> None:
    """The words: IAM User Guide, "Access denied error messages" (read 2026-11)."""
    vpc = MadeVpc(cloud)
    nothing = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
    endpoint(
        vpc,
        "dynamodb",
        "Gateway",
        RouteTableIds=[vpc.main_table],
        PolicyDocument=json.dumps(nothing),
    )
    words = refused(cloud, function_in(vpc, USES), TABLES)
    assert "AccessDeniedException" in words
    assert "because no VPC endpoint policy allows the dynamodb:ListTables action" in words


def test_policies_see_the_address_of_the_nat_gateway(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    nat, address = vpc.nat()
    vpc.route(nat)
    only = {"IpAddress": {"aws:SourceIp": f"{address}/32"}}
    other = {"IpAddress": {"aws:SourceIp": "192.0.2.255/32"}}
    answered(cloud, function_in(vpc, allow("dynamodb:ListTables", Condition=only)), TABLES)
    denied = function_in(vpc, allow("dynamodb:ListTables", Condition=other))
    assert "AccessDenied" in refused(cloud, denied, TABLES)


def test_policies_see_the_vpc_endpoint_and_no_source_address(cloud: RunningCloud) -> None:
    """Source: IAM User Guide, "AWS global condition context keys" (read 2026-11)."""
    vpc = MadeVpc(cloud)
    made = endpoint(vpc, "dynamodb", "Gateway", RouteTableIds=[vpc.main_table])
    through = {
        "StringEquals": {"aws:SourceVpce": made, "aws:SourceVpc": vpc.id},
        "IpAddress": {"aws:VpcSourceIp": "10.20.0.0/16"},
        "Null": {"aws:SourceIp": "true"},
    }
    answered(cloud, function_in(vpc, allow("dynamodb:ListTables", Condition=through)), TABLES)
    # The same policy outside of a VPC.
    cloud.configure(
        outside := function_in(vpc, allow("dynamodb:ListTables", Condition=through)),
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
    )
    assert "AccessDenied" in refused(cloud, outside, TABLES)


def test_a_function_without_a_vpc_has_no_proxy(cloud: RunningCloud) -> None:
    source = """
import os
def handler(event, context):
    proxies = [name for name in os.environ if name.lower().endswith("_proxy")]
    return [proxies, os.environ["AWS_ENDPOINT_URL"], os.readlink("/proc/self/ns/net")]
"""
    proxies, address, namespace = cloud.call(cloud.create(source)).payload
    assert (proxies, address) == ([], cloud.endpoint)
    assert namespace == os.readlink("/proc/self/ns/net")


WEB_PAGE = """
import os, socket
def handler(event, context):
    host, port = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(event.replace("PORT", port).encode() + b"\\r\\n\\r\\n")
        return connection.recv(1000).decode().splitlines()[0]
"""


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: https://example.com",
        "GET http://checkip.amazonaws.com/ HTTP/1.1\r\nHost: a\r\nOrigin: https://example.com",
        "GET / HTTP/1.1\r\nHost: example.com",
        "GET / HTTP/1.1\r\nHost: evil-localhost:PORT",
        "GET / HTTP/1.1",
    ],
)
def test_an_eni_answers_no_web_page(cloud: RunningCloud, page: str, head: str) -> None:
    assert cloud.call(page, head).payload == "HTTP/1.1 403 Forbidden"


@pytest.fixture(scope="module")
def page(cloud: RunningCloud) -> str:
    """A function in a VPC with a way out, that sends what a browser would."""
    vpc = MadeVpc(cloud)
    nat, _ = vpc.nat()
    vpc.route(nat)
    role = writing_role(cloud, IN_VPC)
    return cloud.create(WEB_PAGE, VpcConfig=vpc.config, Role=role)
