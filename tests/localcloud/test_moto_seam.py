"""The contract of the seam: every private name of moto that `services/` uses, at work.

An upgrade of moto that moves one of them fails here, and says which. Source: moto 5.2.5.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from roles import allow, policy, trust
from running_cloud import TRUST, wait_for

from serverless_course.localcloud.iam.account import ACCOUNT_ID
from serverless_course.localcloud.iam.principal import ASSUMED_ROLE, USER
from serverless_course.localcloud.logs.log_event import LogEvent
from serverless_course.localcloud.moto_seam import CurrentCall, Services, seam
from serverless_course.localcloud.moto_seam.current import answering
from serverless_course.localcloud.moto_seam.object_events import held_back
from serverless_course.localcloud.signers import administrator
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.wire.signature import Credential

REGION = "eu-south-2"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:seam"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:seam"
LEARNER = administrator(Credential("AKIALEARNER000000000", "secret"))
TRACE = "Root=1-6b05ef06-ced2fa98d51378b022429449"


class Recorder:
    """Stands for the engine: notes what it is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any, str, str, str]] = []
        self.runs: list[tuple[str, Any]] = []
        self.refuses = False

    def exists(self, arn: str) -> bool:
        return arn == FUNCTION

    def allows(self, arn: str, service: str, source_arn: str) -> bool:
        return not self.refuses and arn == FUNCTION

    def send(self, arn: str, event: Any, service: str, source_arn: str, trace: str = "") -> None:
        self.sent.append((arn, event, service, source_arn, trace))

    def run(self, arn: str, event: Any, trace: str = "") -> None:
        assert trace == TRACE
        self.runs.append((arn, event))

    def only(self, service: str, source_arn: str) -> Any:
        """The one event that came, if it came from there."""
        ((arn, event, came_from, source, trace),) = self.sent
        self.sent.clear()
        assert (arn, came_from, source) == (FUNCTION, f"{service}.amazonaws.com", source_arn)
        assert trace == TRACE
        return json.loads(event) if isinstance(event, str) else event


@pytest.fixture
def engine() -> Recorder:
    return Recorder()


@pytest.fixture
def services(engine: Recorder) -> Iterator[Services]:
    """moto in this process, in a region that no other test uses; moto's own again after it."""
    with mock.patch.dict(os.environ):
        from moto import settings
        from moto.core.config import default_user_config

        before = (settings.TEST_SERVER_MODE, dict(default_user_config["stepfunctions"]))
        made = Services()
        made.connect(engine, LEARNER)
        made.load("http://127.0.0.1:1")
        with answering(CurrentCall(TRACE)):
            yield made
        seam.restore()
        settings.TEST_SERVER_MODE, default_user_config["stepfunctions"] = before  # type: ignore[typeddict-item]
        for name in (
            "cloudwatch",
            "events",
            "iam",
            "logs",
            "s3",
            "secretsmanager",
            "sns",
            "sqs",
            "sts",
        ):
            from moto.backends import get_backend

            backends: Any = get_backend(name)[ACCOUNT_ID]  # type: ignore[call-overload]
            backends["aws" if name in ("iam", "s3", "sts") else REGION].reset()


def backend(name: str) -> Any:
    from moto.backends import get_backend

    region = "aws" if name in ("iam", "s3", "sts") else REGION
    return get_backend(name)[ACCOUNT_ID][region]  # type: ignore[call-overload]


def role(name: str = "seam", document: str = TRUST, **more: Any) -> Any:
    return backend("iam").create_role(
        role_name=name,
        assume_role_policy_document=document,
        path="/",
        permissions_boundary=more.get("boundary"),
        description="",
        tags=[{"Key": "team", "Value": "a"}],
        max_session_duration="3600",
    )


# application


def test_motos_application_answers_over_its_interface(services: Services) -> None:
    signed = [
        ("host", "127.0.0.1:1"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101"
            f"/{REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0",
        ),
        ("x-amz-target", "AmazonSQS.ListQueues"),
        ("content-type", "application/x-amz-json-1.0"),
    ]
    call = CurrentCall()

    def answer(method: str, target: str, body: bytes) -> Any:
        return services.answer(Request(method, target, signed, body), "127.0.0.1:1", "sqs", call)

    backend("sqs").create_queue("seam", {})
    found = answer("POST", "/", b"{}")
    assert found.status == 200
    assert b"/seam" in found.body
    for closed in ("/moto-api/data.json", "/%6Doto-api/"):
        assert answer("GET", closed, b"").status == 404


