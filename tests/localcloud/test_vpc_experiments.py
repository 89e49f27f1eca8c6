"""Experiments on the network, by AWS Fault Injection Service's API. Source: FIS User Guide and API
reference (read 2026-11). What ``local:`` actions do is the embedded cloud's own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import acting_as, allow, of_service, role
from running_cloud import RunningCloud, own_launcher, running, wait_for
from vpcs import TABLES, USES, ZONES, MadeVpc, answered, function_in, hangs

DISRUPT = "aws:network:disrupt-connectivity"
PENDING = ("pending", "initiating")


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


class Trial:
    """A template with one action, and its experiment."""

    def __init__(
        self,
        cloud: RunningCloud,
        action: str,
        targets: dict[str, dict[str, Any]] | None = None,
        **parameters: str,
    ) -> None:
        self.fis = cloud.client("fis")
        wanted = targets or {}
        made = self.fis.create_experiment_template(
            clientToken=secrets.token_hex(8),
            description="a trial",
            stopConditions=[{"source": "none"}],
            roleArn=role(cloud, principal=of_service("fis")),
            targets={name: {"selectionMode": "ALL", **each} for name, each in wanted.items()},
            actions={
                "it": {
                    "actionId": action,
                    "parameters": parameters,
                    "targets": {name: name for name in wanted},
                }
            },
        )
        self.template = made["experimentTemplate"]["id"]

    def start(self) -> Trial:
        started = self.fis.start_experiment(
            clientToken=secrets.token_hex(8), experimentTemplateId=self.template
        )
        self.id = started["experiment"]["id"]
        wait_for(lambda: self.status not in PENDING)
        wait_for(lambda: self.action not in PENDING)
        return self

    @property
    def members(self) -> dict[str, Any]:
        found: dict[str, Any] = self.fis.get_experiment(id=self.id)["experiment"]
        return found

    @property
    def status(self) -> str:
        return str(self.members["state"]["status"])

    @property
    def action(self) -> str:
        return str(self.members["actions"]["it"]["state"]["status"])

    def stop(self) -> None:
        self.fis.stop_experiment(id=self.id)
        wait_for(lambda: self.status == "stopped")

    def until_completed(self, limit_s: float = 10.0) -> None:
        wait_for(lambda: self.status == "completed", limit_s)


def subnets(vpc: MadeVpc, *ids: str) -> dict[str, dict[str, Any]]:
    arns = [f"arn:aws:ec2:us-east-1:123456789012:subnet/{each}" for each in ids or vpc.subnets]
    return {"Subnets": {"resourceType": "aws:ec2:subnet", "resourceArns": arns}}


def fis_acls(vpc: MadeVpc) -> list[dict[str, Any]]:
    """The network ACLs that FIS made in a VPC."""
    found: list[dict[str, Any]] = vpc.ec2.describe_network_acls(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc.id]},
            {"Name": "tag:managedByFIS", "Values": ["true"]},
        ]
    )["NetworkAcls"]
    return found


def zone_state(cloud: RunningCloud, zone: str) -> str:
    ec2 = cloud.client("ec2")
    (found,) = ec2.describe_availability_zones(ZoneNames=[zone])["AvailabilityZones"]
    return str(found["State"])


def with_endpoint(cloud: RunningCloud, zones: int = 1) -> MadeVpc:
    """A VPC whose functions reach DynamoDB."""
    vpc = MadeVpc(cloud, zones)
    vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.id,
        ServiceName="com.amazonaws.us-east-1.dynamodb",
        VpcEndpointType="Gateway",
        RouteTableIds=[vpc.main_table],
    )
    return vpc


def test_aws_own_action_cuts_a_subnet_off_until_it_is_stopped(cloud: RunningCloud) -> None:
    vpc = with_endpoint(cloud)
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    trial = Trial(cloud, DISRUPT, subnets(vpc), duration="PT10M", scope="all").start()
    assert trial.status == "running"
    hangs(cloud, name, TABLES)
    # The cause can be seen: FIS works by a network ACL of its own, which it takes away again.
    (acl,) = fis_acls(vpc)
    assert [each["SubnetId"] for each in acl["Associations"]] == vpc.subnets
    trial.stop()
    assert trial.action == "stopped"
    assert fis_acls(vpc) == []
    answered(cloud, name, TABLES)


def test_what_stays_in_the_vpc_is_let_through_by_the_scope_vpc(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    trial = Trial(cloud, DISRUPT, subnets(vpc), duration="PT10M", scope="vpc").start()
    (acl,) = fis_acls(vpc)
    allowed = [each["CidrBlock"] for each in acl["Entries"] if each["RuleAction"] == "allow"]
    assert allowed == ["10.20.0.0/16"] * 2
    trial.stop()


def test_a_scope_cuts_off_that_service_only(cloud: RunningCloud) -> None:
    vpc = with_endpoint(cloud)
    name = function_in(vpc, USES)
    trial = Trial(cloud, DISRUPT, subnets(vpc), duration="PT10M", scope="s3").start()
    answered(cloud, name, TABLES)
    trial.stop()
    trial = Trial(cloud, DISRUPT, subnets(vpc), duration="PT10M", scope="dynamodb").start()
    hangs(cloud, name, TABLES)
    trial.stop()


def test_targets_are_found_by_zone_and_vpc(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud, zones=2)
    parameters = {"availabilityZoneIdentifier": ZONES[1], "vpc": vpc.id}
    target = {"Subnets": {"resourceType": "aws:ec2:subnet", "parameters": parameters}}
    trial = Trial(cloud, DISRUPT, target, duration="PT10M", scope="all").start()
    found = trial.fis.list_experiment_resolved_targets(experimentId=trial.id)["resolvedTargets"]
    assert [each["targetInformation"]["arn"] for each in found] == [vpc.subnets[1]]
    trial.stop()


def test_a_failed_zone_heals_by_itself(cloud: RunningCloud) -> None:
    vpc = with_endpoint(cloud)
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    trial = Trial(cloud, "local:zone:fail", duration="PT6S", availabilityZone=ZONES[0]).start()
    assert zone_state(cloud, ZONES[0]) == "unavailable"
    hangs(cloud, name, TABLES)
    trial.until_completed(20.0)
    assert zone_state(cloud, ZONES[0]) == "available"
    answered(cloud, name, TABLES)


def test_provisioned_environments_leave_a_failed_zone(cloud: RunningCloud) -> None:
    """After the first time-out no event goes to the failed zone."""
    vpc = with_endpoint(cloud, zones=2)
    name = function_in(vpc, USES, Timeout=3)
    client = cloud.client("lambda")
    version = client.publish_version(FunctionName=name)["Version"]
    cloud.settle(f"{name}:{version}")
    client.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier=version, ProvisionedConcurrentExecutions=2
    )

    def ready() -> bool:
        found = client.get_provisioned_concurrency_config(FunctionName=name, Qualifier=version)
        return bool(found["Status"] == "READY")

    wait_for(ready, 20.0)
    event = {"do": "patient", "args": ["dynamodb", "list_tables"]}
    trial = Trial(cloud, "local:zone:fail", duration="PT10M", availabilityZone=ZONES[0]).start()
    outcomes = []
    # Each takes another of the two first; the one in the failed zone times out.
    with ThreadPoolExecutor(2) as pool:
        for call in [pool.submit(cloud.call, f"{name}:{version}", event) for _ in range(2)]:
            outcomes.append(call.result().error)
    assert sorted(outcomes) == ["", "Unhandled"]
    with ThreadPoolExecutor(2) as pool:
        again = [pool.submit(cloud.call, f"{name}:{version}", event) for _ in range(4)]
        assert [call.result().error for call in again] == [""] * 4
    trial.stop()


def test_a_full_subnet_is_empty_again_after_the_experiment(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    before = vpc.free()
    trial = Trial(cloud, "local:subnet:exhaust", subnets(vpc), duration="PT10M").start()
    assert vpc.free() == 0
    with pytest.raises(ClientError) as caught:
        vpc.ec2.create_network_interface(SubnetId=vpc.subnets[0])
    assert caught.value.response["Error"]["Code"] == "InsufficientFreeAddressesInSubnet"
    trial.stop()
    assert vpc.free() == before


def test_a_slow_nat_gateway_answers_later(cloud: RunningCloud) -> None:
    vpc = MadeVpc(cloud)
    nat, _ = vpc.nat()
    vpc.route(nat)
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    arn = f"arn:aws:ec2:us-east-1:123456789012:natgateway/{nat}"
    target = {"NatGateways": {"resourceType": "local:ec2:nat-gateway", "resourceArns": [arn]}}
    trial = Trial(
        cloud, "local:nat:slow", target, duration="PT10M", latencyMilliseconds="5000"
    ).start()
    # Five seconds is more than a quick caller's patience.
    hangs(cloud, name, TABLES)
    trial.stop()
    answered(cloud, name, TABLES)


def test_an_inactive_function_fails_once_and_comes_back(cloud: RunningCloud) -> None:
    """Source: Lambda Developer Guide, "Lambda function states" (read 2026-11)."""
    vpc = with_endpoint(cloud)
    name = function_in(vpc, USES)
    answered(cloud, name, TABLES)
    client = cloud.client("lambda")
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    target = {"Functions": {"resourceType": "aws:lambda:function", "resourceArns": [arn]}}
    Trial(cloud, "local:function:reclaim", target).start().until_completed()
    found = client.get_function_configuration(FunctionName=name)
    assert (found["State"], found["StateReasonCode"]) == ("Inactive", "Idle")
    wait_for(lambda: not vpc.interfaces())
    with pytest.raises(ClientError) as caught:
        client.invoke(FunctionName=name)
    assert caught.value.response["Error"]["Code"] == "ResourceNotReadyException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 502
    assert client.get_function_configuration(FunctionName=name)["State"] == "Pending"
    cloud.settle(name)
    answered(cloud, name, TABLES)
    assert len(vpc.interfaces()) == 1


def test_an_inactive_function_that_cannot_be_connected_is_inactive_again(
    cloud: RunningCloud,
) -> None:
    """Source: Lambda Developer Guide, "Lambda function states" (read 2026-11)."""
    vpc = with_endpoint(cloud)
    name = function_in(vpc, USES)
    client = cloud.client("lambda")
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    target = {"Functions": {"resourceType": "aws:lambda:function", "resourceArns": [arn]}}
    Trial(cloud, "local:function:reclaim", target).start().until_completed()
    wait_for(lambda: not vpc.interfaces())
    full = Trial(cloud, "local:subnet:exhaust", subnets(vpc), duration="PT10M").start()

    def state() -> tuple[str, str]:
        found = client.get_function_configuration(FunctionName=name)
        return found["State"], found.get("StateReasonCode", "")

    def invoked() -> str:
        with pytest.raises(ClientError) as caught:
            client.invoke(FunctionName=name)
        return str(caught.value.response["Error"]["Code"])

    assert invoked() == "ResourceNotReadyException"
    assert state() == ("Pending", "Restoring")
    wait_for(lambda: state() == ("Inactive", "SubnetOutOfIPAddresses"), 10.0)
    full.stop()
    assert invoked() == "ResourceNotReadyException"
    cloud.settle(name)
    answered(cloud, name, TABLES)


def test_actions_that_aws_does_not_have_say_so(cloud: RunningCloud) -> None:
    fis = cloud.client("fis")
    for action in fis.list_actions()["actions"]:
        whole = fis.get_action(id=action["id"])["action"]
        is_local = action["id"].startswith("local:")
        assert is_local == whole["description"].startswith("Only in the embedded cloud")


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("aws:ec2:stop-instances", {}),
        (DISRUPT, {"duration": "PT10S", "scope": "all"}),
        (DISRUPT, {"duration": "PT10M", "scope": "prefix-list"}),
        (DISRUPT, {"duration": "PT10M"}),
        (DISRUPT, {"duration": "ten minutes", "scope": "all"}),
    ],
)
def test_what_is_not_offered_is_refused(
    cloud: RunningCloud, action: str, parameters: dict[str, str]
) -> None:
    vpc = MadeVpc(cloud)
    with pytest.raises(ClientError) as caught:
        Trial(cloud, action, subnets(vpc), **parameters)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_a_zone_that_is_not_there_makes_the_experiment_fail(cloud: RunningCloud) -> None:
    trial = Trial(cloud, "local:zone:fail", duration="PT1S", availabilityZone="us-east-9z")
    trial.start()
    wait_for(lambda: trial.status == "failed")
    assert "There is no zone us-east-9z" in trial.members["state"]["reason"]


def test_actions_follow_one_another(cloud: RunningCloud) -> None:
    def zone(name: str, *after: str) -> dict[str, Any]:
        parameters = {"duration": "PT1S", "availabilityZone": name}
        return {
            "actionId": "local:zone:fail",
            "parameters": parameters,
            "startAfter": list(after),
        }

    given = {
        "description": "one after the other",
        "stopConditions": [{"source": "none"}],
        "roleArn": role(cloud, principal=of_service("fis")),
    }
    fis = cloud.client("fis")
    with pytest.raises(ClientError) as caught:
        fis.create_experiment_template(
            clientToken="circle",
            actions={"a": zone(ZONES[0], "b"), "b": zone(ZONES[1], "a")},
            **given,
        )
    assert "wait for each other" in caught.value.response["Error"]["Message"]
    actions = {"a": zone(ZONES[0]), "b": zone(ZONES[1], "a")}
    made, again = (
        fis.create_experiment_template(clientToken="line", actions=actions, **given)[
            "experimentTemplate"
        ]["id"]
        for _ in range(2)
    )
    assert made == again
    started = fis.start_experiment(clientToken="line", experimentTemplateId=made)
    identity = started["experiment"]["id"]
    wait_for(
        lambda: fis.get_experiment(id=identity)["experiment"]["state"]["status"] == "completed",
        20.0,
    )
    actions = fis.get_experiment(id=identity)["experiment"]["actions"]
    assert actions["b"]["startTime"] >= actions["a"]["endTime"]


def test_a_template_can_be_listed_and_deleted(cloud: RunningCloud) -> None:
    trial = Trial(cloud, "local:zone:fail", duration="PT1S", availabilityZone=ZONES[2])
    fis = cloud.client("fis")
    listed = [each["id"] for each in fis.list_experiment_templates()["experimentTemplates"]]
    assert trial.template in listed
    fis.delete_experiment_template(id=trial.template)
    with pytest.raises(ClientError) as caught:
        fis.get_experiment_template(id=trial.template)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_experiments_need_leave(cloud: RunningCloud) -> None:
    trial = Trial(cloud, "local:zone:fail", duration="PT1S", availabilityZone=ZONES[2])
    start = {"clientToken": "a", "experimentTemplateId": trial.template}
    with pytest.raises(ClientError) as caught:
        acting_as(cloud, allow("ec2:*")).client("fis").start_experiment(**start)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    acting_as(cloud, allow("fis:StartExperiment")).client("fis").start_experiment(**start)


def test_fis_must_be_able_to_assume_the_role(cloud: RunningCloud) -> None:
    trial = Trial(cloud, "local:zone:fail", duration="PT1S", availabilityZone=ZONES[2])
    template = trial.fis.get_experiment_template(id=trial.template)["experimentTemplate"]
    nobody = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )
    cloud.client("iam").update_assume_role_policy(
        RoleName=template["roleArn"].rpartition("/")[2], PolicyDocument=nobody
    )
    with pytest.raises(ClientError) as caught:
        trial.start()
    assert "cannot assume the role" in caught.value.response["Error"]["Message"]
