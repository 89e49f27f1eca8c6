"""What an environment does with an invocation, held against the Lambda Developer Guide's words."""

from __future__ import annotations

import json
import math
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from running_cloud import MARK_NAME, RUNTIME, RunningCloud

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
COUNTING = """
import secrets
process = secrets.token_hex(8)
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return {"process": process, "calls": calls, "stream": context.log_stream_name}
"""
SLEEPING = """
import secrets, time
process = secrets.token_hex(8)
def handler(event, context):
    time.sleep(event["sleep"])
    return {"process": process, "stream": context.log_stream_name}
"""


def test_two_calls_at_once_run_in_two_environments(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(SLEEPING)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: one_cloud.call(name, {"sleep": 0.4}), range(2)))
    assert len({call.payload["process"] for call in both}) == 2
    streams = one_cloud.client("logs").describe_log_streams(logGroupName=f"/aws/lambda/{name}")
    assert {stream["logStreamName"] for stream in streams["logStreams"]} == {
        call.payload["stream"] for call in both
    }


def test_an_error_in_the_handler_keeps_the_environment(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "import secrets\nprocess = secrets.token_hex(8)\n"
        "def handler(e, c):\n    if e: raise ValueError('no')\n    return process\n"
    )
    before = one_cloud.call(name, {}).payload
    failed = one_cloud.call(name, {"fail": 1})
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"] == "ValueError"
    assert failed.payload["errorMessage"] == "no"
    assert "Traceback" in failed.log
    assert "[ERROR] ValueError: no" in failed.log
    assert one_cloud.call(name, {}).payload == before


def test_an_error_in_init_is_tried_again_in_the_invocation(one_cloud: RunningCloud) -> None:
    failed = one_cloud.call(one_cloud.create("raise RuntimeError('broken at import')\n"))
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"] == "RuntimeError"
    assert failed.payload["errorMessage"] == "broken at import"
    reports = re.findall(
        r"^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: (\w+)\tStatus: (\w+)\tError Type: (.+)$",
        failed.log,
        re.M,
    )
    assert [report[:2] for report in reports] == [("init", "error"), ("invoke", "error")]
    assert [kind for _, _, kind in reports] == ["Runtime.Unknown"] * 2
    ends = "\tStatus: error\tError Type: Runtime.Unknown\t\n"
    assert failed.log.partition("REPORT RequestId")[2].endswith(ends)


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.exit(3)\n",
        "import os\nos._exit(3)\n",
    ],
)
def test_an_exit_in_init(one_cloud: RunningCloud, source: str) -> None:
    failed = one_cloud.call(one_cloud.create(source))
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"].startswith("Runtime.")
    assert "INIT_REPORT" in failed.log


def test_the_concurrency_limit_throttles_with_its_reason(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(SLEEPING)
    one_cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=1
    )
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(one_cloud.call, name, {"sleep": 0.8})
        time.sleep(0.3)
        with pytest.raises(ClientError) as refused:
            one_cloud.call(name, {"sleep": 0})
        assert running.result().error == ""
    answer = refused.value.response
    assert answer["Error"]["Code"] == "TooManyRequestsException"
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert one_cloud.call(name, {"sleep": 0}).error == ""


def test_the_log_holds_the_platforms_lines_and_one_request_id(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("def handler(e, c):\n    print('said')\n    return c.aws_request_id\n")
    first, second = one_cloud.call(name), one_cloud.call(name)
    assert first.payload == first.request_id
    kinds = [line.split(" ")[0] for line in first.log.splitlines()]
    assert kinds == ["START", "said", "END", "REPORT"]
    assert set(re.findall(r"RequestId: (\S+)", first.log)) == {first.request_id}
    billed = math.ceil(
        round((first.figure("Duration") or 0) + (first.figure("Init Duration") or 0), 2)
    )
    assert first.figure("Billed Duration") == billed
    assert second.figure("Billed Duration") == math.ceil(second.figure("Duration") or 0)
    logs = one_cloud.client("logs")
    group = f"/aws/lambda/{name}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert len(streams) == 1
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", streams[0]["logStreamName"])
    events = logs.get_log_events(
        logGroupName=group, logStreamName=streams[0]["logStreamName"], startFromHead=True
    )["events"]
    assert events[0]["message"].startswith("INIT_START")
    assert "".join(event["message"] for event in events[1:]) == first.log + second.log
    stamps = [event["timestamp"] for event in events]
    assert abs(stamps[-1] / 1000 - time.time()) < 30


def test_six_megabytes_in_and_out(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("def handler(e, c):\n    return e if isinstance(e, str) else 'x' * e\n")
    text = "y" * (6_291_456 - 2)
    assert one_cloud.call(name, text).payload == text
    with pytest.raises(ClientError) as refused:
        one_cloud.call(name, text + "z")
    assert refused.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    too_large = one_cloud.call(name, 6_300_000)
    assert too_large.error == "Unhandled"
    assert too_large.payload["errorType"] == "Function.ResponseSizeTooLarge"
    assert one_cloud.call(name, 3).payload == "xxx"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"nonsense", b"[1,]"])
