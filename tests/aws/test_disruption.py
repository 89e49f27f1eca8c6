"""Subnets cut off by AWS's Fault Injection Service, against moto's, in this process."""

from __future__ import annotations

import json

import moto.iam.models
import pytest
from aws_clients import moto_session
from moto import mock_aws

from serverless_course.aws import disruption
from serverless_course.aws.cleanup import clean_up
from serverless_course.aws.cloud import Cloud
from serverless_course.aws.described import described
from serverless_course.aws.disruption import POLICY, Disruption
from serverless_course.aws.ledger import Ledger
from serverless_course.aws.vpc import create_vpc

SLUG = "05-vpc-design"


def only_policy(arn: str) -> str:
    """moto's data of one of AWS's policies: to load all of them takes seconds for each test."""
    name = arn.rpartition("/")[2]
    return json.dumps({name: json.loads(moto.iam.models.aws_managed_policies_data)[name]})


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # moto's roles need no time to spread.
    monkeypatch.setattr(disruption, "ROLE_SPREADS_S", 0.0)
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    monkeypatch.setattr(moto.iam.models, "aws_managed_policies_data", only_policy(POLICY))
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        yield Cloud("aws", moto_session(), "us-east-1", "123456789012", None, 60.0, "moto")


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.jsonl")


def test_the_template_cuts_off_the_subnets_for_so_long(cloud, ledger) -> None:
    Disruption(cloud, ledger, SLUG, ["subnet-0a1", "subnet-0b2"], minutes=3)
    fis = cloud.client("fis")
    (known,) = fis.list_experiment_templates()["experimentTemplates"]
    template = fis.get_experiment_template(id=known["id"])["experimentTemplate"]
    assert template["targets"]["subnets"]["resourceArns"] == [
        f"arn:aws:ec2:us-east-1:123456789012:subnet/{subnet}"
        for subnet in ("subnet-0a1", "subnet-0b2")
    ]
    (action,) = template["actions"].values()
    assert action["actionId"] == "aws:network:disrupt-connectivity"
    assert action["parameters"] == {"duration": "PT3M", "scope": "all"}


def test_one_that_was_never_begun_may_be_stopped(cloud, ledger) -> None:
    Disruption(cloud, ledger, SLUG, ["subnet-0a1"]).stop()
    assert cloud.client("fis").list_experiment_templates()["experimentTemplates"]


def test_the_clean_up_takes_template_and_role(cloud, ledger) -> None:
    Disruption(cloud, ledger, SLUG, ["subnet-0a1"])
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean
    assert {found.kind for found in result.deleted} == {"fis:experiment-template", "iam:role"}


def test_a_vpc_is_described_whole_and_without_what_is_gone(cloud, ledger) -> None:
    vpc = create_vpc(cloud, ledger, SLUG, "shop")
    ec2 = cloud.client("ec2")
    gateway = ec2.create_nat_gateway(SubnetId=vpc.public["us-east-1a"], ConnectivityType="private")
    found = described(ec2, vpc.id)
    assert [each["VpcId"] for each in found["Vpcs"]] == [vpc.id]
    assert len(found["Subnets"]) == 4
    assert len(found["InternetGateways"]) == 1
    assert len(found["NatGateways"]) == 1
    assert {each["VpcId"] for each in found["RouteTables"]} == {vpc.id}
    assert found["AvailabilityZones"]
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGateway"]["NatGatewayId"])
    assert described(ec2, vpc.id)["NatGateways"] == []
