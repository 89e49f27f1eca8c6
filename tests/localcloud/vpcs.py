"""Networks for tests: VPCs with what a test needs, and functions in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from roles import allow, writing_role
from running_cloud import RunningCloud

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
# AWSLambdaVPCAccessExecutionRole's actions, and those that the functions here use.
IN_VPC = allow(
    [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DeleteNetworkInterface",
    ]
)
# Events for `SOURCE`, and the permissions that they need.
TABLES = {"do": "call", "args": ["dynamodb", "list_tables"]}
QUEUES = {"do": "call", "args": ["sqs", "list_queues"]}
CHECK_IP = {"do": "fetch", "args": ["http://checkip.amazonaws.com/"]}
USES = allow(["dynamodb:*", "sqs:*"])
# How long a function waits for an answer (s): a call that is to hang must not take long, one that
# is to be answered may, on a busy machine.
QUICK_S, PATIENT_S = 0.6, 20.0
# Makes calls with such a time-out, and tells what became of them.
SOURCE = """
import boto3, json, os, socket, time, urllib.request
from botocore.config import Config
patience = None
def call(service, operation, **parameters):
    config = Config(connect_timeout=patience, read_timeout=patience,
                    retries={"total_max_attempts": 1})
    answer = getattr(boto3.client(service, config=config), operation)(**parameters)
    answer.pop("ResponseMetadata")
    return json.loads(json.dumps(answer, default=str))
def fetch(url):
    with urllib.request.urlopen(url, timeout=patience) as answer:
        return answer.read().decode()
def connect(host, port):
    return socket.create_connection((host, port), timeout=patience).getpeername()
def patient(service, operation, **parameters):
    return getattr(boto3.client(service), operation)(**parameters) and "answered"
def handler(event, context):
    global patience
    patience = event.get("patience", 0.6)
    started = time.monotonic()
    try:
        answer = globals()[event["do"]](*event.get("args", ()), **event.get("given", {}))
        return {"ok": True, "answer": answer}
    except Exception as error:
        return {"ok": False, "error": type(error).__name__, "message": str(error),
                "after": time.monotonic() - started}
"""


@dataclass
class MadeVpc:
    """A VPC with private subnets, one in each of its first zones, and one security group."""

    cloud: RunningCloud
    zones: int = 1
    prefix: int = 24
    id: str = ""
    subnets: list[str] = field(default_factory=list)
    group: str = ""

    def __post_init__(self) -> None:
        ec2 = self.ec2
        self.id = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [self.subnet(f"10.20.{i}.0/{self.prefix}", i) for i in range(self.zones)]
        self.group = ec2.create_security_group(
            GroupName=f"functions-{self.id}", Description="functions", VpcId=self.id
        )["GroupId"]

    @property
    def ec2(self) -> Any:
        return self.cloud.client("ec2")

    @property
    def config(self) -> dict[str, list[str]]:
        return {"SubnetIds": list(self.subnets), "SecurityGroupIds": [self.group]}

    @property
    def main_table(self) -> str:
        """The route table that its private subnets use."""
        (table,) = self.ec2.describe_route_tables(
            Filters=[
                {"Name": "vpc-id", "Values": [self.id]},
                {"Name": "association.main", "Values": ["true"]},
            ]
        )["RouteTables"]
        return str(table["RouteTableId"])

    def subnet(self, block: str, zone: int) -> str:
        made = self.ec2.create_subnet(VpcId=self.id, CidrBlock=block, AvailabilityZone=ZONES[zone])
        return str(made["Subnet"]["SubnetId"])

    def nat(self, zone: int = 0) -> tuple[str, str]:
        """A way out: internet gateway, public subnet, NAT gateway; its id and its address.

        The private subnets have no route to it yet (`route`).
        """
        ec2 = self.ec2
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.id)
        public = self.subnet("10.20.100.0/24", zone)
        table = ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=public)
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        address = ec2.allocate_address(Domain="vpc")
        nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address["AllocationId"])
        return str(nat["NatGateway"]["NatGatewayId"]), str(address["PublicIp"])

    def route(self, nat: str) -> None:
        self.ec2.create_route(
            RouteTableId=self.main_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat
        )

    def interfaces(self, kind: str = "lambda") -> list[dict[str, Any]]:
        """Its interfaces of a kind, as EC2 describes them."""
        found = self.ec2.describe_network_interfaces(
            Filters=[{"Name": "vpc-id", "Values": [self.id]}]
        )["NetworkInterfaces"]
        return [each for each in found if each["InterfaceType"] == kind]

    def free(self, subnet: int = 0) -> int:
        """AvailableIpAddressCount."""
        (found,) = self.ec2.describe_subnets(SubnetIds=[self.subnets[subnet]])["Subnets"]
        return int(found["AvailableIpAddressCount"])


def function_in(vpc: MadeVpc, *statements: dict[str, Any], **settings: Any) -> str:
    """A function in all subnets of a VPC, that runs `SOURCE`; its name."""
    more = {"Role": writing_role(vpc.cloud, IN_VPC, *statements), "Timeout": 30, **settings}
    return vpc.cloud.create(SOURCE, VpcConfig=vpc.config, **more)


def answered(cloud: RunningCloud, name: str, event: dict[str, Any]) -> Any:
    """The call is answered, and so."""
    payload = cloud.call(name, {**event, "patience": PATIENT_S}).payload
    assert payload["ok"], payload
    return payload["answer"]


def hangs(cloud: RunningCloud, name: str, event: dict[str, Any]) -> None:
    """The call gets no answer until its own time-out, and that is what it tells."""
    payload = cloud.call(name, {**event, "patience": QUICK_S}).payload
    assert not payload["ok"], payload
    words = payload["message"].lower()
    assert "timed out" in words or "timeout" in words, payload
    assert payload["after"] >= 0.5


def refused(cloud: RunningCloud, name: str, event: dict[str, Any]) -> str:
    """The call fails with an answer; what the function says of it."""
    payload = cloud.call(name, {**event, "patience": PATIENT_S}).payload
    assert not payload["ok"], payload
    return str(payload["message"])
