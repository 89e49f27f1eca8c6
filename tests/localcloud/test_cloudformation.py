"""CloudFormation: stacks made, changed, taken back and deleted.

Sources: CloudFormation User Guide and API Reference (read 2026-11); texts of refusals as public
error reports of 2016 to 2025 quote them.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import acting_user, allow
from running_cloud import RunningCloud, own_launcher, running

IAM = ["CAPABILITY_NAMED_IAM"]


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as cloud:
        yield cloud


@pytest.fixture
def name() -> str:
    return f"s{secrets.token_hex(4)}"


def settled(cloud: RunningCloud, stack: str) -> dict[str, Any]:
    client = cloud.client("cloudformation")
    end = time.monotonic() + 60
    while True:
        (found,) = client.describe_stacks(StackName=stack)["Stacks"]
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            return dict(found)
        assert time.monotonic() < end, found["StackStatus"]
        time.sleep(0.05)


def create(cloud: RunningCloud, name: str, template: Any, **given: Any) -> dict[str, Any]:
    client = cloud.client("cloudformation")
    client.create_stack(StackName=name, TemplateBody=text(template), Capabilities=IAM, **given)
    return settled(cloud, name)


def update(cloud: RunningCloud, name: str, template: Any, **given: Any) -> dict[str, Any]:
    client = cloud.client("cloudformation")
    client.update_stack(StackName=name, TemplateBody=text(template), Capabilities=IAM, **given)
    return settled(cloud, name)


def delete(cloud: RunningCloud, stack_id: str) -> dict[str, Any]:
    cloud.client("cloudformation").delete_stack(StackName=stack_id)
    return settled(cloud, stack_id)


def text(template: Any) -> str:
    return template if isinstance(template, str) else json.dumps(template)


def refusal(call: Any, **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**given)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def events(cloud: RunningCloud, stack: str) -> list[tuple[str, str, str]]:
    pages = cloud.client("cloudformation").get_paginator("describe_stack_events")
    found = [e for page in pages.paginate(StackName=stack) for e in page["StackEvents"]]
    return [
        (e["ResourceStatus"], e["LogicalResourceId"], e.get("ResourceStatusReason", ""))
        for e in reversed(found)
    ]


def outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


QUEUE = {"Type": "AWS::SQS::Queue"}


def test_a_stack_is_made_changed_and_deleted(one_cloud: RunningCloud, name: str) -> None:
    sqs = one_cloud.client("sqs")
    template: dict[str, Any] = {
        "Resources": {
            "Dead": QUEUE,
            "Work": {
                "Type": "AWS::SQS::Queue",
                "Properties": {
                    "VisibilityTimeout": "45",
                    "RedrivePolicy": {
                        "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                        "maxReceiveCount": 2,
                    },
                },
            },
        },
        "Outputs": {"Url": {"Value": {"Ref": "Work"}}},
    }
    made = create(one_cloud, name, template, Tags=[{"Key": "team", "Value": "a"}])
    assert made["StackStatus"] == "CREATE_COMPLETE"
    url = outputs(made)["Url"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["VisibilityTimeout"] == "45"
    assert json.loads(found["RedrivePolicy"])["maxReceiveCount"] == 2
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "a"}
    template["Resources"]["Work"]["Properties"]["VisibilityTimeout"] = 50
    changed = update(one_cloud, name, template)
    assert changed["StackStatus"] == "UPDATE_COMPLETE"
    assert outputs(changed)["Url"] == url, "changed in place"
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["VisibilityTimeout"] == "50"
    gone = delete(one_cloud, made["StackId"])
    assert gone["StackStatus"] == "DELETE_COMPLETE"
    assert not sqs.list_queues(QueueNamePrefix=name).get("QueueUrls")
    listed = one_cloud.client("cloudformation").list_stacks(StackStatusFilter=["DELETE_COMPLETE"])[
        "StackSummaries"
    ]
    assert made["StackId"] in {each["StackId"] for each in listed}


def test_events_are_in_order_and_the_first_comes_last_made_last(
    one_cloud: RunningCloud, name: str
) -> None:
    made = create(
        one_cloud,
        name,
        {"Resources": {"B": {**QUEUE, "DependsOn": "A"}, "A": QUEUE}},
    )
    told = events(one_cloud, name)
    assert told[0] == ("CREATE_IN_PROGRESS", name, "User Initiated")
    assert [e[:2] for e in told[1:]] == [
        ("CREATE_IN_PROGRESS", "A"),
        ("CREATE_IN_PROGRESS", "A"),
        ("CREATE_COMPLETE", "A"),
        ("CREATE_IN_PROGRESS", "B"),
        ("CREATE_IN_PROGRESS", "B"),
        ("CREATE_COMPLETE", "B"),
        ("CREATE_COMPLETE", name),
    ]
    delete(one_cloud, made["StackId"])
    assert [e[1] for e in events(one_cloud, made["StackId"]) if e[0] == "DELETE_COMPLETE"] == [
        "B",
        "A",
        name,
    ]


def test_a_failure_takes_a_new_stack_back(one_cloud: RunningCloud, name: str) -> None:
    template = {
        "Resources": {
            "Good": QUEUE,
            "Bad": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {
                    "Queues": ["http://127.0.0.1/123456789012/none"],
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": []},
                },
                "DependsOn": "Good",
            },
        }
    }
    made = create(one_cloud, name, template)
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    told = events(one_cloud, name)
    assert (
        "ROLLBACK_IN_PROGRESS",
        name,
        "The following resource(s) failed to create: [Bad]. Rollback requested by user.",
    ) in told
    (failed,) = [reason for status, _, reason in told if status == "CREATE_FAILED"]
    assert "HandlerErrorCode" in failed
    assert not one_cloud.client("sqs").list_queues(QueueNamePrefix=name).get("QueueUrls")
    client = one_cloud.client("cloudformation")
    code, message = refusal(client.update_stack, StackName=name, TemplateBody=text(template))
    assert code == "ValidationError"
    assert "is in ROLLBACK_COMPLETE state and can not be updated" in message
    delete(one_cloud, made["StackId"])


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"OnFailure": "DO_NOTHING"}, "CREATE_FAILED"),
        ({"DisableRollback": True}, "CREATE_FAILED"),
        ({"OnFailure": "DELETE"}, "DELETE_COMPLETE"),
    ],
)
def test_what_a_failure_does_is_chosen(
    one_cloud: RunningCloud, name: str, how: dict[str, Any], status: str
) -> None:
    bad = {"Type": "AWS::SQS::Queue", "Properties": {"Nonsense": 1}}
    client = one_cloud.client("cloudformation")
    template = text({"Resources": {"Good": QUEUE, "Bad": {**bad, "DependsOn": "Good"}}})
    stack_id = client.create_stack(StackName=name, TemplateBody=template, **how)["StackId"]
    assert settled(one_cloud, stack_id)["StackStatus"] == status
    left = one_cloud.client("sqs").list_queues(QueueNamePrefix=name).get("QueueUrls", [])
    assert len(left) == (1 if status == "CREATE_FAILED" else 0)
    (reason,) = [e[2] for e in events(one_cloud, stack_id) if e[:2] == ("CREATE_FAILED", "Bad")]
    assert "extraneous key [Nonsense] is not permitted" in reason
    delete(one_cloud, stack_id)


def test_a_failed_update_brings_everything_back(one_cloud: RunningCloud, name: str) -> None:
    sqs = one_cloud.client("sqs")
    first: dict[str, Any] = {
        "Resources": {
            "Kept": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 30}},
            "Replaced": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{name}-one"}},
        },
        "Outputs": {"Kept": {"Value": {"Ref": "Kept"}}},
    }
    made = create(one_cloud, name, first)
    second = json.loads(json.dumps(first))
    second["Resources"]["Kept"]["Properties"]["VisibilityTimeout"] = 60
    second["Resources"]["Replaced"]["Properties"]["QueueName"] = f"{name}-two"
    second["Resources"]["New"] = QUEUE
    second["Resources"]["Bad"] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"Nonsense": 1},
        "DependsOn": ["Kept", "Replaced", "New"],
    }
    back = update(one_cloud, name, second)
    assert back["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    url = outputs(back)["Kept"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    assert found["Attributes"]["VisibilityTimeout"] == "30"
    left = {each.rpartition("/")[2] for each in sqs.list_queues(QueueNamePrefix=name)["QueueUrls"]}
    assert left == {f"{name}-one", url.rpartition("/")[2]}
    resources = one_cloud.client("cloudformation").describe_stack_resources(StackName=name)
    assert {e["LogicalResourceId"] for e in resources["StackResources"]} == {"Kept", "Replaced"}
    assert (
        "UPDATE_ROLLBACK_IN_PROGRESS",
        name,
        "The following resource(s) failed to create: [Bad].",
    ) in events(one_cloud, name)
    # What was taken back can be brought forward.
    del second["Resources"]["Bad"]
    assert update(one_cloud, name, second)["StackStatus"] == "UPDATE_COMPLETE"
    left = {each.rpartition("/")[2] for each in sqs.list_queues(QueueNamePrefix=name)["QueueUrls"]}
    assert f"{name}-one" not in left, "what is replaced is deleted in the clean-up"
    assert f"{name}-two" in left
    delete(one_cloud, made["StackId"])


def test_half_a_resource_is_taken_back_as_well(one_cloud: RunningCloud, name: str) -> None:
    """Each of these is made, and then one of its settings is refused."""
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        },
    }
    halves: dict[str, Any] = {
        "AWS::IAM::Role": {
            "RoleName": name,
            "AssumeRolePolicyDocument": trust,
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/NoSuchPolicyAtAll"],
        },
        "AWS::S3::Bucket": {
            "BucketName": name,
            "NotificationConfiguration": {
                "QueueConfigurations": [
                    {"Event": "s3:NoSuchEvent", "Queue": "arn:aws:sqs:us-east-1:123456789012:q"}
                ]
            },
        },
        "AWS::Events::Rule": {
            "Name": name,
            "ScheduleExpression": "rate(1 hour)",
            "Targets": [{"Id": "a", "Arn": "no arn"}],
        },
    }
    for kind, properties in halves.items():
        template = {"Resources": {"Half": {"Type": kind, "Properties": properties}}}
        made = create(one_cloud, name, template)
        assert made["StackStatus"] == "ROLLBACK_COMPLETE", kind
        told = [each[:2] for each in events(one_cloud, name)]
        assert ("DELETE_COMPLETE", "Half") in told, kind
        delete(one_cloud, made["StackId"])
    iam, s3 = one_cloud.client("iam"), one_cloud.client("s3")
    assert name not in {each["RoleName"] for each in iam.list_roles()["Roles"]}
    assert name not in {each["Name"] for each in s3.list_buckets()["Buckets"]}
    assert not one_cloud.client("events").list_rules(NamePrefix=name)["Rules"]


def test_a_resource_that_was_taken_back_says_so(one_cloud: RunningCloud, name: str) -> None:
    bad = {"Type": "AWS::SQS::Queue", "Properties": {"Nonsense": 1}, "DependsOn": "Good"}
    made = create(one_cloud, name, {"Resources": {"Good": QUEUE, "Bad": bad}})
    found = one_cloud.client("cloudformation").describe_stack_resources(StackName=name)
    assert {e["LogicalResourceId"]: e["ResourceStatus"] for e in found["StackResources"]} == {
        "Good": "DELETE_COMPLETE",
        "Bad": "CREATE_FAILED",
    }
    delete(one_cloud, made["StackId"])


def test_a_named_resource_is_not_replaced_under_its_name(
    one_cloud: RunningCloud, name: str
) -> None:
    def table(key: str) -> dict[str, Any]:
        return {
            "Resources": {
                "Table": {
                    "Type": "AWS::DynamoDB::Table",
                    "Properties": {
                        "TableName": name,
                        "BillingMode": "PAY_PER_REQUEST",
                        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
                        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
                    },
                }
            }
        }

    made = create(one_cloud, name, table("a"))
    assert update(one_cloud, name, table("b"))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    (reason,) = [e[2] for e in events(one_cloud, name) if e[0] == "UPDATE_FAILED"]
    assert reason == (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        f"Rename {name} and update the stack again."
    )
    delete(one_cloud, made["StackId"])


def test_policies_keep_what_they_name(one_cloud: RunningCloud, name: str) -> None:
    sqs = one_cloud.client("sqs")
    template = {
        "Resources": {
            "Kept": {**QUEUE, "DeletionPolicy": "Retain"},
            "Gone": QUEUE,
        }
    }
    made = create(one_cloud, name, template)
    delete(one_cloud, made["StackId"])
    (left,) = sqs.list_queues(QueueNamePrefix=name)["QueueUrls"]
    assert "-Kept-" in left
    assert ("DELETE_SKIPPED", "Kept", "") in events(one_cloud, made["StackId"])
    sqs.delete_queue(QueueUrl=left)


def test_a_bucket_with_objects_keeps_its_stack(one_cloud: RunningCloud, name: str) -> None:
    template = {
        "Resources": {"Files": {"Type": "AWS::S3::Bucket"}, "Queue": QUEUE},
        "Outputs": {"Bucket": {"Value": {"Ref": "Files"}}},
    }
    made = create(one_cloud, name, template)
    bucket, s3 = outputs(made)["Bucket"], one_cloud.client("s3")
    assert bucket == bucket.lower()
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    left = delete(one_cloud, made["StackId"])
    assert left["StackStatus"] == "DELETE_FAILED"
    assert left["StackStatusReason"] == "The following resource(s) failed to delete: [Files]. "
    s3.delete_object(Bucket=bucket, Key="a")
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_exports_bind_stacks_together(one_cloud: RunningCloud, name: str) -> None:
    client = one_cloud.client("cloudformation")
    exporting = {
        "Resources": {"Queue": QUEUE},
        "Outputs": {
            "Arn": {"Value": {"Fn::GetAtt": "Queue.Arn"}, "Export": {"Name": f"{name}-arn"}}
        },
    }
    importing = {
        "Resources": {
            "P": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::ImportValue": f"{name}-arn"}},
            }
        }
    }
    missing = create(one_cloud, f"{name}-early", importing)
    assert missing["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any(
        f"No export named {name}-arn found" in e[2] for e in events(one_cloud, f"{name}-early")
    )
    first = create(one_cloud, name, exporting)
    second = create(one_cloud, f"{name}-user", importing)
    assert second["StackStatus"] == "CREATE_COMPLETE"
    assert client.list_imports(ExportName=f"{name}-arn")["Imports"] == [f"{name}-user"]
    kept = delete(one_cloud, first["StackId"])
    assert kept["StackStatus"] == "DELETE_FAILED"
    assert "cannot be deleted as it is in use by" in kept["StackStatusReason"]
    again = create(one_cloud, f"{name}-twin", exporting)
    assert again["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("already exported by stack" in e[2] for e in events(one_cloud, f"{name}-twin"))
    for stack in (second, first, again, missing):
        assert delete(one_cloud, stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_change_sets_say_what_will_be(one_cloud: RunningCloud, name: str) -> None:
    client = one_cloud.client("cloudformation")

    def template(size: int, extra: str) -> str:
        return text(
            {
                "Parameters": {"Seconds": {"Type": "Number", "Default": size}},
                "Resources": {
                    "A": {
                        "Type": "AWS::SQS::Queue",
                        "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}},
                    },
                    "B": {
                        "Type": "AWS::SQS::Queue",
                        "Properties": {"QueueName": f"{name}-{extra}"},
                    },
                    extra: QUEUE,
                },
            }
        )

    first = client.create_change_set(
        StackName=name, ChangeSetName="one", ChangeSetType="CREATE", TemplateBody=template(30, "x")
    )
    (stack,) = client.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert not one_cloud.client("sqs").list_queues(QueueNamePrefix=name).get("QueueUrls")
    client.execute_change_set(ChangeSetName=first["Id"])
    assert settled(one_cloud, name)["StackStatus"] == "CREATE_COMPLETE"
    second = client.create_change_set(
        StackName=name, ChangeSetName="two", TemplateBody=template(60, "y")
    )
    told = client.describe_change_set(ChangeSetName=second["Id"])
    changes = {
        e["ResourceChange"]["LogicalResourceId"]: e["ResourceChange"] for e in told["Changes"]
    }
    assert {key: each["Action"] for key, each in changes.items()} == {
        "A": "Modify",
        "B": "Modify",
        "x": "Remove",
        "y": "Add",
    }
    assert changes["A"]["Replacement"] == "False"
    assert changes["B"]["Replacement"] == "True"
    (detail,) = changes["A"]["Details"]
    assert detail["CausingEntity"] == "Seconds"
    assert detail["ChangeSource"] == "ParameterReference"
    client.execute_change_set(ChangeSetName="two", StackName=name)
    assert settled(one_cloud, name)["StackStatus"] == "UPDATE_COMPLETE"
    third = client.create_change_set(
        StackName=name, ChangeSetName="three", TemplateBody=template(60, "y")
    )
    nothing = client.describe_change_set(ChangeSetName=third["Id"])
    assert nothing["Status"] == "FAILED"
    assert nothing["StatusReason"].startswith("The submitted information didn't contain changes.")
    assert refusal(client.execute_change_set, ChangeSetName=third["Id"])[0] == (
        "InvalidChangeSetStatus"
    )
    client.delete_change_set(ChangeSetName=third["Id"])
    delete(one_cloud, stack["StackId"])


def test_an_update_without_a_change_is_refused(one_cloud: RunningCloud, name: str) -> None:
    template = {"Resources": {"Q": QUEUE}}
    made = create(one_cloud, name, template)
    client = one_cloud.client("cloudformation")
    told = refusal(client.update_stack, StackName=name, TemplateBody=text(template))
    assert told == ("ValidationError", "No updates are to be performed.")
    delete(one_cloud, made["StackId"])


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({"Resources": {}}, "At least one Resources member must be defined"),
        ({"Resource": {"A": QUEUE}}, "Invalid template property or properties [Resource]"),
        ({"Resources": {"A": {"Type": "AWS::Foo::Bar"}}}, "Unrecognized resource types"),
        ({"Resources": {"A-b": QUEUE}}, "Resource name A-b is non alphanumeric"),
        ({"Resources": {"A": {"Properties": {}}}}, "must contain a Type member"),
        (
            {"Resources": {"A": {"Type": "AWS::SQS::Queue", "Property": {}}}},
            "Invalid template resource property 'Property'",
        ),
        (
            {"Resources": {"A": QUEUE}, "Outputs": {"O": {"Value": {"Ref": "B"}}}},
            "Unresolved resource dependencies [B] in the Outputs block of the template",
        ),
        (
            {"Resources": {"A": {**QUEUE, "DependsOn": "B"}, "B": {**QUEUE, "DependsOn": "A"}}},
            "Circular dependency between resources: [A, B]",
        ),
        (
            {"Resources": {"A": {**QUEUE, "Condition": "Nope"}}},
            "Unresolved condition dependency Nope",
        ),
        (
            {"Resources": {"A": QUEUE}, "Outputs": {"O": {"Value": {"Fn::GetAtt": "A.Color"}}}},
            "resource A does not support attribute type Color in Fn::GetAtt",
        ),
        (
            {"Parameters": {"P": {"Type": "String"}}, "Resources": {"A": QUEUE}},
            "Parameters: [P] must have values",
        ),
        (
            "Resources:\n  A: {Type: AWS::SQS::Queue}\n  A: {Type: AWS::SNS::Topic}\n",
            "duplicate key",
        ),
        ("{nope", "JSON not well-formed"),
        ("just a text", "unsupported structure"),
    ],
)
def test_templates_that_are_refused(
    one_cloud: RunningCloud, name: str, template: Any, words: str
) -> None:
    client = one_cloud.client("cloudformation")
    code, message = refusal(client.create_stack, StackName=name, TemplateBody=text(template))
    assert code == "ValidationError"
    assert words in message
    assert refusal(client.describe_stacks, StackName=name) == (
        "ValidationError",
        f"Stack with id {name} does not exist",
    )


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ({"Type": "AWS::EC2::Instance"}, "AWS::EC2::Instance"),
        (
            {"Type": "AWS::S3::Bucket", "Properties": {"ReplicationConfiguration": {}}},
            "ReplicationConfiguration",
        ),
        (
            {"Type": "AWS::SQS::Queue", "CreationPolicy": {"ResourceSignal": {"Count": 1}}},
            "CreationPolicy",
        ),
    ],
)
def test_what_is_not_done_is_refused_by_name_before_anything_is_made(
    one_cloud: RunningCloud, name: str, resource: Any, named: str
) -> None:
    client = one_cloud.client("cloudformation")
    template = text({"Resources": {"Fine": QUEUE, "Odd": resource}})
    code, message = refusal(client.create_stack, StackName=name, TemplateBody=template)
    assert code == "NotImplemented"
    assert named in message
    assert refusal(client.describe_stacks, StackName=name)[0] == "ValidationError"


def test_a_stack_that_is_being_made_can_be_deleted(one_cloud: RunningCloud, name: str) -> None:
    """Source: DeleteStack, API reference: a stack in creation is deleted as well."""
    client = one_cloud.client("cloudformation")
    many = {f"Q{number}": QUEUE for number in range(40)}
    template = text({"Resources": many})
    stack_id = client.create_stack(StackName=name, TemplateBody=template)["StackId"]
    client.delete_stack(StackName=name)
    gone = settled(one_cloud, stack_id)
    assert gone["StackStatus"] == "DELETE_COMPLETE", events(one_cloud, stack_id)
    assert not one_cloud.client("sqs").list_queues(QueueNamePrefix=f"{name}-").get("QueueUrls")


def test_a_section_that_would_do_nothing_is_refused(one_cloud: RunningCloud, name: str) -> None:
    template = text({"Resources": {"Q": QUEUE}, "Hooks": {"A": {"Type": "B"}}})
    code, message = refusal(
        one_cloud.client("cloudformation").create_stack, StackName=name, TemplateBody=template
    )
    assert code == "NotImplemented"
    assert "Hooks" in message


def test_capabilities_are_asked_for(one_cloud: RunningCloud, name: str) -> None:
    client = one_cloud.client("cloudformation")
    role: dict[str, Any] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                },
            }
        },
    }
    template = text({"Resources": {"Role": role}})
    assert refusal(client.create_stack, StackName=name, TemplateBody=template) == (
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_IAM]",
    )
    role["Properties"]["RoleName"] = name
    template = text({"Resources": {"Role": role}})
    assert (
        refusal(
            client.create_stack,
            StackName=name,
            TemplateBody=template,
            Capabilities=["CAPABILITY_IAM"],
        )[1]
        == "Requires capabilities : [CAPABILITY_NAMED_IAM]"
    )
    made = create(one_cloud, name, template)
    assert made["StackStatus"] == "CREATE_COMPLETE"
    assert one_cloud.client("iam").get_role(RoleName=name)["Role"]["RoleName"] == name
    delete(one_cloud, made["StackId"])


def test_a_protected_stack_stays(one_cloud: RunningCloud, name: str) -> None:
    client = one_cloud.client("cloudformation")
    made = create(one_cloud, name, {"Resources": {"Q": QUEUE}}, EnableTerminationProtection=True)
    assert "TerminationProtection" in refusal(client.delete_stack, StackName=name)[1]
    client.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_resources_are_made_with_the_callers_rights(one_cloud: RunningCloud, name: str) -> None:
    me = one_cloud.client("sts").get_caller_identity()["Account"]
    acting, user, _ = acting_user(one_cloud, allow(["cloudformation:*", "sqs:*"]))
    as_user = acting.client("cloudformation")
    template = text({"Resources": {"Q": QUEUE, "T": {"Type": "AWS::SNS::Topic", "DependsOn": "Q"}}})
    as_user.create_stack(StackName=name, TemplateBody=template)
    made = settled(one_cloud, name)
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    (reason,) = [e[2] for e in events(one_cloud, name) if e[0] == "CREATE_FAILED"]
    assert f"arn:aws:iam::{me}:user/{user} is not authorized to perform: " in reason
    assert "SNS:CreateTopic" in reason or "sns:CreateTopic" in reason
    delete(one_cloud, made["StackId"])
    role = f"arn:aws:iam::{me}:role/none"
    told = refusal(as_user.create_stack, StackName=name, TemplateBody=template, RoleARN=role)
    assert told[0] == "AccessDenied", "a role is passed"


def test_a_stack_with_a_role_has_the_roles_rights(one_cloud: RunningCloud, name: str) -> None:
    iam = one_cloud.client("iam")
    trusts = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "cloudformation.amazonaws.com"},
        },
    }
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusts))["Role"]["Arn"]
    made = create(one_cloud, name, {"Resources": {"Q": QUEUE}}, RoleARN=arn)
    assert made["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("AWSCloudFormation" in e[2] for e in events(one_cloud, name))
    delete(one_cloud, made["StackId"])
    lambda_only = one_cloud.role()
    code, message = refusal(
        one_cloud.client("cloudformation").create_stack,
        StackName=name,
        TemplateBody=text({"Resources": {"Q": QUEUE}}),
        RoleARN=lambda_only,
    )
    assert (code, message) == (
        "ValidationError",
        f"Role {lambda_only} is invalid or cannot be assumed",
    )


def test_a_template_in_a_bucket_and_parameters_of_systems_manager(
    one_cloud: RunningCloud, name: str
) -> None:
    s3, ssm = one_cloud.client("s3"), one_cloud.client("ssm")
    s3.create_bucket(Bucket=name)
    ssm.put_parameter(Name=f"/{name}/seconds", Type="String", Value="77")
    template = {
        "Parameters": {
            "Seconds": {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Default": f"/{name}/seconds",
            },
            "Secret": {"Type": "String", "NoEcho": True},
        },
        "Resources": {
            "Q": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}},
            },
            "P": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Type": "String",
                    "Value": {"Fn::Sub": "{{resolve:ssm:/${AWS::StackName}/seconds}}-${Secret}"},
                },
            },
        },
        "Outputs": {"Q": {"Value": {"Ref": "Q"}}, "P": {"Value": {"Ref": "P"}}},
    }
    s3.put_object(Bucket=name, Key="a b/t.json", Body=text(template))
    client = one_cloud.client("cloudformation")
    client.create_stack(
        StackName=name,
        TemplateURL=f"https://s3.amazonaws.com/{name}/a%20b/t.json",
        Parameters=[{"ParameterKey": "Secret", "ParameterValue": "hush-hush"}],
    )
    made = settled(one_cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE"
    found = one_cloud.client("sqs").get_queue_attributes(
        QueueUrl=outputs(made)["Q"], AttributeNames=["VisibilityTimeout"]
    )
    assert found["Attributes"]["VisibilityTimeout"] == "77"
    assert ssm.get_parameter(Name=outputs(made)["P"])["Parameter"]["Value"] == "77-hush-hush"
    shown = {each["ParameterKey"]: each for each in made["Parameters"]}
    assert shown["Secret"]["ParameterValue"] == "****"
    assert shown["Seconds"]["ResolvedValue"] == "77"
    pages = client.describe_stack_events(StackName=name)["StackEvents"]
    assert "hush" not in json.dumps(pages, default=str)
    delete(one_cloud, made["StackId"])


def test_functions_of_templates(one_cloud: RunningCloud, name: str) -> None:
    template = """
