"""Clean-up against moto's control plane, in this process."""

import json
from dataclasses import replace

import pytest
from aws_clients import moto_session
from botocore.exceptions import ClientError
from learner import MAKERS, TRUST, Learner, archive
from moto import mock_aws

from serverless_course.aws import cleanup
from serverless_course.aws.cleanup import clean_up, listed
from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds import KINDS
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.stamp import Stamp
from serverless_course.aws.vpc import create_vpc

SLUG = "04-memory-tuning"
STATEMENT = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
SERVICES = (
    *("lambda", "logs", "iam", "sqs", "sns", "dynamodb"),
    *("cloudwatch", "secretsmanager", "fis", "ec2", "cloudformation", "apigatewayv2"),
    *("ssm", "stepfunctions", "elbv2", "scheduler", "pipes"),
)


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Cloud("aws", moto_session(), "us-east-1", "123456789012", None, 1.0, "moto")


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.jsonl")


def make_role(cloud, name):
    iam = cloud.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=POLICY)
    policy = iam.create_policy(PolicyName=f"{name}-p", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    return arn


def make_function(cloud, name, role):
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": archive("lambda_function.py", "def lambda_handler(e, c): pass")},
    )
    cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")


def journal(cloud, ledger, name):
    for kind, full in (
        ("iam:role", f"{name}-role"),
        ("lambda:function", name),
        ("logs:log-group", f"/aws/lambda/{name}"),
    ):
        ledger.record(Resource(cloud.target, SLUG, kind, full))


@pytest.fixture
def lab(cloud, ledger):
    name = f"course-{SLUG}-primes"
    stamp = Stamp(cloud, ledger, SLUG)
    for service in SERVICES:
        stamp.listen(cloud.client(service))
    make_function(cloud, name, make_role(cloud, f"{name}-role"))
    return name


def make_the_rest(cloud, ledger, name):
    """One of each other type."""
    for kind in set(KINDS) - {"lambda:function", "logs:log-group", "iam:role"}:
        if kind not in ("ec2:vpc", "ec2:elastic-ip", "lambda:event-source-mapping"):
            MAKERS[kind](cloud.client, name)
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    cloud.client("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=arn["Attributes"]["QueueArn"]
    )
    make_the_network(cloud, ledger, name)


def make_the_network(cloud, ledger, name):
    """A VPC with a NAT gateway that has an elastic address, and an endpoint."""
    vpc = create_vpc(cloud, ledger, SLUG, name.removeprefix(f"course-{SLUG}-"))
    ec2 = cloud.client("ec2")
    named = [{"Key": "Name", "Value": name}]
    address = ec2.allocate_address(
        TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": named}]
    )
    ec2.create_nat_gateway(SubnetId=vpc.public[vpc.zones[0]], AllocationId=address["AllocationId"])
    ec2.create_vpc_endpoint(
        VpcId=vpc.id,
        VpcEndpointType="Gateway",
        ServiceName="com.amazonaws.us-east-1.dynamodb",
        RouteTableIds=[vpc.private_table],
    )


def test_it_deletes_everything_and_proves_it(cloud, ledger, lab):
    make_the_rest(cloud, ledger, lab)
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean
    assert {found.kind for found in result.deleted} == set(KINDS)
    assert listed(cloud, SLUG, ledger) == set()
    assert "0 resources remain" in result.describe()
    assert ledger.held(cloud.target) == ()


def test_it_may_run_twice(cloud, ledger, lab):
    clean_up(cloud, ledger, SLUG)
    again = clean_up(cloud, ledger, SLUG)
    assert again.clean
    assert (again.deleted, again.already_gone) == ((), ())


def test_what_was_journalled_and_never_made_is_no_fault(cloud, ledger):
    journal(cloud, ledger, f"course-{SLUG}-never")
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean
    assert len(result.already_gone) == 3


def test_only_what_bears_the_ledgers_id_is_deleted(cloud, ledger, lab, tmp_path):
    theirs = f"course-{SLUG}-theirs"
    other = Learner(cloud, tmp_path / "theirs", SLUG)
    for service in SERVICES:
        other.client(service)
    make_function(other.cloud, theirs, make_role(other.cloud, f"{theirs}-role"))
    make_role(cloud.with_own_clients(), "production")
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean
    assert {found.name for found in result.not_ours} == {
        theirs,
        f"{theirs}-role",
        f"/aws/lambda/{theirs}",
    }
    assert "0 resources remain" in result.describe()
    assert cloud.client("lambda").get_function(FunctionName=theirs)
    assert cloud.client("iam").get_role(RoleName="production")


def test_what_bears_the_prefix_and_no_tags_is_kept_and_the_lab_is_not_called_clean(
    cloud, ledger, lab
):
    theirs = f"course-{SLUG}-theirs"
    plain = cloud.with_own_clients()
    make_function(plain, theirs, make_role(plain, f"{theirs}-role"))
    result = clean_up(cloud, ledger, SLUG)
    assert not result.clean
    assert {found.name for found in result.unclaimed} == {
        theirs,
        f"{theirs}-role",
        f"/aws/lambda/{theirs}",
    }
    assert "3 resources remain" in result.describe()
    assert "no record of making it" in result.describe()
    assert cloud.client("lambda").get_function(FunctionName=theirs)