def test_a_payload_that_is_no_json_is_refused(one_cloud: RunningCloud, body: bytes) -> None:
    name = one_cloud.create(COUNTING)
    with pytest.raises(ClientError) as refused:
        one_cloud.call(name, Payload=body)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestContentException"
    assert "Could not parse request body into json" in str(refused.value)
    assert one_cloud.call(name).payload["calls"] == 1


def test_an_unknown_function(one_cloud: RunningCloud) -> None:
    with pytest.raises(ClientError) as refused:
        one_cloud.call("nobody-made-this")
    assert refused.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "Function not found: "
        "arn:aws:lambda:us-east-1:123456789012:function:nobody-made-this:$LATEST",
    }
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_function_acts_as_its_role(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "import boto3\ndef handler(e, c):\n"
        "    return boto3.client('sts').get_caller_identity()['Arn']\n"
    )
    assert one_cloud.call(name).payload == f"arn:aws:sts::123456789012:assumed-role/tests/{name}"


def test_nothing_of_the_learners_environment_leaks(each_user: RunningCloud) -> None:
    name = each_user.create(
        "import os, sys\ndef handler(e, c):\n    return [dict(os.environ), sys.path, os.getcwd()]\n"
    )
    environ, path, folder = each_user.call(name).payload
    assert MARK_NAME not in environ
    assert each_user.mark not in json.dumps([environ, path, folder])
    assert not {"HOME", "USER", "VIRTUAL_ENV", "SHELL"} & set(environ)
    assert environ["LAMBDA_TASK_ROOT"] == folder
    assert not [entry for entry in path if "site-packages" in entry]


def test_boto3_is_there_and_the_courses_packages_are_not(each_user: RunningCloud) -> None:
    name = each_user.create("""
import importlib
def handler(event, context):
    found = {}
    for name in ("boto3", "pandas", "moto", "serverless_course", "psutil"):
        try:
            importlib.import_module(name)
            found[name] = True
        except ImportError:
            found[name] = False
    return found
""")
    assert each_user.call(name).payload == {
        "boto3": True,
        "pandas": False,
        "moto": False,
        "serverless_course": False,
        "psutil": False,
    }


def test_an_answer_that_is_no_json_stays_its_own_functions_matter(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("""
import os, urllib.request
def handler(event, context):
    url = "http://%s/2018-06-01/runtime/invocation/%s/response" % (
        os.environ["AWS_LAMBDA_RUNTIME_API"], context.aws_request_id)
    urllib.request.urlopen(urllib.request.Request(url, b"\\xff\\x00 no json", method="POST"))
    os._exit(0)
""")
    other = one_cloud.create(COUNTING)
    assert one_cloud.call(name).raw == b"\xff\x00 no json"
    assert one_cloud.call(other).payload["calls"] == 1


def test_output_that_looks_like_a_telemetry_frame_does_no_harm(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(r"""
import os
def handler(event, context):
    os.write(1, b"\xa5\x5a\x00\x03\xff\xff\xff\xff" + b"\0" * 8 + b"swallowed\n")
    return "done"
""")
    call = one_cloud.call(name)
    assert call.payload == "done"
    assert call.log.splitlines()[-1].startswith("REPORT")
    assert "REPORT" in one_cloud.call(name).log


def test_the_function_sees_its_own_settings(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        "import os\ndef handler(e, c):\n    return [c.function_name, c.memory_limit_in_mb, "
        "c.invoked_function_arn, os.environ['AWS_EXECUTION_ENV'], "
        "c.get_remaining_time_in_millis()]\n",
        MemorySize=256,
        Timeout=7,
    )
    *named, left = one_cloud.call(name).payload
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert named == [name, "256", arn, f"AWS_Lambda_{RUNTIME}"]
    assert 5000 < left <= 7000


LOGGING = """
import logging
def handler(event, context):
    logging.getLogger().info("at info")
    logging.getLogger().error("at error")
    if event.get("fail"):
        raise ValueError("no")
"""


def types(log: str) -> list[str]:
    """The kinds of events in a log of the JSON format."""
    return [json.loads(line).get("type", "log") for line in log.splitlines()]


def test_levels_of_the_json_format(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(
        LOGGING, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "ERROR"}
    )
    call = one_cloud.call(name, {})
    assert types(call.log) == ["platform.start", "log", "platform.report"]
    assert "at error" in call.log
    assert "at info" not in call.log
    one_cloud.configure(
        name,
        LoggingConfig={
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
            "SystemLogLevel": "WARN",
        },
    )
    assert types(one_cloud.call(name, {}).log) == ["log", "log"]
    one_cloud.configure(name, Timeout=1, LoggingConfig={"SystemLogLevel": "DEBUG"})
    found = types(one_cloud.call(name, {}).log)
    assert [kind for kind in found if kind != "log"] == [
        *("platform.start", "platform.runtimeDone", "platform.report"),
    ]
