"""What holds in every runtime of this machine: each Python, each Node.js, and the OS-only ones.

Sources: Lambda Developer Guide (read 2026-11), and what AWS answered: recorded on 24 Nov 2025
(the words of an exit) and in public logs of 2024 to 2026 (the words of signals).
"""

from __future__ import annotations

import base64
import json
import re
import signal
from collections.abc import Iterator

import pytest
from more_nodes import cloud_with_nodes
from running_cloud import RunningCloud, wait_for
from runtime_programs import Family, create, family_of, runtimes

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
UNICODE = "héllo, 世界 🎉 \u2028 end"


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with cloud_with_nodes("--clock-factor", str(CLOCK_FACTOR)) as found:
        yield found


pytestmark = pytest.mark.parametrize("runtime", runtimes(), scope="module")


@pytest.fixture(scope="module")
def family(runtime: str) -> Family:
    return family_of(runtime)


@pytest.fixture(scope="module")
def program(one_cloud: RunningCloud, runtime: str, family: Family) -> str:
    """The name of the function that does what its event says."""
    return create(one_cloud, runtime, family.files, MemorySize=512, Timeout=15)


def test_the_context(one_cloud: RunningCloud, program: str) -> None:
    given = {"custom": {"k": "ü"}, "env": {}, "client": {}}
    call = one_cloud.call(
        program,
        {"do": "context"},
        ClientContext=base64.b64encode(json.dumps(given).encode()).decode(),
    )
    found = call.payload
    assert call.error == "", found
    assert found.pop("pid") > 0
    assert 10_000 < found.pop("left") <= 15_000
    assert found.pop("trace").startswith("Root=1-")
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", found.pop("stream"))
    assert found == {
        "request_id": call.request_id,
        "name": program,
        "version": "$LATEST",
        "memory": "512",
        "arn": f"arn:aws:lambda:us-east-1:123456789012:function:{program}",
        "group": f"/aws/lambda/{program}",
        "custom": {"k": "ü"},
    }


def test_results(one_cloud: RunningCloud, program: str) -> None:
    assert one_cloud.call(program, {"do": "nothing"}).raw == b"null"
    assert one_cloud.call(program, {"do": "text", "text": UNICODE}).payload == UNICODE
    large = "ü" * 1_000_000
    assert one_cloud.call(program, {"do": "text", "text": large}).payload == large


def test_an_error_has_its_type_and_its_trace(
    one_cloud: RunningCloud, program: str, family: Family
) -> None:
    before = one_cloud.call(program, {"do": "context"}).payload["pid"]
    failed = one_cloud.call(program, {"do": "fail", "message": UNICODE})
    assert failed.error == "Unhandled"
    assert (failed.payload["errorType"], failed.payload["errorMessage"]) == ("Custom", UNICODE)
    assert failed.payload[family.trace]
    assert "Status:" not in failed.log, "an error of the handler is no error of the runtime"
    assert one_cloud.call(program, {"do": "context"}).payload["pid"] == before


@pytest.mark.parametrize("size", [30_000, 65_000, 70_000, 200_000, 700_000, 1_200_000])
def test_a_big_error_arrives(one_cloud: RunningCloud, program: str, size: int) -> None:
    """Its cause for X-Ray goes in a header, which would be too long for most servers."""
    failed = one_cloud.call(program, {"do": "big", "size": size})
    assert failed.payload["errorType"] == "Custom"
    assert failed.payload["errorMessage"] == "x" * size


def test_an_endless_recursion_is_an_error(
    one_cloud: RunningCloud, program: str, family: Family
) -> None:
    before = one_cloud.call(program, {"do": "context"}).payload["pid"]
    failed = one_cloud.call(program, {"do": "deep"})
    if family.deep:
        assert failed.payload["errorType"] == family.deep
    assert one_cloud.call(program, {"do": "context"}).payload["pid"] == before


