"""The door of every invocation: one draw of an alias's version, one permit, loops at every way in."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from async_targets import able_role, queue, starts
from function_url import call, publish
from running_cloud import RunningCloud, own_launcher, running, wait_for
from segment_tree import carrying_header
from toy_cloud import REGION, ToyCloud, Try, alias
from virtual_time import run_in_virtual_time

from serverless_course.localcloud.lambda_.invocation.loop_detection import next_hop
from serverless_course.localcloud.lambda_.invocation.request import InvocationRequest
from serverless_course.localcloud.lambda_.registry import Found
from serverless_course.localcloud.wire.errors import ServiceError

# So many that each of eight ways of three draws is seen: one is missing once in 10^10 runs.
EVENTS = 200


def traced_half(cloud: ToyCloud, share: float = 0.5) -> Any:
    """A function whose alias ``live`` goes to version 1, which is traced, and to 2, which is not."""
    record = cloud.function(versions=("1", "2"), traced=("1",))
    record.aliases["live"] = alias("live", "1", v2=share)
    return record


def root(number: int) -> str:
    return f"1-{number:08x}-{number:024x}"


def told(cloud: ToyCloud, number: int, origin: str) -> list[tuple[str, dict[str, Any]]]:
    """What X-Ray was told of one event: versions and documents of that origin."""
    return [
        (version, each)
        for version, each in cloud.documents
        if each["trace_id"] == root(number) and each.get("origin") == origin
    ]


def test_each_attempt_is_told_to_x_ray_of_the_version_that_ran() -> None:
    """An asynchronous event through an alias whose versions differ in tracing."""

    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("error"))
        record = traced_half(cloud)
        for number in range(EVENTS):
            cloud.put(str(number), record, "live", f"Root={root(number)};Sampled=1")
        await cloud.until_empty()
        drawn = set()
        for number in range(EVENTS):
            ran = [each.version for each in cloud.seen[str(number)]]
            drawn.add(tuple(ran))
            functions = told(cloud, number, "AWS::Lambda::Function")
            assert [version for version, _ in functions] == ["1"] * ran.count("1")
            services = told(cloud, number, "AWS::Lambda")
            assert len(services) == ("1" in ran), "one request, one segment of the service"
            attempts = [
                each["name"]
                for _, each in cloud.documents
                if each["trace_id"] == root(number) and each["name"].startswith("Attempt")
            ]
            assert attempts == [f"Attempt #{n}" for n, v in enumerate(ran, 1) if v == "1"]
        assert len(drawn) == 8, "three attempts, each with version 1 or 2"

    run_in_virtual_time(work())


def test_an_attempt_without_a_trace_is_given_no_segment_of_its_own() -> None:
    """What a version with PassThrough gets has the ids of the request's own segment."""

    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("error"))
        record = traced_half(cloud)
        for number in range(40):
            cloud.put(str(number), record, "live", f"Root={root(number)};Sampled=1")
        await cloud.until_empty()
        for number in range(40):
            services = [each["id"] for _, each in told(cloud, number, "AWS::Lambda")]
            for seen in cloud.seen[str(number)]:
                assert f"Root={root(number)}" in seen.event.trace_id
                if seen.version == "2":
                    assert seen.event.xray is None
                else:
                    assert seen.event.xray is not None
                    assert seen.event.xray.parent_id not in services

    run_in_virtual_time(work())


def test_the_version_that_was_drawn_runs_the_first_attempt() -> None:
    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("ok", 5.0))
        record = traced_half(cloud)
        record.reserved = 1
        drawn = {}
        for number in range(20):
            found = Found(record, "live")
            request = InvocationRequest(found, b"{}", f"Root={root(number)};Sampled=1", str(number))
            received = cloud.door.receive(request)
            cloud.queue.put(received)
            assert received.version is not None
            drawn[str(number)] = received.version.version
        await cloud.until_empty()
        assert set(drawn.values()) == {"1", "2"}
        assert cloud.count("Throttles") > 0, "most events wait for their turn"
        ran = {name: [each.version for each in seen] for name, seen in cloud.seen.items()}
        assert ran == {name: [version] for name, version in drawn.items()}

    run_in_virtual_time(work())


def test_an_alias_that_points_elsewhere_meanwhile_is_followed() -> None:
    """The way to stop a bad version: events that wait must not run it any more."""

    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("ok", 1.0))
        record = cloud.function(versions=("1", "2", "3"))
        record.aliases["live"] = alias("live", "1", v2=0.5)
        record.reserved = 1
        for number in range(10):
            cloud.put(str(number), record, "live")
        record.aliases["live"] = alias("live", "3")
        await cloud.until_empty()
        ran = Counter(each.version for seen in cloud.seen.values() for each in seen)
        assert ran == {"3": 10}

    run_in_virtual_time(work())


def test_a_permit_that_is_not_used_gives_its_place_back() -> None:
    async def work() -> None:
        cloud = ToyCloud()
        record = cloud.function()
        record.reserved = 1
        received = cloud.door.receive(InvocationRequest(Found(record, None), b"{}", ""))
        permit = cloud.door.permit(received)
        with pytest.raises(ServiceError) as caught:
            cloud.door.permit(received)
        assert caught.value.status == 429
        permit.release()
        permit.release()
        assert cloud.fleets.concurrency(REGION).busy("f") == 0
        assert (await cloud.door.run(received)).function_error == ""
        assert cloud.count("Throttles") == 1

    run_in_virtual_time(work())


