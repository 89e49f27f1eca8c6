"""What an environment does in its life, held against the Lambda Developer Guide's words."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from running_cloud import MARK_NAME, RUNTIME, RunningCloud, alive, carrying, stopped, wait_for

COUNTING = """
import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return {"pid": os.getpid(), "calls": calls, "stream": context.log_stream_name}
"""
SLEEPING = """
import os, time
def handler(event, context):
    time.sleep(event["sleep"])
    return {"pid": os.getpid(), "stream": context.log_stream_name}
"""
SPAWNING = """
import os, subprocess, sys, time
WORK = "import time\\nwhile True: time.sleep(0.01)"
def handler(event, context):
    if event["how"] == "child":
        return [subprocess.Popen([sys.executable, "-S", "-c", WORK]).pid]
    if event["how"] == "session":
        return [subprocess.Popen([sys.executable, "-S", "-c", WORK], start_new_session=True).pid]
    read, write = os.pipe()
    first = os.fork()
    if first == 0:
        os.setsid()
        second = os.fork()
        if second:
            os.write(write, str(second).encode())
            os._exit(0)
        while True:
            time.sleep(0.01)
    os.waitpid(first, 0)
    return [int(os.read(read, 20))]
"""


def test_a_warm_environment_keeps_its_process_and_globals(cloud: RunningCloud) -> None:
    name = cloud.create(COUNTING)
    first, second = cloud.call(name), cloud.call(name)
    assert (first.payload["calls"], second.payload["calls"]) == (1, 2)
    assert first.payload["pid"] == second.payload["pid"]
    assert first.figure("Init Duration") is not None
    assert second.figure("Init Duration") is None


def test_two_calls_at_once_run_in_two_environments(cloud: RunningCloud) -> None:
    name = cloud.create(SLEEPING)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: cloud.call(name, {"sleep": 0.4}), range(2)))
    assert len({call.payload["pid"] for call in both}) == 2
    streams = cloud.client("logs").describe_log_streams(logGroupName=f"/aws/lambda/{name}")
    assert {stream["logStreamName"] for stream in streams["logStreams"]} == {
        call.payload["stream"] for call in both
    }


def test_an_error_in_the_handler_keeps_the_environment(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os\ndef handler(e, c):\n    if e: raise ValueError('no')\n    return os.getpid()\n"
    )
    before = cloud.call(name, {}).payload
    failed = cloud.call(name, {"fail": 1})
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"] == "ValueError"
    assert failed.payload["errorMessage"] == "no"
    assert "Traceback" in failed.log
    assert "[ERROR] ValueError: no" in failed.log
    assert cloud.call(name, {}).payload == before


def test_an_error_in_init_is_tried_again_in_the_invocation(cloud: RunningCloud) -> None:
    failed = cloud.call(cloud.create("raise RuntimeError('broken at import')\n"))
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"] == "RuntimeError"
    assert failed.payload["errorMessage"] == "broken at import"
    reports = re.findall(
        r"^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: (\w+)\tStatus: (\w+)\tError Type: (.+)$",
        failed.log,
        re.M,
    )
    assert [report[:2] for report in reports] == [("init", "error"), ("invoke", "error")]
    assert all(kind.endswith("RuntimeError") for _, _, kind in reports)
    assert "Status: error" in failed.log.partition("REPORT RequestId")[2]


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.exit(3)\n",
        "import os\nos._exit(3)\n",
    ],
)
def test_an_exit_in_init(cloud: RunningCloud, source: str) -> None:
    failed = cloud.call(cloud.create(source))
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"].startswith("Runtime.")
    assert "INIT_REPORT" in failed.log


def test_an_exit_in_the_handler_resets_the_environment(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os\ndef handler(e, c):\n    if e: os._exit(7)\n    return os.getpid()\n"
    )
    before = cloud.call(name, {}).payload
    failed = cloud.call(name, {"exit": 1})
    assert failed.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {failed.request_id} Error: Runtime exited with error: "
        "exit status 7",
    }
    assert "Error Type: Runtime.ExitError" in failed.log
    assert cloud.call(name, {}).payload != before


def test_after_a_timeout_the_next_init_is_hidden_and_tmp_is_kept(cloud: RunningCloud) -> None:
    name = cloud.create(
        """
