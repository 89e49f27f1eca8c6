"""No service does for a caller what the caller may not do.

Right: a role reaches a service only through iam:PassRole, and only a service that the role trusts;
nobody assumes a role by a service's help. Sources: IAM User Guide, "Grant a user permissions to
pass a role to an AWS service"; EventBridge User Guide, "Using identity-based policies"; Step
Functions Developer Guide, "Accessing resources in other AWS accounts" (all read 2026-11).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from iam_caller import Caller
from roles import ACCOUNT, ARN, OF_ACCOUNT, allow, deny, of_service, role, trust
from running_cloud import RUNTIME, RunningCloud, wait_for, zip_of

from serverless_course.localcloud.iam.requested.passed_roles import SCALING, TAKERS, passed_roles
from serverless_course.localcloud.iam.requested.services import SERVICES

ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
# Members whose names say role and that name none that a service takes on.
NO_ROLES = {
    # Who asks, as owner or payer of a reservation.
    ("ec2", "DescribeCapacityReservationBillingRequests", "Role"),
    # A role of another account, in the account of a flow log's destination.
    ("ec2", "CreateFlowLogs", "DeliverCrossAccountRole"),
}
# Answered here, by tables of their own.
APART = {"lambda", "fis", "iam", "pipes", "scheduler", "sts", "s3", "xray"}


def members(shape: Any, seen: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each member that names a role, with parameters in which it is given."""
    if shape.name in seen:
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if member.type_name == "string" and re.search(r"(?i)role(_?arn)?$", name):
                yield name, {name: ADMIN}
            for found, given in members(member, (*seen, shape.name)):
                yield found, {name: given}
    elif shape.type_name == "list":
        for found, given in members(shape.member, (*seen, shape.name)):
            yield found, [given]
    elif shape.type_name == "map":
        for found, given in members(shape.value, (*seen, shape.name)):
            yield found, {"key": given}


def test_every_member_that_holds_a_role_asks_for_pass_role() -> None:
    import botocore.session

    session = botocore.session.Session()
    checked = 0
    for service, offered in SERVICES.items():
        if service in APART:
            continue
        for model in map(session.get_service_model, offered.models):
            for name in model.operation_names:
                shape = model.operation_model(name).input_shape
                for member, given in members(shape) if shape is not None else ():
                    if (service, name, member) in NO_ROLES:
                        continue
                    needs = passed_roles(offered.prefix, name, given)
                    assert [need.resource for need in needs] == [ADMIN], (service, name, member)
                    assert needs[0].action == "iam:PassRole"
                    checked += 1
    assert checked > 50
    assert {"UpdateGlobalTableSettings"} <= SCALING


@pytest.mark.parametrize(
    ("prefix", "operation", "given"),
    [
        (
            "sns",
            "SetTopicAttributes",
            {"AttributeName": "LambdaSuccessFeedbackRoleArn", "AttributeValue": ADMIN},
        ),
        (
            "sns",
            "CreateTopic",
            {
                "Attributes.entry.1.key": "SQSFailureFeedbackRoleArn",
                "Attributes.entry.1.value": ADMIN,
            },
        ),
        (
            "sns",
            "Subscribe",
            {"Attributes.entry.1.key": "SubscriptionRoleArn", "Attributes.entry.1.value": ADMIN},
        ),
        ("cloudwatch", "PutMetricStream", {"RoleArn": ADMIN}),
        ("ec2", "CreateFlowLogs", {"DeliverLogsPermissionArn": ADMIN}),
    ],
)
def test_a_role_in_a_form_is_passed(prefix: str, operation: str, given: dict[str, Any]) -> None:
    (need,) = passed_roles(prefix, operation, given)
    assert (need.action, need.resource) == ("iam:PassRole", ADMIN)
    assert need.context == {"iam:passedtoservice": TAKERS[prefix]}


def test_an_items_members_are_no_roles() -> None:
    assert (
        passed_roles("dynamodb", "PutItem", {"Item": {"Role": {"S": ADMIN}, "roleArn": ADMIN}})
        == []
    )


@pytest.fixture(scope="module")
def machine(one_cloud: RunningCloud) -> str:
    states = one_cloud.client("stepfunctions")
    given = role(one_cloud, principal=of_service("states"))
    made = states.create_state_machine(name="kept", definition=json.dumps(PASS), roleArn=given)
    return str(made["stateMachineArn"])