# identity


def test_a_roles_credentials_are_found_again(services: Services) -> None:
    made = role()
    given = services.identity.role_credentials(made.arn, "function", REGION, FUNCTION)
    found = services.identity.principal(given["AWS_ACCESS_KEY_ID"])
    assert found is not None
    assert found.credential.secret_access_key == given["AWS_SECRET_ACCESS_KEY"]
    assert found.credential.session_token == given["AWS_SESSION_TOKEN"]
    assert (found.kind, found.role_arn) == (ASSUMED_ROLE, made.arn)
    assert found.arn == f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/seam/function"
    assert found.user_id == f"{made.id}:function"
    assert (found.source_function_arn, found.tags) == (FUNCTION, {"team": "a"})
    assert not found.expired
    assert services.identity.principal("AKIANOBODY") is None


def test_a_session_that_sts_gave_out(services: Services) -> None:
    made = role()
    session = backend("sts").assume_role(
        region_name=REGION,
        role_session_name="me",
        role_arn=made.arn,
        policy=policy(allow("s3:*")),
        duration=900,
        external_id="",
    )
    found = services.identity.principal(session.access_key_id)
    assert found is not None
    assert found.expires_at == pytest.approx(time.time() + 900, abs=5)
    assert services.identity.policies(found).session == (policy(allow("s3:*")),)
    with mock.patch("time.time", return_value=found.expires_at + 1):  # type: ignore[operator]
        assert found.expired


def test_a_roles_policies(services: Services) -> None:
    iam = backend("iam")
    boundary = iam.create_policy("", "/", policy(allow("sqs:*")), "seam-boundary", [])
    made = role(boundary=boundary.arn)
    inline = policy(allow("s3:GetObject"))
    iam.put_role_policy("seam", "inline", inline)
    logs = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    iam.attach_role_policy(logs, "seam")
    given = services.identity.role_credentials(made.arn, "function", REGION)
    principal = services.identity.principal(given["AWS_ACCESS_KEY_ID"])
    assert principal is not None
    found = services.identity.policies(principal)
    assert found.identity[0] == inline
    assert "logs:CreateLogGroup" in found.identity[1]
    assert found.boundary == (policy(allow("sqs:*")),)
    assert not services.identity.role_allows(made.arn, "s3:GetObject", "arn:aws:s3:::b/k")
    iam.put_role_policy("seam", "inline", policy(allow("sqs:SendMessage")))
    assert services.identity.role_allows(made.arn, "sqs:SendMessage", QUEUE)
    assert services.names.role_arn("seam") == made.arn
    iam.delete_role_policy("seam", "inline")
    iam.detach_role_policy(logs, "seam")
    iam.delete_role("seam")
    assert services.identity.policies(principal).identity == ()


def test_a_users_key_counts_while_it_is_active(services: Services) -> None:
    iam = backend("iam")
    user = iam.create_user(REGION, "seam-user")
    key = iam.create_access_key("seam-user")
    iam.create_group("seam-group", "/")
    iam.put_group_policy("seam-group", "p", policy(allow("s3:*")))
    iam.add_user_to_group("seam-group", "seam-user")
    found = services.identity.principal(key.access_key_id)
    assert found is not None
    assert found.credential.secret_access_key == key.secret_access_key
    assert (found.kind, found.arn, found.user_id) == (USER, user.arn, user.id)
    assert services.identity.policies(found).identity == (policy(allow("s3:*")),)
    iam.update_access_key("seam-user", key.access_key_id, "Inactive")
    assert services.identity.principal(key.access_key_id) is None


def test_whom_a_role_trusts(services: Services) -> None:
    made = role(document=trust({"Service": ["lambda.amazonaws.com"], "AWS": ACCOUNT_ID}))
    assert services.identity.trusts_service(made.arn, "lambda.amazonaws.com")
    assert not services.identity.trusts_service(made.arn + "x", "lambda.amazonaws.com")
    assert services.identity.trusts_principal(made.arn, LEARNER, {}) == "account"
    backend("iam").update_assume_role_policy("seam", trust({"AWS": LEARNER.arn}))
    assert services.identity.trusts_principal(made.arn, LEARNER, {}) == "by name"
    assert not services.identity.trusts_service(made.arn, "lambda.amazonaws.com")


