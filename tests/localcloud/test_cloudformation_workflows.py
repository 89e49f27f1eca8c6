"""Versions and aliases of state machines, and activities, as resources of a stack."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud, own_launcher, running
from test_cloudformation import IAM, delete, events, outputs, settled

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as found:
        yield found


def template(kind: str, **alias: Any) -> str:
    """A machine whose only state is of a kind, a version of it, and an alias that leads there."""
    definition = {"StartAt": "A", "States": {"A": {"Type": kind}}}
    route = {"StateMachineVersionArn": {"Ref": "Version"}, "Weight": 100}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"RoleArn": {"Fn::GetAtt": "Role.Arn"}, "Definition": definition},
        },
        "Version": {
            "Type": "AWS::StepFunctions::StateMachineVersion",
            "Properties": {
                "StateMachineArn": {"Ref": "Machine"},
                "StateMachineRevisionId": {"Fn::GetAtt": "Machine.StateMachineRevisionId"},
            },
        },
        "Live": {
            "Type": "AWS::StepFunctions::StateMachineAlias",
            "Properties": {"Name": "live", "RoutingConfiguration": [route], **alias},
        },
        "Jobs": {"Type": "AWS::StepFunctions::Activity", "Properties": {"Name": "jobs"}},
    }
    told = {"Machine": "Machine", "Version": "Version", "Alias": "Live", "Activity": "Jobs"}
    return json.dumps(
        {
            "Resources": resources,
            "Outputs": {name: {"Value": {"Ref": each}} for name, each in told.items()}
            | {"ActivityArn": {"Value": {"Fn::GetAtt": "Jobs.Arn"}}},
        }
    )


def test_a_version_an_alias_and_an_activity(cloud: RunningCloud) -> None:
    name = f"t{secrets.token_hex(4)}"
    client, states = cloud.client("cloudformation"), cloud.client("stepfunctions")
    client.create_stack(StackName=name, TemplateBody=template("Succeed"), Capabilities=IAM)
    made = settled(cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE", events(cloud, name)
    first = outputs(made)
    assert first["Version"] == f"{first['Machine']}:1"
    assert first["Alias"] == f"{first['Machine']}:live"
    assert first["Activity"].endswith(":activity:jobs")
    assert first["ActivityArn"] == first["Activity"]

    second = template("Fail", Description="moved")
    client.update_stack(StackName=name, TemplateBody=second, Capabilities=IAM)
    changed = settled(cloud, name)
    assert changed["StackStatus"] == "UPDATE_COMPLETE", events(cloud, name)
    assert outputs(changed)["Version"] == f"{first['Machine']}:2"
    alias = states.describe_state_machine_alias(stateMachineAliasArn=first["Alias"])
    assert alias["description"] == "moved"
    assert alias["routingConfiguration"] == [
        {"stateMachineVersionArn": f"{first['Machine']}:2", "weight": 100}
    ]
    listed = states.list_state_machine_versions(stateMachineArn=first["Machine"])
    versions = [each["stateMachineVersionArn"] for each in listed["stateMachineVersions"]]
    assert versions == [f"{first['Machine']}:2"], "the replaced version is deleted"

    gone = delete(cloud, made["StackId"])
    assert gone["StackStatus"] == "DELETE_COMPLETE", events(cloud, made["StackId"])
    with pytest.raises(ClientError):
        states.describe_activity(activityArn=first["Activity"])
    with pytest.raises(ClientError):
        states.describe_state_machine_alias(stateMachineAliasArn=first["Alias"])


def test_a_gradual_deployment_is_refused_by_its_name(cloud: RunningCloud) -> None:
    wanted = {"StateMachineVersionArn": {"Ref": "Version"}, "Type": "LINEAR"}
    body = template("Succeed", DeploymentPreference=wanted)
    client, name = cloud.client("cloudformation"), f"t{secrets.token_hex(4)}"
    with pytest.raises(ClientError) as refused:
        client.create_stack(StackName=name, TemplateBody=body, Capabilities=IAM)
    assert "DeploymentPreference" in refused.value.response["Error"]["Message"]


def test_initial_names_the_revision_of_a_machine_that_was_not_updated(cloud: RunningCloud) -> None:
    """API Reference, PublishStateMachineVersion and CloudFormation's StateMachineVersion."""
    iam, states = cloud.client("iam"), cloud.client("stepfunctions")
    role = iam.create_role(RoleName="initial", AssumeRolePolicyDocument=json.dumps(TRUST))
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    machine = states.create_state_machine(
        name="initial", roleArn=role["Role"]["Arn"], definition=json.dumps(definition)
    )["stateMachineArn"]
    published = states.publish_state_machine_version(stateMachineArn=machine, revisionId="INITIAL")
    assert published["stateMachineVersionArn"] == f"{machine}:1"
    other = json.dumps(definition).replace("Succeed", "Fail")
    states.update_state_machine(stateMachineArn=machine, definition=other)
    with pytest.raises(states.exceptions.ConflictException):
        states.publish_state_machine_version(stateMachineArn=machine, revisionId="INITIAL")
