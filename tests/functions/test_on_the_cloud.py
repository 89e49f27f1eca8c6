"""The rooms together on the embedded cloud: real functions, real REPORT lines, real clean-up."""

import os
import signal
import statistics
import sys

import pytest

from serverless_course.aws.cleanup import clean_up, listed
from serverless_course.aws.cloud import on_embedded
from serverless_course.aws.embedded import EmbeddedCloud, EmbeddedCloudError
from serverless_course.aws.ledger import Ledger
from serverless_course.aws.names import resource_name, tags
from serverless_course.aws.stamp import Stamp
from serverless_course.functions.deploy import deploy
from serverless_course.functions.invoke import invoke
from serverless_course.functions.role import execution_role
from serverless_course.functions.sweep import run_input, sweep
from serverless_course.pricing.cost import billed_ms
from serverless_course.pricing.tables import price_table

SLUG = "99-measuring"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
CODE = """
import time

def lambda_handler(event, context):
    if event.get("raise"):
        raise ValueError("as asked")
    end = time.process_time() + event.get("cpu_ms", 0) / 1000
    while time.process_time() < end:
        pass
    time.sleep(event.get("wait_s", 0))
    return {"memory": context.memory_limit_in_mb, "event": event}
"""


@pytest.fixture(scope="module")
def cloud():
    server = EmbeddedCloud()
    yield on_embedded(server)
    server.stop()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    return Ledger(tmp_path_factory.mktemp("state") / "ledger.jsonl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("function")
    (folder / "lambda_function.py").write_text(CODE)
    return folder


def deployed(cloud, ledger, folder, short, timeout_s):
    name = resource_name(SLUG, short)
    Stamp(cloud, ledger, SLUG).listen(cloud.client("lambda"))
    return deploy(
        cloud.client("lambda"),
        *(name, folder),
        role=execution_role(cloud, ledger, SLUG),
        runtime=RUNTIME,
        memory=512,
        timeout=timeout_s,
        tags=tags(SLUG),
    )


@pytest.fixture(scope="module")
def function(cloud, ledger, folder):
    return deployed(cloud, ledger, folder, "spin", 3)


@pytest.fixture(scope="module")
def hasty(cloud, ledger, folder):
    """The same function with the least time-out that there is."""
    return deployed(cloud, ledger, folder, "hasty", 1)


def test_the_first_invocation_is_cold_and_the_second_is_not(cloud, function):
    client = cloud.client("lambda")
    cold, warm = (invoke(client, function, {"n": n}) for n in (1, 2))
    assert cold.ok
    assert cold.payload["event"] == {"n": 1}
    assert cold.cold
    assert not warm.cold
    for run in (cold, warm):
        assert run.memory_mb == 512
        assert run.billed_ms == billed_ms(run.duration_ms, price_table(), init_ms=run.init_ms or 0)
        assert 0 < run.max_memory_mb <= 512
        assert run.duration_ms <= run.client_ms
        assert run.host is not None
        assert run.host.share == pytest.approx(512 / 1769, abs=1e-3)


def test_a_failing_function_is_reported_and_not_raised(cloud, function):
    run = invoke(cloud.client("lambda"), function, {"raise": True})
    assert run.function_error == "Unhandled"
    assert (run.error_type, run.error_message) == ("ValueError", "as asked")
    assert run.report is not None


@pytest.mark.measures
def test_a_time_out_is_known_as_one(cloud, hasty):
    run = invoke(cloud.client("lambda"), hasty, {"wait_s": 5})
    assert run.timed_out
    assert 1000 <= run.duration_ms < 2500


@pytest.mark.measures
def test_a_sweep_measures_what_memory_buys(cloud, function):
    client = cloud.client("lambda")
    found = sweep(client, function, {"cpu_ms": 40}, memory=[256, 1769], runs=6)
    assert found.failures == {}
    small, large = found.rows
    # A run that the host disturbed is taken once more.
    assert all(size.n - size.doubtful <= 6 <= size.n for size in (small, large))

    def promised_ms(size):
        # Without the time that other work on this host took away: that may be any amount.
        return statistics.median(run.host.cpu_ms + run.host.held_ms for run in size.samples)

    # 256 MB is 0.145 of a vCPU: 6.9 times as long.
    assert 5 < promised_ms(small) / promised_ms(large) < 8
    assert small.usd > 0
    assert len(small.cold) == len(large.cold) == 1
    after = client.get_function_configuration(FunctionName=function.name)
    assert after["MemorySize"] == 512
    versions = client.list_versions_by_function(FunctionName=function.name)["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST"]


def test_parallel_samples_come_from_environments_of_their_own(cloud, function):
    client = cloud.client("lambda")
    found = sweep(client, function, {"wait_s": 0.2}, memory=[128], runs=6, parallel=6)
    assert found.failures == {}
    assert found[128].at_once == 6
    assert found[128].n - found[128].doubtful <= 6 <= found[128].n
    assert not any(sample.cold for sample in found[128].samples)


def test_cold_starts_only(cloud, function):
    client = cloud.client("lambda")
    found = sweep(client, function, {}, memory=[1769], runs=3, only_cold_starts=True)
    assert found.failures == {}
    # A run that the host disturbed is taken once more.
    assert found[1769].n - found[1769].doubtful <= 3 <= found[1769].n
    assert found[1769].init.median > 1
    after = client.get_function_configuration(FunctionName=function.name)
    assert after.get("Environment", {}).get("Variables", {}) == {}


def test_a_size_that_times_out_leaves_the_others(cloud, hasty):
    given = {
        "lambdaARN": hasty.arn,
        "powerValues": [128, 1769],
        "num": 5,
        # 140 ms of CPU are 1.9 s at 128 MB, and the time-out is 1 s.
        "payload": {"cpu_ms": 140},
        "strategy": "speed",
    }
    found = run_input(cloud.client("lambda"), given)
    assert list(found.failures) == [128]
    assert "timed out" in found.failures[128]
    assert found.output()["power"] == 1769


def test_clean_up_leaves_nothing(cloud, ledger, function, hasty):
    logs = cloud.client("logs").describe_log_groups(logGroupNamePrefix=function.log_group)
    assert logs["logGroups"]
    result = clean_up(cloud, ledger, SLUG)
    assert result.clean
    assert result.not_ours == ()
    assert {found.kind for found in result.deleted} == {
        "lambda:function",
        "logs:log-group",
        "iam:role",
    }
    assert listed(cloud, SLUG, ledger) == set()
    assert clean_up(cloud, ledger, SLUG).deleted == ()


def test_a_killed_cloud_is_told_by_the_next_call():
    server = EmbeddedCloud()
    client = on_embedded(server).client("lambda")
    assert client.list_functions()["Functions"] == []
    os.kill(server.ready.pid, signal.SIGKILL)
    with pytest.raises(EmbeddedCloudError, match="what you deployed in it is gone"):
        client.list_functions()
    server.stop()
