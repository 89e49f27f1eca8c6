"""Nobody else's resources are adopted or deleted, in a cloud that several people use."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import boto3
import pytest
from learner import MAKERS, Learner, schedule_of
from moto import mock_aws

from serverless_course.aws.cleanup import clean_up
from serverless_course.aws.cloud import Cloud
from serverless_course.aws.disruption import Disruption
from serverless_course.aws.kinds import KINDS
from serverless_course.aws.ledger import Resource
from serverless_course.aws.ownership import ForeignResource
from serverless_course.aws.vpc import create_vpc
from serverless_course.functions.role import execution_role

SLUG = "04-memory-tuning"
EACH_KIND = pytest.mark.parametrize("kind", KINDS)
# Whose: nobody's by tags, or of a second learner in the same account.
FOREIGN = pytest.mark.parametrize("whose", ["untagged", "another ledger's"])


@pytest.fixture(scope="module")
def session():
    """One for all tests: a session keeps the models of the services that it has read."""
    return boto3.Session("a", "b", region_name="us-east-1")


@pytest.fixture
def cloud(monkeypatch, session):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Cloud("aws", session, "us-east-1", "123456789012", None, 1.0, "moto")


@pytest.fixture
def me(cloud, tmp_path):
    return Learner(cloud, tmp_path / "mine", SLUG)


@pytest.fixture
def other(cloud, tmp_path):
    return Learner(cloud, tmp_path / "theirs", SLUG)


def name_of(kind, short="thing"):
    return f"{KINDS[kind].name_prefix}course-{SLUG}-{short}"


def ids(cloud, kind, name):
    return [instance.id for instance in KINDS[kind].instances(cloud, name)]


def client_of(whose, cloud, other):
    return cloud.client if whose == "untagged" else other.client


def test_there_is_a_maker_for_each_kind_that_is_deleted():
    assert set(MAKERS) == set(KINDS)


@EACH_KIND
@FOREIGN
def test_a_foreign_name_is_refused_in_plain_words(cloud, me, other, kind, whose):
    name = name_of(kind)
    MAKERS[kind](client_of(whose, cloud, other), name)
    with pytest.raises(ForeignResource) as caught:
        me.stamp.claim(kind, name)
    said = str(caught.value)
    assert KINDS[kind].label in said
    assert name in said
    assert "Nothing was changed" in said
    assert "delete it yourself" in said
    assert (other.ledger.id in said) == (whose != "untagged")
    assert me.ledger.held(cloud.target) == ()


@EACH_KIND
@FOREIGN
def test_a_line_in_the_ledger_deletes_nothing_foreign(cloud, me, other, kind, whose):
    name = name_of(kind)
    MAKERS[kind](client_of(whose, cloud, other), name)
    before = ids(cloud, kind, name)
    line = Resource(cloud.target, SLUG, kind, name)
    me.ledger.record(line)
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert ids(cloud, kind, name) == before != []
    assert result.deleted == ()
    if whose == "untagged":
        assert line in result.unclaimed
        assert not result.clean
        assert "0 resources remain" not in result.describe()
    else:
        assert line in result.not_ours
        assert result.clean
        assert (
            f"Left alone, because its tags say that it is not this lab's: {KINDS[kind].label}"
            in (result.describe())
        )


@EACH_KIND
@pytest.mark.parametrize("prefixed", [True, False])
def test_what_a_learner_made_is_adopted_and_deleted(cloud, me, kind, prefixed):
    name = name_of(kind) if prefixed else "my-own-thing"
    MAKERS[kind](me.client, name)
    assert ids(cloud, kind, name) != []
    me.stamp.claim(kind, name)
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert ids(cloud, kind, name) == []
    assert Resource(cloud.target, SLUG, kind, name) in result.deleted
    assert result.clean
    assert me.ledger.held(cloud.target) == ()


@EACH_KIND
def test_one_learners_clean_up_leaves_the_others_things(cloud, me, other, kind):
    mine, theirs = name_of(kind, "mine"), name_of(kind, "theirs")
    MAKERS[kind](me.client, mine)
    MAKERS[kind](other.client, theirs)
    before = ids(cloud, kind, theirs)
    assert clean_up(me.cloud, me.ledger, SLUG, pause_s=0).clean
    assert (ids(cloud, kind, mine), ids(cloud, kind, theirs)) == ([], before)
    assert clean_up(other.cloud, other.ledger, SLUG, pause_s=0).clean
    assert ids(cloud, kind, theirs) == []


@EACH_KIND
def test_what_a_ledger_made_for_another_lab_is_left_alone(cloud, me, tmp_path, kind):
    longer = Learner(cloud, tmp_path / "mine", f"{SLUG}-again")
    name = name_of(kind, "again-x")
    MAKERS[kind](longer.client, name)
    me.ledger.record(Resource(cloud.target, SLUG, kind, name))
    assert clean_up(me.cloud, me.ledger, SLUG, pause_s=0).deleted == ()
    assert ids(cloud, kind, name) != []


@EACH_KIND
def test_a_line_without_the_prefix_is_not_obeyed(cloud, me, kind):
    MAKERS[kind](cloud.client, "production")
    for event in (me.ledger.record, me.ledger.confirm):
        event(Resource(cloud.target, SLUG, kind, "production"))
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert ids(cloud, kind, "production") != []


@pytest.mark.parametrize("kind", ["ec2:vpc", "ec2:elastic-ip", "fis:experiment-template"])
def test_of_two_with_one_name_only_the_own_one_goes(cloud, me, kind):
    name = name_of(kind)
    MAKERS[kind](me.client, name)
    own = ids(cloud, kind, name)
    MAKERS[kind](cloud.client, name)
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    left = ids(cloud, kind, name)
    assert len(left) == 1
    assert left != own


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("ec2:vpc", lambda client: client("ec2").create_vpc(CidrBlock="10.0.0.0/16")),
        ("ec2:elastic-ip", lambda client: client("ec2").allocate_address()),
    ],
)
def test_what_has_no_name_is_known_by_its_id(me, kind, make):
    make(me.client)
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert [found.kind for found in result.deleted] == [kind]
    assert result.clean


@FOREIGN
def test_a_foreign_role_is_not_taken_nor_changed(cloud, me, other, whose):
    name = f"course-{SLUG}-role"
    MAKERS["iam:role"](client_of(whose, cloud, other), name)
    with pytest.raises(ForeignResource, match="IAM role"):
        execution_role(me.cloud, me.ledger, SLUG)
    assert cloud.client("iam").list_role_policies(RoleName=name)["PolicyNames"] == []
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert ids(cloud, "iam:role", name) == [name]


@FOREIGN
def test_a_foreign_vpc_keeps_its_subnets(cloud, me, other, whose):
    name = name_of("ec2:vpc", "shop")
    MAKERS["ec2:vpc"](client_of(whose, cloud, other), name)
    [vpc] = ids(cloud, "ec2:vpc", name)
    cloud.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")
    with pytest.raises(ForeignResource, match="VPC"):
        create_vpc(me.cloud, me.ledger, SLUG, "shop")
    own = [{"Name": "vpc-id", "Values": [vpc]}]
    assert len(cloud.client("ec2").describe_subnets(Filters=own)["Subnets"]) == 1


@FOREIGN
@pytest.mark.parametrize("kind", ["iam:role", "fis:experiment-template"])
def test_a_foreign_experiment_or_its_role_is_not_taken(cloud, me, other, whose, kind):
    short = {"iam:role": "fault-injection", "fis:experiment-template": "disruption"}[kind]
    MAKERS[kind](client_of(whose, cloud, other), name_of(kind, short))
    with pytest.raises(ForeignResource, match=KINDS[kind].label):
        Disruption(me.cloud, me.ledger, SLUG, ["subnet-1"])
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert len(ids(cloud, kind, name_of(kind, short))) == 1


def test_a_schedule_that_its_owner_changes_stays_the_owners(me):
    MAKERS["scheduler:schedule"](me.client, "hourly")
    scheduler = me.client("scheduler")
    scheduler.update_schedule(**{**schedule_of("hourly"), "State": "DISABLED"})
    assert scheduler.get_schedule(Name="hourly")["State"] == "DISABLED"
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert [found.name for found in result.deleted] == ["hourly"]
    assert result.clean


@FOREIGN
def test_a_foreign_schedule_is_not_changed(cloud, me, other, whose):
    MAKERS["scheduler:schedule"](client_of(whose, cloud, other), "hourly")
    before = cloud.client("scheduler").get_schedule(Name="hourly").get("Description")
    with pytest.raises(ForeignResource, match="schedule"):
        me.client("scheduler").update_schedule(**schedule_of("hourly"))
    assert cloud.client("scheduler").get_schedule(Name="hourly").get("Description") == before


def test_schedules_of_one_name_in_two_groups_both_go(me):
    scheduler = me.client("scheduler")
    scheduler.create_schedule_group(Name="nightly")
    MAKERS["scheduler:schedule"](me.client, "hourly")
    scheduler.create_schedule(**schedule_of("hourly"), GroupName="nightly")
    assert clean_up(me.cloud, me.ledger, SLUG, pause_s=0).clean
    assert scheduler.list_schedules()["Schedules"] == []
    groups = scheduler.list_schedule_groups()["ScheduleGroups"]
    assert [group["Name"] for group in groups] == ["default"]


SILENT = (
    *("sqs:queue", "sns:topic", "cloudwatch:alarm", "lambda:layer", "ssm:parameter"),
    *("elasticloadbalancing:load-balancer", "elasticloadbalancing:target-group"),
)


@pytest.mark.parametrize("kind", SILENT)
@FOREIGN
def test_a_call_that_would_take_a_foreign_name_silently_is_stopped(cloud, me, other, kind, whose):
    MAKERS[kind](client_of(whose, cloud, other), "shared")
    before = KINDS[kind].instances(cloud, "shared")
    with pytest.raises(ForeignResource):
        MAKERS[kind](me.client, "shared")
    assert KINDS[kind].instances(cloud, "shared") == before
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert KINDS[kind].instances(cloud, "shared") == before


def test_a_parameter_that_was_written_over_is_the_labs_own(cloud, me, other):
    name = name_of("ssm:parameter", "fee")
    for value in ("490", "520"):
        me.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
    with pytest.raises(ForeignResource):
        other.client("ssm").put_parameter(Name=name, Value="0", Type="String", Overwrite=True)
    assert cloud.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "520"
    assert clean_up(me.cloud, me.ledger, SLUG, pause_s=0).clean
    assert ids(cloud, "ssm:parameter", name) == []


def lambda_writes_a_log(cloud, function):
    cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{function}")


@pytest.mark.parametrize("function", [f"course-{SLUG}-primes", "my-own"])
def test_the_log_group_that_lambda_makes_for_an_own_function_is_deleted(cloud, me, function):
    MAKERS["lambda:function"](me.client, function)
    lambda_writes_a_log(cloud, function)
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert result.clean
    assert ids(cloud, "logs:log-group", f"/aws/lambda/{function}") == []


def test_the_log_group_of_a_function_that_the_learner_deleted_is_deleted(cloud, me):
    function = f"course-{SLUG}-primes"
    MAKERS["lambda:function"](me.client, function)
    lambda_writes_a_log(cloud, function)
    me.client("lambda").delete_function(FunctionName=function)
    assert clean_up(me.cloud, me.ledger, SLUG, pause_s=0).clean
    assert ids(cloud, "logs:log-group", f"/aws/lambda/{function}") == []


def test_a_log_group_that_was_there_before_the_function_is_kept(cloud, me):
    function = f"course-{SLUG}-primes"
    lambda_writes_a_log(cloud, function)
    MAKERS["lambda:function"](me.client, function)
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert [found.name for found in result.unclaimed] == [f"/aws/lambda/{function}"]
    assert not result.clean


def used_and_left(cloud, me, function):
    """I made a function, it wrote its log, and my clean-up saw both to be gone."""
    MAKERS["lambda:function"](me.client, function)
    lambda_writes_a_log(cloud, function)
    assert clean_up(me.cloud, me.ledger, SLUG, pause_s=0).clean
    assert ids(cloud, "logs:log-group", f"/aws/lambda/{function}") == []


def an_hour_ago(ledger):
    """What the ledger tells of happened an hour before."""
    lines = [json.loads(line) for line in ledger.path.read_text().splitlines()]
    for line in lines:
        if "at" in line:
            line["at"] = (datetime.fromisoformat(line["at"]) - timedelta(hours=1)).isoformat()
    ledger.path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize("is_used_again", [True, False])
@pytest.mark.parametrize("function", [f"course-{SLUG}-primes", "my-own"])
def test_a_log_that_comes_after_the_clean_up_is_the_labs(cloud, me, function, is_used_again):
    """An asynchronous attempt was under way when the function was deleted."""
    used_and_left(cloud, me, function)
    lambda_writes_a_log(cloud, function)
    if is_used_again:
        MAKERS["lambda:function"](me.client, function)
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert result.clean, result.describe()
    assert "logs:log-group" in {found.kind for found in result.deleted}
    assert ids(cloud, "logs:log-group", f"/aws/lambda/{function}") == []


@pytest.mark.parametrize("function", [f"course-{SLUG}-primes", "my-own"])
def test_a_log_that_no_attempt_of_mine_can_have_made_is_kept(cloud, me, function):
    used_and_left(cloud, me, function)
    an_hour_ago(me.ledger)
    lambda_writes_a_log(cloud, function)
    for _ in range(2):
        MAKERS["lambda:function"](me.client, function)
        result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
        assert [found.name for found in result.unclaimed] == [f"/aws/lambda/{function}"]
        assert ids(cloud, "logs:log-group", f"/aws/lambda/{function}") != []


@FOREIGN
def test_a_log_of_somebody_elses_function_is_kept_however_soon(cloud, me, other, whose):
    function = f"course-{SLUG}-primes"
    used_and_left(cloud, me, function)
    MAKERS["lambda:function"](client_of(whose, cloud, other), function)
    lambda_writes_a_log(cloud, function)
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert ids(cloud, "logs:log-group", f"/aws/lambda/{function}") != []


def test_a_foreign_log_that_was_seen_to_be_gone_proves_nothing_of_the_next(cloud, me):
    function = f"course-{SLUG}-primes"
    used_and_left(cloud, me, function)
    an_hour_ago(me.ledger)
    for _ in range(2):
        lambda_writes_a_log(cloud, function)
        MAKERS["lambda:function"](me.client, function)
        assert not clean_up(me.cloud, me.ledger, SLUG, pause_s=0).clean
        cloud.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{function}")
        assert clean_up(me.cloud, me.ledger, SLUG, pause_s=0).clean


def test_a_function_that_lambda_refused_proves_nothing_of_its_log_group(cloud, me, other):
    function = f"course-{SLUG}-primes"
    MAKERS["lambda:function"](other.client, function)
    with pytest.raises(Exception, match="already exist"):
        MAKERS["lambda:function"](
            lambda service: me.client(service) if service == "lambda" else _Roles(), function
        )
    lambda_writes_a_log(cloud, function)
    other.client("lambda").delete_function(FunctionName=function)
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert ids(cloud, "logs:log-group", f"/aws/lambda/{function}") != []


class _Roles:
    """IAM for a learner whose role is there already."""

    def create_role(self, **given):
        return {"Role": {"Arn": f"arn:aws:iam::123456789012:role/{given['RoleName']}"}}


def test_tags_of_the_learners_own_are_kept(cloud, me):
    sqs = me.client("sqs")
    url = sqs.create_queue(QueueName="q", tags={"team": "blue", "lab": "mine"})["QueueUrl"]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {
        "team": "blue",
        "course": "serverless-measured",
        "lab": SLUG,
        "ledger": me.ledger.id,
    }
    topic = me.client("sns").create_topic(Name="t", Tags=[{"Key": "team", "Value": "blue"}])
    tags = cloud.client("sns").list_tags_for_resource(ResourceArn=topic["TopicArn"])["Tags"]
    assert {tag["Key"] for tag in tags} == {"team", "course", "lab", "ledger"}


def test_a_line_that_another_kernel_struck_out_is_no_hole(cloud, me):
    """One kernel sees a queue to be absent just before another, with the same ledger, makes it."""
    make = MAKERS["sqs:queue"]
    me.ledger.record(Resource(cloud.target, SLUG, "sqs:queue", name_of("sqs:queue")))
    clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    silent = me.ledger.path.read_bytes()
    make(me.client, name_of("sqs:queue"))
    make(me.client, "my-own")
    me.ledger.path.write_bytes(silent)
    me.ledger.forget(Resource(cloud.target, SLUG, "sqs:queue", "my-own"))
    result = clean_up(me.cloud, me.ledger, SLUG, pause_s=0)
    assert {found.name for found in result.deleted} == {name_of("sqs:queue"), "my-own"}