def test_a_line_about_another_cloud_deletes_nothing_here(cloud, ledger):
    name = f"course-{SLUG}-primes"
    for kind in ("iam:role", "lambda:function"):
        ledger.record(Resource("embedded 123456789012 us-east-1", SLUG, kind, name))
    make_function(cloud, name, make_role(cloud, f"{name}-role"))
    result = clean_up(cloud, ledger, SLUG)
    assert result.deleted == ()
    assert cloud.client("lambda").get_function(FunctionName=name)


def test_a_journalled_resource_of_another_name_is_found_too(cloud, ledger):
    Stamp(cloud, ledger, SLUG).listen(cloud.client("logs"))
    cloud.client("logs").create_log_group(logGroupName="/my/own")
    assert [found.name for found in clean_up(cloud, ledger, SLUG).deleted] == ["/my/own"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("call", range(17))
def test_an_interruption_at_any_call_loses_nothing(cloud, ledger, lab, call, error):
    seen = 0

    def interrupt(**_):
        nonlocal seen
        seen += 1
        if seen == call + 1:
            raise error

    for service in ("lambda", "logs", "iam"):
        cloud.client(service).meta.events.register("before-call", interrupt)
    with pytest.raises(error):
        clean_up(cloud, ledger, SLUG)
    assert len(ledger.held(cloud.target)) == 3
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean
    assert len(result.deleted) + len(result.already_gone) == 3
    assert ledger.held(cloud.target) == ()


def test_what_cannot_go_is_told_and_stays_in_the_ledger(cloud, ledger, lab, monkeypatch):
    def refuse(_cloud, _name):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteRole")

    kept = {**KINDS, "iam:role": replace(KINDS["iam:role"], delete=refuse)}
    monkeypatch.setattr(cleanup, "KINDS", kept)
    pauses = []
    result = clean_up(cloud, ledger, SLUG, pause_s=7, sleep=pauses.append)
    assert not result.clean
    assert pauses == [7, 7]
    assert [found.name for found in result.remaining] == [f"{lab}-role"]
    assert "AccessDenied" in result.describe()
    assert len(result.deleted) == 2
    assert [found.name for found in ledger.held(cloud.target)] == [f"{lab}-role"]


def test_a_log_group_that_comes_back_is_deleted_again(cloud, ledger, lab):
    # Lambda makes it, and not the learner: without tags.
    logs = cloud.with_own_clients().client("logs")
    late = [f"/aws/lambda/{lab}"]

    def last_lines(**_):
        # Deleting the role stands for "a moment later"; the group was deleted before it.
        if late:
            logs.create_log_group(logGroupName=late.pop())

    cloud.client("iam").meta.events.register("after-call.iam.DeleteRole", last_lines)
    result = clean_up(cloud, ledger, SLUG, pause_s=0)
    assert late == []
    assert result.clean
    assert listed(cloud, SLUG, ledger) == set()


def test_a_type_of_a_later_version_is_never_called_gone(cloud, ledger):
    queue = Resource(cloud.target, SLUG, "sqs:from-the-future", "q")
    ledger.record(queue)
    result = clean_up(cloud, ledger, SLUG, pause_s=0)
    assert result.remaining == (queue,)
    assert "does not know its type" in result.describe()
    assert ledger.held(cloud.target) == (queue,)


def test_a_stack_that_was_only_looked_at_goes_too(cloud, ledger):
    """A change set that nobody executed leaves a stack under review, which has no tags yet."""
    client, name = cloud.client("cloudformation"), f"course-{SLUG}-looked-at"
    Stamp(cloud, ledger, SLUG).listen(client)
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    for change in ("one", "two"):
        client.create_change_set(
            StackName=name,
            ChangeSetName=change,
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(topic),
        )
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean, result.describe()
    assert [found.name for found in result.deleted] == [name]


def test_a_stack_goes_with_its_buckets_and_all_that_they_hold(cloud, ledger):
    """A bucket that holds objects, old versions or delete markers would keep its stack."""
    client, name = cloud.client("cloudformation"), f"course-{SLUG}-photos"
    Stamp(cloud, ledger, SLUG).listen(client)
    kept = {"VersioningConfiguration": {"Status": "Enabled"}}
    buckets = {
        "Plain": {"Type": "AWS::S3::Bucket"},
        "Kept": {"Type": "AWS::S3::Bucket", "Properties": kept},
    }
    client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": buckets}))
    s3 = cloud.client("s3")
    foreign = "somebody-elses-photos"
    s3.create_bucket(Bucket=foreign)
    found = client.describe_stack_resources(StackName=name)["StackResources"]
    for bucket in (*(each["PhysicalResourceId"] for each in found), foreign):
        for body in (b"one", b"two"):
            s3.put_object(Bucket=bucket, Key="photo", Body=body)
        s3.put_object(Bucket=bucket, Key="gone", Body=b"")
        s3.delete_object(Bucket=bucket, Key="gone")
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean, result.describe()
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [foreign]
    assert s3.get_object(Bucket=foreign, Key="photo")["Body"].read() == b"two"
