"""What a function's log holds, as text and as JSON: the platform's lines and the function's own.

Source, where a test names no other: events of AWS's as found in public logs of 8 October 2026 and
9 July 2026; Lambda Telemetry API schema reference; Lambda Developer Guide, "Log-level filtering"
and "Configuring CloudWatch log groups" (read 2026-11).
"""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

import pytest
from running_cloud import RunningCloud, wait_for

SOURCE = """
import logging, os, sys, time
log = logging.getLogger()
print("from init")
def handler(event, context):
    print("printed")
    print("one\\ntwo")
    log.debug("at debug")
    log.info("an %s", "info", extra={"order": 7})
    log.warning("at warning")
    log.critical("at critical")
    sys.stderr.write("to stderr\\n")
    if event.get("raise"):
        raise ValueError("no")
    if event.get("exit"):
        os._exit(3)
    if event.get("sleep"):
        time.sleep(event["sleep"])
    return [os.environ.get("AWS_LAMBDA_LOG_FORMAT"), os.environ.get("AWS_LAMBDA_LOG_LEVEL")]
"""
JSON_DEBUG = {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "DEBUG"}


def messages(cloud: RunningCloud, group: str) -> list[str]:
    """A group's messages, whose times must not go back."""
    events = cloud.client("logs").filter_log_events(logGroupName=group)["events"]
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    return [event["message"] for event in events]


def logged(cloud: RunningCloud, event: Any, **settings: Any) -> tuple[Any, list[str]]:
    """A new function's answer to one event, and its log."""
    name = cloud.create(SOURCE, **settings)
    payload = cloud.call(name, event).payload
    return payload, messages(cloud, f"/aws/lambda/{name}")


def platform(lines: list[str]) -> dict[str, dict[str, Any]]:
    """The records of the platform's JSON events, by kind."""
    events = [json.loads(line) for line in lines if line.startswith('{"time":')]
    for event in events:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"])
    return {event["type"].removeprefix("platform."): event["record"] for event in events}


def test_text_has_one_event_for_each_line_in_order(one_cloud: RunningCloud) -> None:
    payload, lines = logged(one_cloud, {})
    assert payload == [None, None]
    (request_id,) = re.findall(r"^START RequestId: (\S+)", "".join(lines), re.MULTILINE)
    assert [re.sub(r"^(\[\w+\]\t)\S+Z", r"\1TIME", line) for line in lines[1:-1]] == [
        "from init\n",
        f"START RequestId: {request_id} Version: $LATEST\n",
        "printed\n",
        "one\n",
        "two\n",
        f"[WARNING]\tTIME\t{request_id}\tat warning\n",
        f"[CRITICAL]\tTIME\t{request_id}\tat critical\n",
        "to stderr\n",
        f"END RequestId: {request_id}\n",
    ]
    assert re.fullmatch(
        r"INIT_START Runtime Version: \S+\tRuntime Version ARN: arn:aws:lambda:\S+\n", lines[0]
    )
    assert re.fullmatch(
        rf"REPORT RequestId: {request_id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 1769 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n",
        lines[-1],
    )


def test_a_traceback_is_one_event(one_cloud: RunningCloud) -> None:
    _, lines = logged(one_cloud, {"raise": True})
    (line,) = [each for each in lines if "ValueError" in each]
    assert line.startswith("[ERROR] ValueError: no\nTraceback (most recent call last):\n")


def test_json_at_debug_shows_every_phase(one_cloud: RunningCloud) -> None:
    payload, lines = logged(one_cloud, {}, LoggingConfig=JSON_DEBUG, MemorySize=256)
    assert payload == ["JSON", "DEBUG"]
    found = platform(lines)
    assert list(found) == [
        *("initStart", "initRuntimeDone", "initReport", "start", "runtimeDone", "report"),
    ]
    start = found["initStart"]
    name = start["functionName"]
    assert re.fullmatch(
        rf"\d{{4}}/\d\d/\d\d/{name}\[\$LATEST\][0-9a-f]{{32}}", start.pop("instanceId")
    )
    assert start.pop("runtimeVersionArn").startswith("arn:aws:lambda:us-east-1::runtime:")
    assert start.pop("runtimeVersion")
    assert start == {
        "initializationType": "on-demand",
        "phase": "init",
        "functionName": name,
        "functionVersion": "$LATEST",
        "instanceMaxMemory": 268435456,
    }
    done = {"initializationType": "on-demand", "phase": "init", "status": "success"}
    assert found["initRuntimeDone"] == done
    init_ms = found["initReport"].pop("metrics")["durationMs"]
    assert found["initReport"] == done
    request_id = found["start"]["requestId"]
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert found["start"] == {"requestId": request_id, "functionArn": arn, "version": "$LATEST"}
    report = found["report"]
    assert report["metrics"]["initDurationMs"] == init_ms
    assert report["metrics"]["memorySizeMB"] == 256
    assert report["status"] == "success"
    spans = found["runtimeDone"].pop("spans")
    names = ["responseLatency", "responseDuration", "runtimeOverhead"]
    assert [each["name"] for each in spans] == names
    assert spans[0]["durationMs"] > 0
    assert spans[1]["durationMs"] == 0
    assert sum(each["durationMs"] for each in spans) <= report["metrics"]["durationMs"]
    assert found["runtimeDone"] == {
        "requestId": request_id,
        "status": "success",
        "metrics": {
            "durationMs": report["metrics"]["durationMs"],
            "producedBytes": len('["JSON", "DEBUG"]'),
        },
    }
    assert all('": ' not in line for line in lines if line.startswith('{"time":'))