def executions(cloud: RunningCloud, machine: str) -> int:
    return len(cloud.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"])


def test_events_alone_start_no_state_machine(one_cloud: RunningCloud, machine: str) -> None:
    may_start = allow("states:StartExecution", machine)
    trusted = role(one_cloud, may_start, principal=of_service("events"))
    of_others = role(one_cloud, may_start, principal=of_service("lambda"))
    without = role(one_cloud, principal=of_service("events"))
    events = Caller(one_cloud, allow("events:*")).acting.client("events")
    pattern = json.dumps({"source": ["shop"]})
    events.put_rule(Name="sly", EventPattern=pattern)
    target = {"Id": "1", "Arn": machine}
    with pytest.raises(events.exceptions.ClientError, match="RoleArn is required for target"):
        events.put_targets(Rule="sly", Targets=[target])
    for given in (trusted, of_others, without):
        with pytest.raises(events.exceptions.ClientError, match="iam:PassRole"):
            events.put_targets(Rule="sly", Targets=[{**target, "RoleArn": given}])
    passing = Caller(one_cloud, allow("events:*"), allow("iam:PassRole")).acting.client("events")
    with pytest.raises(events.exceptions.ClientError, match="cannot be assumed by principal"):
        passing.put_targets(Rule="sly", Targets=[{**target, "RoleArn": of_others}])
    entry = {"Source": "shop", "DetailType": "d", "Detail": "{}"}
    passing.put_targets(Rule="sly", Targets=[{**target, "RoleArn": without}])
    passing.put_events(Entries=[entry])
    time.sleep(0.5)
    assert executions(one_cloud, machine) == 0
    passing.put_targets(Rule="sly", Targets=[{**target, "RoleArn": trusted}])
    passing.put_events(Entries=[entry])
    until = time.monotonic() + 20
    while executions(one_cloud, machine) == 0 and time.monotonic() < until:
        time.sleep(0.1)
    assert executions(one_cloud, machine) == 1


def test_pass_role_may_name_the_service(one_cloud: RunningCloud) -> None:
    given = role(one_cloud, principal=of_service("states"))
    to_events = {"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}}
    caller = Caller(one_cloud, allow("states:*"), allow("iam:PassRole", Condition=to_events))
    states = caller.acting.client("stepfunctions")
    with pytest.raises(states.exceptions.ClientError, match="iam:PassRole"):
        states.create_state_machine(name="m", definition=json.dumps(PASS), roleArn=given)


def test_a_state_machine_keeps_to_roles_that_step_functions_may_assume(
    one_cloud: RunningCloud, machine: str
) -> None:
    states = one_cloud.client("stepfunctions")
    for_lambda = role(one_cloud, allow("*"), principal=of_service("lambda"))
    with pytest.raises(states.exceptions.ClientError, match="is authorized to assume"):
        states.update_state_machine(stateMachineArn=machine, roleArn=for_lambda)
    caller = Caller(one_cloud, allow("states:*")).acting.client("stepfunctions")
    other = role(one_cloud, principal=of_service("states"))
    with pytest.raises(states.exceptions.ClientError, match="iam:PassRole"):
        caller.update_state_machine(stateMachineArn=machine, roleArn=other)
    states.update_state_machine(stateMachineArn=machine, roleArn=other)


def run(cloud: RunningCloud, name: str, task: dict[str, Any], given: str) -> dict[str, Any]:
    states = cloud.client("stepfunctions")
    definition = {"StartAt": "T", "States": {"T": {"Type": "Task", "End": True, **task}}}
    made = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=given)[
        "stateMachineArn"
    ]
    execution = states.start_execution(stateMachineArn=made)["executionArn"]
    until = time.monotonic() + 30
    while True:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING" or time.monotonic() > until:
            return found
        time.sleep(0.1)


def test_a_states_own_role_is_one_that_the_machine_may_assume(one_cloud: RunningCloud) -> None:
    queue = one_cloud.client("sqs").create_queue(QueueName="of-states")["QueueUrl"]
    plain = role(one_cloud, principal=of_service("states"))
    strong = role(one_cloud, allow("sqs:*"), principal=of_service("lambda"))
    task = {
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": queue, "MessageBody": "x"},
        "Credentials": {"RoleArn": strong},
    }
    failed = run(one_cloud, "sly", task, plain)
    assert failed["status"] == "FAILED"
    assert "not authorized to assume the task state's role" in failed["cause"]
    invoke = {
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "any"},
        "Credentials": {"RoleArn": strong},
    }
    refused = run(one_cloud, "sly-invoke", invoke, plain)
    assert "not authorized to assume the task state's role" in refused["cause"]
    iam = one_cloud.client("iam")
    name = strong.rpartition("/")[2]
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust(OF_ACCOUNT))
    assert run(one_cloud, "sly-2", task, plain)["status"] == "FAILED"
    chained = role(one_cloud, allow("sts:AssumeRole", strong), principal=of_service("states"))
    assert run(one_cloud, "chained", task, chained)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "operation",
    ["assume_role_with_web_identity", "get_federation_token", "get_session_token"],
)
def test_no_credentials_that_nobody_checked(one_cloud: RunningCloud, operation: str) -> None:
    sts = Caller(one_cloud, allow("sts:*")).acting.client("sts")
    given: dict[str, Any] = {
        "assume_role_with_web_identity": {
            "RoleArn": role(one_cloud, allow("*"), principal=of_service("lambda")),
            "RoleSessionName": "sly",
            "WebIdentityToken": "none",
        },
        "get_federation_token": {"Name": "sly"},
        "get_session_token": {},
    }[operation]
    with pytest.raises(sts.exceptions.ClientError, match=r"does not offer|Missing Authentication"):
        getattr(sts, operation)(**given)