import os, time
path = os.environ["TMPDIR"] + "/kept"
def handler(event, context):
    if event:
        open(path, "w").write("here")
        time.sleep(30)
    return [os.getpid(), os.path.exists(path), context.log_stream_name]
""",
        Timeout=1,
    )
    before = cloud.call(name, {}).payload
    late = cloud.call(name, {"sleep": 1})
    assert late.payload == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {late.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert "Status: timeout" in late.log
    assert 1000 <= (late.figure("Duration") or 0) < 1500
    after = cloud.call(name, {})
    assert after.figure("Init Duration") is None
    assert after.payload[0] != before[0]
    assert after.payload[1:] == [True, before[2]]


def test_too_much_memory_ends_the_function_only(cloud: RunningCloud) -> None:
    name = cloud.create(
        """
import time
def handler(event, context):
    held = []
    for _ in range(event.get("blocks", 0)):
        held.append(b"x" * 8_000_000)
        time.sleep(0.002)
    return len(held)
""",
        MemorySize=128,
    )
    assert cloud.call(name, {"blocks": 2}).payload == 2
    failed = cloud.call(name, {"blocks": 60})
    assert failed.error == "Unhandled"
    assert failed.payload["errorType"] == "Runtime.ExitError"
    assert failed.payload["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert "Error Type: Runtime.OutOfMemory" in failed.log
    assert failed.figure("Max Memory Used") == 128
    assert cloud.call(name, {}).payload == 0


def test_a_frozen_environment_does_nothing_until_it_is_thawed(cloud: RunningCloud) -> None:
    name = cloud.create("""
import os, threading, time
count = 0
def work():
    global count
    while True:
        count += 1
        time.sleep(0.005)
threading.Thread(target=work, daemon=True).start()
def handler(event, context):
    before = count
    time.sleep(event.get("sleep", 0))
    return [os.getpid(), before, count]