Parameters:
  Names: {Type: CommaDelimitedList, Default: "red,green"}
Mappings:
  Sizes: {us-east-1: {small: s, large: l}}
Conditions:
  Here: !Equals [!Ref AWS::Region, us-east-1]
  Never: !Not [!Condition Here]
  Some: !Or [!Condition Never, !And [!Condition Here, !Equals [a, a]]]
Resources:
  Q: {Type: AWS::SQS::Queue}
  None: {Type: AWS::SQS::Queue, Condition: Never}
Outputs:
  Join: {Value: !Join ["-", !Ref Names]}
  Select: {Value: !Select [1, !Ref Names]}
  Split: {Value: !Select [2, !Split ["/", "a/b/c"]]}
  Sub: {Value: !Sub ["${Q.Arn} ${x} ${!Kept} ${AWS::AccountId}", {x: !Ref AWS::StackName}]}
  Map: {Value: !FindInMap [Sizes, !Ref AWS::Region, large]}
  If: {Value: !If [Some, yes it is, no]}
  Base64: {Value: !Base64 text}
  Cidr: {Value: !Select [1, !Cidr [10.0.0.0/16, 4, 8]]}
  Zone: {Value: !Select [0, !GetAZs ""]}
  Hidden: {Value: x, Condition: Never}