def test_an_instance_profile_takes_a_role_that_may_be_passed(one_cloud: RunningCloud) -> None:
    iam = Caller(one_cloud, allow("iam:*InstanceProfile*")).acting.client("iam")
    iam.create_instance_profile(InstanceProfileName="p")
    given = role(one_cloud, principal=of_service("ec2")).rpartition("/")[2]
    with pytest.raises(iam.exceptions.ClientError, match="iam:PassRole"):
        iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName=given)


def test_no_stack_is_made_with_rights_of_others(one_cloud: RunningCloud) -> None:
    caller = Caller(one_cloud, allow("cloudformation:*")).acting.client("cloudformation")
    template = {"Resources": {"U": {"Type": "AWS::IAM::User", "Properties": {"UserName": "sly"}}}}
    caller.create_stack(
        StackName="sly", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
    )

    def stack() -> str:
        return str(caller.describe_stacks(StackName="sly")["Stacks"][0]["StackStatus"])

    wait_for(lambda: not stack().endswith("_IN_PROGRESS"))
    assert stack() == "ROLLBACK_COMPLETE"
    reasons = [
        event.get("ResourceStatusReason", "")
        for event in caller.describe_stack_events(StackName="sly")["StackEvents"]
    ]
    assert any("is not authorized to perform: iam:CreateUser" in each for each in reasons)
    users = one_cloud.client("iam").list_users()["Users"]
    assert "sly" not in [user["UserName"] for user in users]


def test_a_rotation_needs_leave_for_its_function(one_cloud: RunningCloud) -> None:
    manager = one_cloud.client("secretsmanager")
    manager.create_secret(Name="rotated", SecretString="x")
    caller = Caller(one_cloud, allow("secretsmanager:*")).acting.client("secretsmanager")
    with pytest.raises(caller.exceptions.ClientError, match="lambda:InvokeFunction"):
        caller.rotate_secret(
            SecretId="rotated", RotationLambdaARN=ARN.format("lambda", "function:rotate")
        )


def test_code_and_layers_are_what_the_caller_may_read(one_cloud: RunningCloud) -> None:
    """A function's code can be downloaded: nobody reads an object by making it one."""
    s3 = one_cloud.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="secret.zip", Body=zip_of({"i.py": "def h(e, c): return 1"}))
    given = role(one_cloud, principal=of_service("lambda"))
    statements = [allow("lambda:*"), allow("iam:PassRole")]
    caller = Caller(one_cloud, *statements).acting.client("lambda")
    source = {"S3Bucket": "code", "S3Key": "secret.zip"}
    made = {"FunctionName": "sly", "Role": given, "Runtime": RUNTIME, "Handler": "i.h"}
    kept = one_cloud.create("def handler(event, context):\n    return 1\n")
    for call, parameters in (
        (caller.create_function, {**made, "Code": source}),
        (caller.update_function_code, {"FunctionName": kept, **source}),
        (caller.publish_layer_version, {"LayerName": "sly", "Content": source}),
    ):
        with pytest.raises(caller.exceptions.ClientError, match="s3:GetObject on resource"):
            call(**parameters)
    layer = one_cloud.client("lambda").publish_layer_version(LayerName="l", Content=source)
    without = deny("lambda:GetLayerVersion")
    narrow = Caller(one_cloud, *statements, allow("s3:*"), without).acting.client("lambda")
    layers = [layer["LayerVersionArn"]]
    with pytest.raises(narrow.exceptions.ClientError, match="lambda:GetLayerVersion"):
        narrow.update_function_configuration(FunctionName=kept, Layers=layers)
    narrow.create_function(**made, Code=source)


def test_a_trust_policy_may_ask_for_whom_a_service_acts(one_cloud: RunningCloud) -> None:
    """IAM User Guide, "The confused deputy problem": aws:SourceArn and aws:SourceAccount."""
    states = one_cloud.client("stepfunctions")
    here = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    own = {**here, "ArnLike": {"aws:SourceArn": ARN.format("states", "stateMachine:mine-*")}}
    elsewhere = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    iam = one_cloud.client("iam")
    for name, condition, works in (
        ("mine-1", here, True),
        ("mine-2", own, True),
        ("theirs", own, False),
        ("mine-3", elsewhere, False),
    ):
        document = trust(of_service("states"), Condition=condition)
        given = iam.create_role(RoleName=f"for-{name}", AssumeRolePolicyDocument=document)["Role"]
        made = {"name": name, "definition": json.dumps(PASS), "roleArn": given["Arn"]}
        if works:
            states.create_state_machine(**made)
        else:
            with pytest.raises(states.exceptions.ClientError, match="is authorized to assume"):
                states.create_state_machine(**made)