""")
    pid, _, counted = cloud.call(name, {"sleep": 0.3}).payload
    assert counted > 20
    wait_for(lambda: stopped(pid))
    time.sleep(0.6)
    _, before, after = cloud.call(name, {"sleep": 0.2}).payload
    assert before - counted < 15
    assert after - before > 10


def test_a_changed_configuration_retires_old_environments(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os\ndef handler(e, c):\n    return [os.getpid(), os.environ.get('WORD')]\n"
    )
    old, word = cloud.call(name).payload
    assert word is None
    cloud.configure(name, Environment={"Variables": {"WORD": "new"}})
    new, word = cloud.call(name).payload
    assert (word, new != old) == ("new", True)
    wait_for(lambda: not alive(old))


def test_the_concurrency_limit_throttles_with_its_reason(cloud: RunningCloud) -> None:
    name = cloud.create(SLEEPING)
    cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=1
    )
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(cloud.call, name, {"sleep": 0.8})
        time.sleep(0.3)
        with pytest.raises(ClientError) as refused:
            cloud.call(name, {"sleep": 0})
        assert running.result().error == ""
    answer = refused.value.response
    assert answer["Error"]["Code"] == "TooManyRequestsException"
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert cloud.call(name, {"sleep": 0}).error == ""


def test_the_log_holds_the_platforms_lines_and_one_request_id(cloud: RunningCloud) -> None:
    name = cloud.create("def handler(e, c):\n    print('said')\n    return c.aws_request_id\n")
    first, second = cloud.call(name), cloud.call(name)
    assert first.payload == first.request_id
    kinds = [line.split(" ")[0] for line in first.log.splitlines()]
    assert kinds == ["INIT_START", "START", "said", "END", "REPORT"]
    assert set(re.findall(r"RequestId: (\S+)", first.log)) == {first.request_id}
    billed = math.ceil(
        round((first.figure("Duration") or 0) + (first.figure("Init Duration") or 0), 2)
    )
    assert first.figure("Billed Duration") == billed
    assert second.figure("Billed Duration") == math.ceil(second.figure("Duration") or 0)
    logs = cloud.client("logs")
    group = f"/aws/lambda/{name}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert len(streams) == 1
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", streams[0]["logStreamName"])
    events = logs.get_log_events(
        logGroupName=group, logStreamName=streams[0]["logStreamName"], startFromHead=True
    )["events"]
    assert "".join(event["message"] for event in events) == first.log + second.log
    stamps = [event["timestamp"] for event in events]
    assert abs(stamps[-1] / 1000 - time.time()) < 30


def test_six_megabytes_in_and_out(cloud: RunningCloud) -> None:
    name = cloud.create("def handler(e, c):\n    return e if isinstance(e, str) else 'x' * e\n")
    text = "y" * (6_291_456 - 2)
    assert cloud.call(name, text).payload == text
    with pytest.raises(ClientError) as refused:
        cloud.call(name, text + "z")
    assert refused.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    too_large = cloud.call(name, 6_300_000)
    assert too_large.error == "Unhandled"
    assert too_large.payload["errorType"] == "Function.ResponseSizeTooLarge"
    assert cloud.call(name, 3).payload == "xxx"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"nonsense", b"[1,]"])
def test_a_payload_that_is_no_json_is_refused(cloud: RunningCloud, body: bytes) -> None:
    name = cloud.create(COUNTING)
    with pytest.raises(ClientError) as refused:
        cloud.call(name, Payload=body)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestContentException"
    assert "Could not parse request body into json" in str(refused.value)
    assert cloud.call(name).payload["calls"] == 1


def test_an_unknown_function(cloud: RunningCloud) -> None:
    with pytest.raises(ClientError) as refused:
        cloud.call("nobody-made-this")
    assert refused.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "Function not found: "
        "arn:aws:lambda:us-east-1:123456789012:function:nobody-made-this",
    }
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_function_acts_as_its_role(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import boto3\ndef handler(e, c):\n"
        "    return boto3.client('sts').get_caller_identity()['Arn']\n"
    )
    assert cloud.call(name).payload == f"arn:aws:sts::123456789012:assumed-role/tests/{name}"


def test_nothing_of_the_learners_environment_leaks(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os, sys\ndef handler(e, c):\n    return [dict(os.environ), sys.path, os.getcwd()]\n"
    )
    environ, path, folder = cloud.call(name).payload
    assert MARK_NAME not in environ
    assert cloud.mark not in json.dumps([environ, path, folder])
    assert not {"HOME", "USER", "VIRTUAL_ENV", "SHELL"} & set(environ)
    assert environ["LAMBDA_TASK_ROOT"] == folder
    assert not [entry for entry in path if "site-packages" in entry]


def test_boto3_is_there_and_the_courses_packages_are_not(cloud: RunningCloud) -> None:
    name = cloud.create("""
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
    assert cloud.call(name).payload == {
        "boto3": True,
        "pandas": False,
        "moto": False,
        "serverless_course": False,
        "psutil": False,
    }


@pytest.mark.parametrize("how", ["child", "session", "double fork"])
def test_an_environments_end_is_the_end_of_all_its_processes(cloud: RunningCloud, how: str) -> None:
    name = cloud.create(SPAWNING)
    stream = "AWS_LAMBDA_FUNCTION_NAME=" + name
    pids = cloud.call(name, {"how": how}).payload
    assert all(alive(pid) for pid in pids)
    assert set(pids) < set(carrying(stream))
    cloud.delete(name)
    wait_for(lambda: not carrying(stream) and not any(alive(pid) for pid in pids))