def test_events_that_are_given_up_before_they_begin_leave_nothing_busy() -> None:
    async def work() -> None:
        cloud = ToyCloud(lambda _: Try("ok", 100.0))
        record = cloud.function()
        for number in range(3):
            cloud.put(str(number), record)
        while not cloud.queue.running:
            await asyncio.sleep(0)
        await cloud.queue.close()
        await asyncio.sleep(0)
        assert cloud.fleets.concurrency(REGION).busy("f") == 0

    run_in_virtual_time(work())


# Loops, at the ways in that are not Invoke. `test_lineage` has Invoke and destinations.


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "600") as found:
        yield found


def after_visits(cloud: RunningCloud, name: str, times: int) -> str:
    """The trace header of an event that came by a function so often before."""
    arn = cloud.client("lambda").get_function_configuration(FunctionName=name)["FunctionArn"]
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0"
    for _ in range(times):
        trace, _ = next_hop(trace, arn)
    return trace


def recursions(cloud: RunningCloud, name: str) -> float:
    """How many invocations of a function were stopped, by CloudWatch."""
    now = datetime.now(UTC)
    found = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="RecursiveInvocationsDropped",
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return sum(float(each["Sum"]) for each in found["Datapoints"])


def test_a_function_url_stops_a_loop(cloud: RunningCloud) -> None:
    name = cloud.create("def handler(event, context):\n    return 'through'\n")
    url = publish(cloud, name)
    response, body = call(url, X_Amzn_Trace_Id=after_visits(cloud, name, 15))
    assert (response.status, body) == (200, b"through")
    response, body = call(url, X_Amzn_Trace_Id=after_visits(cloud, name, 16))
    assert response.status == 400
    assert response.getheader("x-amzn-errortype") == "RecursiveInvocationException"
    assert "recursive loop" in json.loads(body)["Message"]
    assert recursions(cloud, name) == 1.0
    cloud.client("lambda").put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    response, body = call(url, X_Amzn_Trace_Id=after_visits(cloud, name, 16))
    assert (response.status, body) == (200, b"through")


def test_a_function_that_calls_its_own_url_is_stopped(cloud: RunningCloud) -> None:
    """Each run passes its trace header on, as AWS's SDKs do."""
    source = (
        "import os, urllib.request\n"
        "def handler(event, context):\n"
        "    url, host = os.environ['URL'], os.environ['NAME']\n"
        "    header = os.environ['_X_AMZN_TRACE_ID']\n"
        "    print('visit')\n"
        "    sent = {'Host': host, 'X-Amzn-Trace-Id': header}\n"
        "    request = urllib.request.Request(url, headers=sent)\n"
        "    return urllib.request.urlopen(request).read().decode()\n"
    )
    name = cloud.create(source, Timeout=60)
    url = publish(cloud, name)
    host = url.split("/")[2]
    variables = {"URL": cloud.endpoint, "NAME": host}
    cloud.configure(name, Environment={"Variables": variables})
    assert call(url)[0].status == 502
    wait_for(lambda: recursions(cloud, name) == 1.0)
    logs = cloud.client("logs").filter_log_events(
        logGroupName=f"/aws/lambda/{name}", filterPattern="visit"
    )
    assert len(logs["events"]) == 16


def test_a_delivery_of_a_topic_stops_a_loop(cloud: RunningCloud) -> None:
    dead = queue(cloud)
    name = cloud.create(
        "def handler(event, context):\n    return 1\n",
        Role=able_role(cloud),
        DeadLetterConfig={"TargetArn": dead.arn},
    )
    cloud.client("lambda").add_permission(
        FunctionName=name,
        StatementId="topic",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
    )
    sns = cloud.client("sns", token=None)
    arn = sns.create_topic(Name=f"t-{secrets.token_hex(5)}")["TopicArn"]
    function = cloud.client("lambda").get_function_configuration(FunctionName=name)
    sns.subscribe(TopicArn=arn, Protocol="lambda", Endpoint=function["FunctionArn"])
    with carrying_header(sns, after_visits(cloud, name, 16)):
        sns.publish(TopicArn=arn, Message="round")
    attributes = dead.one()["MessageAttributes"]
    assert "recursive loop" in attributes["ErrorMessage"]["StringValue"]
    assert recursions(cloud, name) == 1.0
    assert not starts(cloud, name, attributes["RequestID"]["StringValue"])


def test_a_rotation_stops_a_loop(cloud: RunningCloud) -> None:
    """Secrets Manager waits for the function's answer: the step fails, the secret stays."""
    name = cloud.create("def handler(event, context):\n    print('step', event['Step'])\n")
    cloud.client("lambda").add_permission(
        FunctionName=name,
        StatementId="rotation",
        Action="lambda:InvokeFunction",
        Principal="secretsmanager.amazonaws.com",
    )
    function = cloud.client("lambda").get_function_configuration(FunctionName=name)
    manager = cloud.client("secretsmanager", token=None)
    secret = f"s-{secrets.token_hex(5)}"
    manager.create_secret(Name=secret, SecretString="old")
    with carrying_header(manager, after_visits(cloud, name, 16)):
        manager.rotate_secret(SecretId=secret, RotationLambdaARN=function["FunctionArn"])
    wait_for(lambda: recursions(cloud, name) == 1.0)
    assert manager.get_secret_value(SecretId=secret)["SecretString"] == "old"
