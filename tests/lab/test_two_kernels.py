"""Two notebooks with one ledger, each with an embedded cloud of its own, or both in one."""

from __future__ import annotations

import sys

import pytest

from serverless_course import Lab, lab
from serverless_course.aws.cloud import on_embedded
from serverless_course.aws.embedded import EmbeddedCloud
from serverless_course.aws.ownership import ForeignResource
from serverless_course.functions.package import zip_files

SLUG = "04-memory-tuning"


@pytest.fixture(scope="module")
def servers():
    both = (EmbeddedCloud(limit_s=60), EmbeddedCloud(limit_s=60))
    yield both
    for server in both:
        server.stop()


@pytest.fixture
def open_in(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "functions" / "good"
    folder.mkdir(parents=True)
    (folder / "index.py").write_text("def handler(event, context):\n    return event\n")
    monkeypatch.chdir(tmp_path)

    def open_lab(server):
        monkeypatch.setattr(lab, "connect", lambda: on_embedded(server))
        return Lab(SLUG)

    return open_lab


def functions_of(opened):
    return [item["FunctionName"] for item in opened.client("lambda").list_functions()["Functions"]]


def test_each_kernel_cleans_its_own_cloud(servers, open_in):
    first, second = (open_in(server) for server in servers)
    for opened in (first, second):
        opened.invoke(opened.deploy("good"))
    for opened in (first, second):
        done = opened.finish()
        assert (done.clean, done.remaining) == (True, 0)
        assert "1 Lambda function (good), 1 log group (good), 1 IAM role (role)" in done.text
        assert functions_of(opened) == []


def test_lesson_and_lab_of_one_slug_in_one_cloud_leave_nothing(servers, open_in):
    first, second = open_in(servers[0]), open_in(servers[0])
    name = second.name("good")
    first.deploy("good")
    assert first.finish().clean
    # The first has struck the name out; the second, which asked for it before, makes it now.
    second.deploy("good")
    sqs = second.client("sqs")
    sqs.create_queue(QueueName="my-own-queue")
    assert functions_of(second) == [name]
    done = second.finish()
    assert (done.clean, done.remaining) == (True, 0)
    assert functions_of(second) == []
    assert "QueueUrls" not in sqs.list_queues()


def test_an_alarm_with_the_learners_own_name_is_deleted(servers, open_in):
    opened = open_in(servers[0])
    cloudwatch = opened.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="wake-me",
        MetricName="Errors",
        Namespace="AWS/Lambda",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=1,
        Period=60,
        Statistic="Sum",
    )
    done = opened.finish()
    assert done.clean
    assert "1 CloudWatch alarm (wake-me)" in done.text
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize("tagged", [False, True])
def test_a_second_learners_things_in_one_cloud_are_neither_taken_nor_deleted(
    servers, open_in, monkeypatch, tmp_path, tagged
):
    mine = open_in(servers[0])
    monkeypatch.setenv("COURSE_STATE_DIR", str(tmp_path / "other"))
    other = open_in(servers[0])
    plain = other.cloud.with_own_clients()
    client = other.client if tagged else plain.client
    name = f"course-{SLUG}-good"
    role = other.role
    client("lambda").create_function(
        FunctionName=name,
        Runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": _package()},
    )
    client("secretsmanager").create_secret(Name=f"course-{SLUG}-db", SecretString="s")
    with pytest.raises(ForeignResource, match="Lambda function"):
        mine.name("good")
    with pytest.raises(ForeignResource, match="IAM role"):
        _ = mine.role
    with pytest.raises(ForeignResource, match="secret"):
        mine.name("db", kind="secretsmanager:secret")
    done = mine.finish()
    assert done.clean is tagged
    assert f"course-{SLUG}-good" in done.text
    assert functions_of(mine) == [name]
    assert plain.client("iam").get_role(RoleName=f"course-{SLUG}-role")
    plain.client("lambda").delete_function(FunctionName=name)
    plain.client("secretsmanager").delete_secret(
        SecretId=f"course-{SLUG}-db", ForceDeleteWithoutRecovery=True
    )
    assert other.finish().clean


def _package():
    return zip_files({"index.py": "def handler(event, context):\n    return event\n"})


def test_what_a_lab_looks_up_is_none_of_its_calls(servers, open_in):
    opened = open_in(servers[0])
    opened.name("good")
    opened.name("q", kind="sqs:queue")
    assert len(opened.calls()) == 0
    url = opened.client("sqs").create_queue(QueueName=opened.name("q", kind="sqs:queue"))[
        "QueueUrl"
    ]
    assert list(opened.calls()["operation"]) == ["CreateQueue"]
    assert "ledger" not in opened.calls()["parameters"].iloc[0]
    tags = opened.client("sqs").list_queue_tags(QueueUrl=url)["Tags"]
    assert set(tags) == {"course", "lab", "ledger"}
    assert opened.finish().clean
