"""AWS's own command line as a second client of the logs: it shows what boto3 gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from running_cloud import RunningCloud, wait_for

SOURCE = """
def handler(event, context):
    print("said", event["said"])
"""


def command(cloud: RunningCloud, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "awscli", "--endpoint-url", cloud.endpoint, *arguments]


def environ(cloud: RunningCloud) -> dict[str, str]:
    return {
        **os.environ,
        "AWS_ACCESS_KEY_ID": cloud.ready["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": cloud.ready["secret_access_key"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONUNBUFFERED": "1",
    }


def aws(cloud: RunningCloud, *arguments: str) -> str:
    done = subprocess.run(
        command(cloud, *arguments),
        env=environ(cloud),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def name(one_cloud: RunningCloud) -> str:
    made = one_cloud.create(SOURCE)
    for word in ("one", "two"):
        one_cloud.call(made, {"said": word})
    return made


def test_a_search(one_cloud: RunningCloud, name: str) -> None:
    group = f"/aws/lambda/{name}"
    given = ["logs", "filter-log-events", "--log-group-name", group]
    shown = json.loads(aws(one_cloud, *given, "--page-size", "2"))["events"]
    logs = one_cloud.client("logs")
    assert shown == logs.filter_log_events(logGroupName=group)["events"]
    text = aws(one_cloud, *given, "--filter-pattern", '"said two"', "--output", "text")
    assert "said two" in text
    assert "said one" not in text


def test_what_tail_follow_does(one_cloud: RunningCloud, name: str) -> None:
    """``aws logs tail --follow``, of version 2 of the command line, asks again and again from the
    time of the newest event, and leaves out the event ids that it has seen."""
    pages = one_cloud.client("logs").get_paginator("filter_log_events")
    group, since, seen = f"/aws/lambda/{name}", 0, set()
    shown = []

    def follow() -> None:
        nonlocal since
        for page in pages.paginate(logGroupName=group, interleaved=True, startTime=since):
            for event in page["events"]:
                since = max(since, event["timestamp"])
                if event["eventId"] not in seen:
                    seen.add(event["eventId"])
                    shown.append(event["message"])

    follow()
    for word in ("three", "four"):
        one_cloud.call(name, {"said": word})
        follow()
    said = [message.split()[1] for message in shown if message.startswith("said")]
    assert said == ["one", "two", "three", "four"]
    assert len(shown) == len(seen)


def test_a_query(one_cloud: RunningCloud, name: str) -> None:
    now = int(time.time())
    query = 'filter @message like "said" | parse @message "said *" as word | display word'
    started = json.loads(
        aws(
            one_cloud,
            *("logs", "start-query", "--log-group-name", f"/aws/lambda/{name}"),
            *("--start-time", str(now - 600), "--end-time", str(now + 5)),
            *("--query-string", query),
        )
    )
    given: dict[str, Any] = {"queryId": started["queryId"]}
    logs = one_cloud.client("logs")
    wait_for(lambda: logs.get_query_results(**given)["status"] == "Complete")
    shown = json.loads(aws(one_cloud, "logs", "get-query-results", "--query-id", given["queryId"]))
    expected = logs.get_query_results(**given)
    assert shown["results"] == expected["results"]
    assert shown["status"] == expected["status"]
    # The command line may know an older model, with fewer figures.
    assert shown["statistics"].items() <= expected["statistics"].items()
    assert {row[0]["value"].strip() for row in shown["results"]} >= {"one", "two"}