def test_the_administrator_is_known_to_sts(services: Services) -> None:
    key = LEARNER.credential.access_key_id
    found = backend("sts").get_caller_identity(key, REGION)
    assert found == (LEARNER.user_id, LEARNER.arn, ACCOUNT_ID)


# logs, objects, secrets


def test_logs_go_to_their_stream(services: Services) -> None:
    made = role()
    backend("iam").put_role_policy("seam", "logs", policy(allow("logs:*")))
    now = int(time.time() * 1000)
    for text in ("one\n", "two\n"):
        assert services.logs.write(REGION, "/seam", "s", [LogEvent(now, text)], made.arn)
    stream = backend("logs").groups["/seam"].streams["s"]
    assert [(event.timestamp, event.message) for event in stream.events] == [
        (now, "one\n"),
        (now, "two\n"),
    ]
    group = services.log_groups.log_group(REGION, "/seam")
    assert group is not None
    assert services.log_groups.log_group(REGION, group.arn) == services.log_groups.log_group(
        REGION, group.arn + ":*"
    )
    assert services.log_groups.log_group(REGION, "/nowhere") is None
    assert services.log_groups.log_group("us-east-1", group.arn) is None
    assert [each.name for each in services.log_groups.log_groups(REGION)] == ["/seam"]
    assert group.described()["logGroupArn"] == group.arn
    assert services.log_groups.metric_filters(REGION, "/seam") == 0
    found = list(group.events(now, now + 1))
    assert [(event.timestamp, event.message, event.stream) for event in found] == [
        (now, "one\n", "s"),
        (now, "two\n", "s"),
    ]
    assert found[0].number < found[1].number
    assert now <= found[0].ingestion_time
    assert list(group.events(now + 1, now + 2)) == list(group.events(now, now)) == []
    assert group.has_stream("s")
    assert not group.has_stream("t")
    (record,) = group.streams()
    assert (record.name, record.first_event_ms, record.last_event_ms) == ("s", now, now)
    assert group.created_ms <= record.created_ms
    assert record.last_ingestion_ms is not None
    backend("iam").put_role_policy("seam", "logs", policy(allow("s3:*")))
    assert not services.logs.write(REGION, "/seam", "s", [LogEvent(now, "three\n")], made.arn)
    assert not services.logs.write(REGION, "/new", "s", [LogEvent(now, "three\n")], made.arn)
    assert len(stream.events) == 2


def test_an_object_is_read(services: Services) -> None:
    s3 = backend("s3")
    s3.create_bucket("seam-bucket", REGION)
    s3.put_object("seam-bucket", "k", b"data")
    assert services.objects.read("seam-bucket", "k", None) == b"data"
    for bucket, key, code in (
        ("seam-bucket", "no", "NoSuchKey"),
        ("no-bucket", "k", "NoSuchBucket"),
    ):
        with pytest.raises(ServiceError, match=code):
            services.objects.read(bucket, key, None)


def test_a_secrets_arn(services: Services) -> None:
    made = json.loads(create_secret("seam"))["ARN"]
    assert services.names.secret_arn(REGION, "seam") == made
    assert services.names.secret_arn(REGION, made) == made
    assert services.names.secret_arn(REGION, made[:-7]) == made
    assert services.names.secret_arn(REGION, "none").endswith(":secret:none")