"""
    made = create(one_cloud, name, template)
    assert made["StackStatus"] == "CREATE_COMPLETE", events(one_cloud, name)
    found = outputs(made)
    account = one_cloud.client("sts").get_caller_identity()["Account"]
    assert found.pop("Sub").endswith(f" {name} ${{Kept}} {account}")
    assert found == {
        "Join": "red-green",
        "Select": "green",
        "Split": "c",
        "Map": "l",
        "If": "yes it is",
        "Base64": "dGV4dA==",
        "Cidr": "10.0.1.0/24",
        "Zone": "us-east-1a",
    }
    listed = one_cloud.client("cloudformation").list_stack_resources(StackName=name)
    assert [e["LogicalResourceId"] for e in listed["StackResourceSummaries"]] == ["Q"]
    delete(one_cloud, made["StackId"])


def test_a_stack_within_a_stack(one_cloud: RunningCloud, name: str) -> None:
    s3 = one_cloud.client("s3")
    s3.create_bucket(Bucket=name)
    inner: dict[str, Any] = {
        "Parameters": {"Seconds": {"Type": "Number"}},
        "Resources": {
            "Q": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"VisibilityTimeout": {"Ref": "Seconds"}},
            }
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}}},
    }
    s3.put_object(Bucket=name, Key="inner.json", Body=text(inner))

    def outer(seconds: Any) -> dict[str, Any]:
        return {
            "Resources": {
                "Inner": {
                    "Type": "AWS::CloudFormation::Stack",
                    "Properties": {
                        "TemplateURL": f"https://{name}.s3.us-east-1.amazonaws.com/inner.json",
                        "Parameters": {"Seconds": seconds},
                    },
                }
            },
            "Outputs": {
                "Arn": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Arn"]}},
                "Id": {"Value": {"Ref": "Inner"}},
            },
        }

    made = create(one_cloud, name, outer(10))
    assert made["StackStatus"] == "CREATE_COMPLETE", events(one_cloud, name)
    child = outputs(made)["Id"]
    client = one_cloud.client("cloudformation")
    (shown,) = client.describe_stacks(StackName=child)["Stacks"]
    assert shown["ParentId"] == made["StackId"]
    assert outputs(made)["Arn"].startswith("arn:aws:sqs:")
    assert update(one_cloud, name, outer(20))["StackStatus"] == "UPDATE_COMPLETE"
    failed = update(one_cloud, name, outer("many"))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert any("Parameter 'Seconds' must be a number" in e[2] for e in events(one_cloud, name))
    delete(one_cloud, made["StackId"])
    assert client.describe_stacks(StackName=child)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