def test_a_result_that_is_no_json(one_cloud: RunningCloud, program: str, family: Family) -> None:
    failed = one_cloud.call(program, {"do": "unserialisable"})
    kind, words = family.unserialisable
    assert failed.error == ("Unhandled" if kind else "")
    if kind:
        assert failed.payload["errorType"] == kind
        assert failed.payload["errorMessage"].startswith(words)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0, "Runtime exited without providing a reason"),
        (7, "Runtime exited with error: exit status 7"),
    ],
)
def test_an_exit(one_cloud: RunningCloud, program: str, code: int, reason: str) -> None:
    failed = one_cloud.call(program, {"do": "exit", "code": code})
    assert failed.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {failed.request_id} Error: {reason}",
    }
    assert "Status: error\tError Type: Runtime.ExitError" in failed.log


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (signal.SIGABRT, "aborted"),
        (signal.SIGSEGV, "segmentation fault"),
        (signal.SIGKILL, "killed"),
        (signal.SIGBUS, "bus error"),
    ],
)
def test_a_signal(one_cloud: RunningCloud, program: str, number: int, word: str) -> None:
    failed = one_cloud.call(program, {"do": "signal", "number": int(number)})
    assert failed.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {failed.request_id} "
        f"Error: Runtime exited with error: signal: {word}",
    }


def test_a_timeout(one_cloud: RunningCloud, runtime: str, family: Family) -> None:
    name = create(one_cloud, runtime, family.files, Timeout=1)
    one_cloud.call(name, {"do": "nothing"})
    failed = one_cloud.call(name, {"do": "sleep", "seconds": 5})
    assert failed.payload["errorType"] == "Sandbox.Timedout"
    assert "Status: timeout" in failed.log
    assert one_cloud.call(name, {"do": "sleep", "seconds": 0}).payload == "done"


def test_what_it_prints_is_in_the_log(one_cloud: RunningCloud, program: str) -> None:
    call = one_cloud.call(program, {"do": "print", "text": UNICODE})
    lines = call.log.split("\n")
    assert UNICODE in lines
    assert "to stderr" in lines
    assert "" not in lines[:-1], "an empty line is no event"
    assert call.log.startswith("START")
    assert lines[-2].startswith("REPORT")


def test_an_error_in_init(one_cloud: RunningCloud, runtime: str, family: Family) -> None:
    source = next(iter(family.files))
    for handler, (text, kind) in family.init.items():
        name = create(one_cloud, runtime, {source: text}, Handler=handler)
        failed = one_cloud.call(name, {})
        assert failed.error == "Unhandled"
        assert failed.payload["errorType"] == kind, failed.log
        shown = kind if kind.startswith("Runtime.") else "Runtime.Unknown"
        ends = f"\tStatus: error\tError Type: {shown}"
        for phase in ("init", "invoke"):
            assert f"\tPhase: {phase}{ends}\n" in failed.log
        assert f"{ends}\t\n" in failed.log.partition("REPORT RequestId")[2]


def test_handlers_in_folders(one_cloud: RunningCloud, runtime: str, family: Family) -> None:
    for handler, (path, text) in family.handlers.items():
        name = create(one_cloud, runtime, {path: text}, Handler=handler)
        call = one_cloud.call(name, {})
        assert call.payload == "pkg.mod", call.log


def test_the_environment_says_which_runtime_it_is(
    one_cloud: RunningCloud, runtime: str, program: str
) -> None:
    one_cloud.call(program, {"do": "nothing"})
    logs = one_cloud.client("logs")
    family, _, version = re.fullmatch(r"([a-z]+)(\.?)(.*?)(?:\.x)?", runtime).groups()

    def starts() -> list[str]:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{program}")["events"]
        return [each["message"] for each in events if each["message"].startswith("INIT_START")]

    wait_for(starts)
    assert all(f"Runtime Version: {family}:{version}.local" in each for each in starts())