def test_a_flood_of_output_does_no_harm(cloud: RunningCloud) -> None:
    flooding = cloud.create(
        "import os\ndef handler(e, c):\n"
        "    for _ in range(e['times']):\n"
        "        os.write(1, e['text'].encode() * e['repeat'])\n"
        "    return 'done'\n"
    )
    other = cloud.create(COUNTING)
    cloud.call(other)
    with ThreadPoolExecutor(1) as pool:
        flood = pool.submit(cloud.call, flooding, {"text": "\n", "repeat": 60_000, "times": 12})
        waits = []
        while not flood.done():
            started = time.perf_counter()
            cloud.call(other)
            waits.append(time.perf_counter() - started)
        assert flood.result().payload == "done"
    assert max(waits) < 1.0
    long_line = cloud.call(flooding, {"text": "x", "repeat": 1_000_000, "times": 3})
    assert long_line.payload == "done"
    assert len(long_line.log.encode()) <= 4096
    assert long_line.log.splitlines()[-1].startswith("REPORT")


def test_a_function_that_closes_its_pipes(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os\ndef handler(e, c):\n    if e: os.closerange(0, 3)\n    return 'alive'\n"
    )
    assert cloud.call(name, {"close": 1}).payload == "alive"
    assert cloud.call(name, {}).payload == "alive"
    every = cloud.create(
        "import os\ndef handler(e, c):\n    if e: os.closerange(0, 200)\n    return 'alive'\n",
        Timeout=3,
    )
    cloud.call(every, {"close": 1})
    assert cloud.call(every, {}).payload == "alive"


def test_an_answer_that_is_no_json_stays_its_own_functions_matter(cloud: RunningCloud) -> None:
    name = cloud.create("""
import os, urllib.request
def handler(event, context):
    url = "http://%s/2018-06-01/runtime/invocation/%s/response" % (
        os.environ["AWS_LAMBDA_RUNTIME_API"], context.aws_request_id)
    urllib.request.urlopen(urllib.request.Request(url, b"\\xff\\x00 no json", method="POST"))
    os._exit(0)
""")
    other = cloud.create(COUNTING)
    assert cloud.call(name).raw == b"\xff\x00 no json"
    assert cloud.call(other).payload["calls"] == 1


def test_output_that_looks_like_a_telemetry_frame_does_no_harm(cloud: RunningCloud) -> None:
    name = cloud.create(r"""
import os
def handler(event, context):
    os.write(1, b"\xa5\x5a\x00\x03\xff\xff\xff\xff" + b"\0" * 8 + b"swallowed\n")
    return "done"
""")
    call = cloud.call(name)
    assert call.payload == "done"
    assert call.log.splitlines()[-1].startswith("REPORT")
    assert "REPORT" in cloud.call(name).log


def test_an_environment_that_dies_while_frozen_is_made_anew(cloud: RunningCloud) -> None:
    name = cloud.create(COUNTING, Timeout=3)
    pid = cloud.call(name).payload["pid"]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not alive(pid))
    again = cloud.call(name)
    assert again.error == ""
    assert again.payload["pid"] != pid


def test_the_function_sees_its_own_settings(cloud: RunningCloud) -> None:
    name = cloud.create(
        "import os\ndef handler(e, c):\n    return [c.function_name, c.memory_limit_in_mb, "
        "c.invoked_function_arn, os.environ['AWS_EXECUTION_ENV'], "
        "c.get_remaining_time_in_millis()]\n",
        MemorySize=256,
        Timeout=7,
    )
    *named, left = cloud.call(name).payload
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
    assert types(call.log) == ["platform.initStart", "platform.start", "log", "platform.report"]
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
        *("platform.initStart", "platform.initRuntimeDone", "platform.initReport"),
        *("platform.start", "platform.runtimeDone", "platform.report"),
    ]