def test_json_holds_the_functions_records_and_leaves_text_as_it_is(one_cloud: RunningCloud) -> None:
    _, lines = logged(one_cloud, {}, LoggingConfig=JSON_DEBUG)
    own = [line for line in lines if not line.startswith('{"time":')]
    assert [line for line in own if not line.startswith("{")] == [
        *("from init\n", "printed\n", "one\n", "two\n", "to stderr\n"),
    ]
    records = [json.loads(line) for line in own if line.startswith("{")]
    assert [(each["level"], each["message"]) for each in records] == [
        ("DEBUG", "at debug"),
        ("INFO", "an info"),
        ("WARNING", "at warning"),
        ("CRITICAL", "at critical"),
    ]
    assert records[1]["order"] == 7
    assert len({each["requestId"] for each in records}) == 1


@pytest.mark.parametrize(
    ("level", "kept"),
    [
        ("TRACE", ["at debug", "an info", "at warning", "at critical"]),
        ("INFO", ["an info", "at warning", "at critical"]),
        ("WARN", ["at warning", "at critical"]),
        ("FATAL", ["at critical"]),
    ],
)
def test_the_applications_level(one_cloud: RunningCloud, level: str, kept: list[str]) -> None:
    """Python says WARNING and CRITICAL where Lambda says WARN and FATAL."""
    config = {"LogFormat": "JSON", "ApplicationLogLevel": level}
    _, lines = logged(one_cloud, {}, LoggingConfig=config)
    records = [json.loads(line) for line in lines if line.startswith('{"timestamp"')]
    assert [each["message"] for each in records] == kept
    assert ("printed\n" in lines) == (level in ("TRACE", "INFO")), "text counts as INFO"


@pytest.mark.parametrize(
    ("event", "status", "error_type"),
    [({"exit": True}, "error", "Runtime.ExitError"), ({"sleep": 5}, "timeout", None)],
)
def test_what_went_wrong_is_told_at_the_highest_level(
    one_cloud: RunningCloud, event: dict[str, Any], status: str, error_type: str | None
) -> None:
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "FATAL", "SystemLogLevel": "WARN"}
    _, lines = logged(one_cloud, event, LoggingConfig=config, Timeout=1)
    found = platform(lines)
    assert list(found) == ["runtimeDone", "report"]
    for record in found.values():
        assert record["status"] == status
        assert record.get("errorType") == error_type


def test_an_import_error_in_json(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("import nothing_there\n", LoggingConfig=JSON_DEBUG)
    one_cloud.call(name)
    lines = messages(one_cloud, f"/aws/lambda/{name}")
    records = [json.loads(line) for line in lines]
    reports = [each["record"] for each in records if each.get("type") == "platform.initReport"]
    assert [each["phase"] for each in reports] == ["init", "invoke"]
    for each in reports:
        assert each["status"] == "error"
        assert each["errorType"] == "Runtime.ImportModuleError"
    errors = [each for each in records if each.get("level") == "ERROR"]
    assert errors[0]["errorType"] == "Runtime.ImportModuleError"


def test_provisioned_concurrency_reports_its_initialisation(one_cloud: RunningCloud) -> None:
    """As text, too: "Lambda Developer Guide", execution environment lifecycle (read 2026-11)."""
    lam = one_cloud.client("lambda")
    name = one_cloud.create(SOURCE)
    version = {"FunctionName": name, "Qualifier": lam.publish_version(FunctionName=name)["Version"]}
    lam.put_provisioned_concurrency_config(**version, ProvisionedConcurrentExecutions=1)
    wait_for(lambda: lam.get_provisioned_concurrency_config(**version)["Status"] == "READY", 15)
    assert not one_cloud.call(name, {}, Qualifier=version["Qualifier"]).error
    lines = messages(one_cloud, f"/aws/lambda/{name}")
    lam.delete_function(FunctionName=name)
    assert [line.split()[0] for line in lines[:4]] == [
        *("INIT_START", "from", "INIT_REPORT", "START"),
    ]
    assert re.fullmatch(r"INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\n", lines[2])


def test_a_shared_group_names_the_function_in_its_streams(one_cloud: RunningCloud) -> None:
    group = f"/shared/{secrets.token_hex(4)}"
    name = one_cloud.create(SOURCE, LoggingConfig={"LogGroup": group})
    one_cloud.call(name, {})
    (stream,) = one_cloud.client("logs").describe_log_streams(logGroupName=group)["logStreams"]
    assert re.fullmatch(
        rf"\d{{4}}/\d\d/\d\d/{name}\[\$LATEST\][0-9a-f]{{32}}", stream["logStreamName"]
    )
    assert (
        one_cloud.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")[
            "logGroups"
        ]
        == []
    )