def create_secret(name: str) -> str:
    return str(
        backend("secretsmanager").create_secret(
            name=name,
            secret_string="old",
            secret_binary=None,
            description=None,
            tags=None,
            kms_key_id=None,
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
    )


# CloudWatch


def test_what_motos_services_publish_is_in_our_store_and_what_they_work_out_is_listed(
    services: Services,
) -> None:
    datum = {"MetricName": "IncomingRecords", "Value": 2, "Unit": "Count"}
    backend("cloudwatch").put_metric_data("AWS/Kinesis", [datum])
    store = services.metrics.stores.region(REGION)
    assert [each.name for each in store.metrics()] == ["IncomingRecords"]
    assert backend("cloudwatch").metric_data == []
    s3 = backend("s3")
    s3.create_bucket("seam-bucket", REGION)
    s3.put_object("seam-bucket", "k", b"data")
    assert "NumberOfObjects" in ask_cloudwatch(services, "ListMetrics", Namespace="AWS/S3")


def test_alarms_reach_topics_rules_and_functions_and_motos_memory(
    services: Services, engine: Recorder
) -> None:
    topic = backend("sns").create_topic("seam").arn
    backend("sns").subscribe(topic, FUNCTION, "lambda")
    given = {
        "AlarmName": "seam",
        "Namespace": "N",
        "MetricName": "m",
        "Statistic": "Sum",
        "Period": "60",
        "EvaluationPeriods": "1",
        "Threshold": "1",
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions.member.1": topic,
        "AlarmActions.member.2": FUNCTION,
    }
    ask_cloudwatch(services, "PutMetricAlarm", **given)
    assert list(backend("cloudwatch").alarms) == ["seam"]
    ask_cloudwatch(
        services, "SetAlarmState", AlarmName="seam", StateValue="ALARM", StateReason="a drill"
    )
    (by_topic, directly) = [event for _, event, *_ in engine.sent]
    assert json.loads(by_topic["Records"][0]["Sns"]["Message"])["NewStateReason"] == "a drill"
    assert directly["alarmData"]["state"]["reason"] == "a drill"
    assert [each[2] for each in engine.sent][1] == "lambda.alarms.cloudwatch.amazonaws.com"
    assert "Successfully executed" in ask_cloudwatch(services, "DescribeAlarmHistory")
    ask_cloudwatch(services, "DeleteAlarms", **{"AlarmNames.member.1": "seam"})
    assert "seam" not in ask_cloudwatch(services, "DescribeAlarms")


def test_log_events_give_metrics(services: Services) -> None:
    logs = backend("logs")
    logs.create_log_group("/seam", {})
    logs.create_log_stream("/seam", "s")
    made = {"metricName": "Slow", "metricNamespace": "Seam", "metricValue": "1"}
    logs.put_metric_filter("slow", "SLOW", "/seam", [made])
    directive = {"Namespace": "Seam", "Dimensions": [[]], "Metrics": [{"Name": "Orders"}]}
    embedded = json.dumps({"_aws": {"CloudWatchMetrics": [directive]}, "Orders": 1})
    now = int(time.time() * 1000)
    for message in ("SLOW", embedded):
        logs.put_log_events("/seam", "s", [{"timestamp": now, "message": message}])
    names = [each.name for each in services.metrics.stores.region(REGION).metrics()]
    assert names == ["Orders", "Slow"]


def test_a_function_that_moto_has_by_now_is_not_added_over_it(services: Services) -> None:
    from moto.cloudwatch.responses import CloudWatchResponse

    with pytest.raises(AttributeError, match="has put_dashboard itself"):
        seam.add(CloudWatchResponse, "put_dashboard", None)


def ask_cloudwatch(services: Services, action: str, **parameters: str) -> str:
    """An answer of CloudWatch, in the query protocol."""
    body = urlencode({"Action": action, "Version": "2010-08-01", **parameters}).encode()
    headers = [
        ("host", "127.0.0.1:1"),
        ("content-type", "application/x-www-form-urlencoded"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101"
            f"/{REGION}/monitoring/aws4_request, SignedHeaders=host, Signature=0",
        ),
    ]
    request = Request("POST", "/", headers, body)
    answer = services.answer(request, "127.0.0.1:1", "cloudwatch", CurrentCall(TRACE))
    assert answer.status == 200, answer.body
    return answer.body.decode()


# moto's calls into Lambda


def test_every_caller_of_motos_lambda_is_known(services: Services) -> None:
    """A module of moto that newly reaches for Lambda has to be looked at.

    sqs, kinesis and dynamodb only do for mappings of moto's own, and there are none; ses looks up
    functions of receipt rules in moto's own.
    """
    from pathlib import Path

    import moto

    root = Path(moto.__file__).parent
    callers = {
        path.relative_to(root).parts[0]
        for path in root.rglob("*.py")
        if "awslambda.utils import get_backend" in path.read_text()
        or "import lambda_backends" in path.read_text()
    }
    assert callers - {"awslambda", "awslambda_simple"} == {
        *("cloudformation", "config", "dynamodb", "events", "kinesis", "logs", "s3"),
        *("secretsmanager", "ses", "sns", "sqs"),
    }


def test_sns(services: Services, engine: Recorder) -> None:
    sns = backend("sns")
    topic = sns.create_topic("seam")
    subscription = sns.subscribe(topic.arn, FUNCTION, "lambda")
    attributes = {"kind": {"Type": "String", "Value": "a"}}
    message_id = sns.publish("text", arn=topic.arn, subject="s", message_attributes=attributes)
    (record,) = engine.only("sns", topic.arn)["Records"]
    assert record["EventSubscriptionArn"] == subscription.arn
    assert record["Sns"]["MessageId"] == message_id
    assert record["Sns"]["MessageAttributes"] == attributes
    sns.set_subscription_attributes(subscription.arn, "FilterPolicy", '{"kind": ["b"]}')
    sns.publish("text", arn=topic.arn, message_attributes=attributes)
    assert engine.sent == []


def watch(bucket: str) -> None:
    configuration = {
        "CloudFunctionConfiguration": [
            {"CloudFunction": FUNCTION, "Event": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
        ],
        "EventBridgeConfiguration": {},
    }
    backend("s3").put_bucket_notification_configuration(bucket, configuration)


def test_s3(services: Services, engine: Recorder) -> None:
    s3 = backend("s3")
    s3.create_bucket("seam-events", REGION)
    engine.refuses = True
    from moto.s3.exceptions import S3ClientError

    with pytest.raises(S3ClientError, match="Unable to validate"):
        watch("seam-events")
    engine.refuses = False
    watch("seam-events")
    with held_back():
        key = s3.put_object("seam-events", "a b", b"data")
        s3.put_object_tagging(key, {})
        assert engine.sent == []
    (record,) = engine.only("s3", "arn:aws:s3:::seam-events")["Records"]
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["object"]["key"] == "a+b"
    s3.put_bucket_versioning("seam-events", "Enabled")
    s3.put_object("seam-events", "c", b"data")
    engine.sent.clear()
    s3.delete_object("seam-events", "c")
    (record,) = engine.only("s3", "arn:aws:s3:::seam-events")["Records"]
    assert record["eventName"] == "ObjectRemoved:DeleteMarkerCreated"


def test_of_conditional_puts_at_once_one_writes(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.s3.models import S3Backend

    known = S3Backend.get_object

    def slowly(self: Any, *given: Any, **more: Any) -> Any:
        found = known(self, *given, **more)
        time.sleep(0.02)  # time for others to write in between, were they not to wait
        return found

    monkeypatch.setattr(S3Backend, "get_object", slowly)
    backend("s3").create_bucket("seam-once", REGION)
    signed = [
        ("host", "127.0.0.1:1"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101"
            f"/{REGION}/s3/aws4_request, SignedHeaders=host, Signature=0",
        ),
        ("if-none-match", "*"),
        ("content-length", "4"),
    ]

    def put(_: int) -> int:
        request = Request("PUT", "/seam-once/k", signed, b"data")
        return services.answer(request, "127.0.0.1:1", "s3", CurrentCall()).status

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(put, range(6))) == [200, 412, 412, 412, 412, 412]


def put_rule(name: str, **settings: Any) -> Any:
    events = backend("events")
    rule = events.put_rule(name, **settings)
    events.put_targets(name, None, [{"Id": "1", "Arn": FUNCTION}])
    return rule


def test_eventbridge(services: Services, engine: Recorder) -> None:
    rule = put_rule("seam", event_pattern='{"source": ["shop"]}')
    entry = {"Source": "shop", "DetailType": "sold", "Detail": '{"n": 1}'}
    (answer,) = backend("events").put_events([entry])
    event = engine.only("events", rule.arn)
    assert (event["id"], event["detail"]) == (answer["EventId"], {"n": 1})
    backend("events").put_events([{**entry, "Source": "other"}])
    backend("events").disable_rule("seam", None)
    backend("events").put_events([entry])
    assert engine.sent == []


def test_eventbridge_gets_s3s_events(services: Services, engine: Recorder) -> None:
    rule = put_rule("seam-s3", event_pattern='{"source": ["aws.s3"]}')
    backend("s3").create_bucket("seam-bus", REGION)
    backend("s3").put_bucket_notification_configuration(
        "seam-bus", {"EventBridgeConfiguration": {}}
    )
    backend("s3").put_object("seam-bus", "k", b"data")
    event = engine.only("events", rule.arn)
    assert (event["detail-type"], event["detail"]["object"]["key"]) == ("Object Created", "k")


def test_schedules(services: Services, engine: Recorder) -> None:
    from moto.events.exceptions import ValidationException

    put_rule("seam-pattern", event_pattern='{"source": ["shop"]}')
    rule = put_rule("seam-rate", scheduled_expression="rate(1 minute)")
    assert [found.name for found in services.rules.enabled()] == ["seam-rate"]
    services.rules.fire(rule, 1795550000)
    ((_, event, _, _, trace),) = engine.sent
    assert json.loads(event)["time"] == "2026-11-24T19:53:20Z"
    assert trace == ""
    with pytest.raises(ValidationException):
        backend("events").put_rule("no", scheduled_expression="cron(61 * * * ? *)")


def test_other_targets_stay_motos(services: Services, engine: Recorder) -> None:
    backend("logs").create_log_group("/seam-target", {})
    put_rule("seam", event_pattern='{"source": ["shop"]}')
    group = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:/seam-target"
    backend("events").put_targets("seam", None, [{"Id": "2", "Arn": group}])
    backend("events").put_events([{"Source": "shop", "DetailType": "sold", "Detail": "{}"}])
    assert len(engine.sent) == 1
    assert backend("logs").groups["/seam-target"].streams


def test_log_subscriptions(services: Services, engine: Recorder) -> None:
    from moto.logs.exceptions import InvalidParameterException

    logs = backend("logs")
    logs.create_log_group("/seam", {})
    logs.create_log_stream("/seam", "s")
    engine.refuses = True
    with pytest.raises(InvalidParameterException, match="Could not execute"):
        logs.put_subscription_filter("/seam", "f", "ERROR", FUNCTION, "")
    engine.refuses = False
    logs.put_subscription_filter("/seam", "f", "ERROR", FUNCTION, "")
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": text} for text in ("fine", "an ERROR")]
    logs.put_log_events("/seam", "s", events)
    source = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:/seam:*"
    assert set(engine.only("logs", source)) == {"awslogs"}


def test_secret_rotation(services: Services, engine: Recorder) -> None:
    from moto.secretsmanager.exceptions import SecretsManagerClientError

    manager = backend("secretsmanager")
    arn = json.loads(create_secret("seam"))["ARN"]
    engine.refuses = True
    with pytest.raises(SecretsManagerClientError, match="cannot invoke"):
        manager.rotate_secret("seam", rotation_lambda_arn=FUNCTION)
    engine.refuses = False
    token = json.loads(manager.rotate_secret("seam", rotation_lambda_arn=FUNCTION))["VersionId"]
    wait_for(lambda: len(engine.runs) == 4)
    assert [event["Step"] for _, event in engine.runs] == [
        "createSecret",
        "setSecret",
        "testSecret",
        "finishSecret",
    ]
    assert {event["SecretId"] for _, event in engine.runs} == {arn}
    (pending,) = {event["ClientRequestToken"] for _, event in engine.runs}
    assert manager.get_secret_value("seam", None, None)["SecretString"] == "old"
    current = manager.get_secret_value("seam", None, None)["VersionId"]
    manager.put_secret_value("seam", "new", None, pending, ["AWSPENDING"])
    manager.update_secret_version_stage("seam", "AWSCURRENT", current, pending)
    assert manager.get_secret_value("seam", None, None)["SecretString"] == "new"
    assert token


def test_config_and_custom_resources_find_functions(services: Services, engine: Recorder) -> None:
    from moto.awslambda import utils

    found = utils.get_backend(ACCOUNT_ID, REGION).get_function(FUNCTION)
    found.invoke("{}", {}, {})
    assert engine.sent == [(FUNCTION, "{}", "", "", TRACE)]
    with pytest.raises(LookupError):
        utils.get_backend(ACCOUNT_ID, REGION).get_function(FUNCTION + "x")


def test_messages_carry_the_trace(services: Services) -> None:
    sqs = backend("sqs")
    sqs.create_queue("seam", {})
    with_trace = sqs.send_message("seam", "x")
    assert with_trace.system_attributes["AWSTraceHeader"]["StringValue"] == TRACE
    own = {"AWSTraceHeader": {"DataType": "String", "StringValue": "own"}}
    assert sqs.send_message("seam", "x", system_attributes=own).system_attributes == own
    with answering(CurrentCall()):
        assert sqs.send_message("seam", "x").system_attributes == {}
