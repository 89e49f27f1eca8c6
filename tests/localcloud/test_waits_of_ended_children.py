"""A function's workers that have ended waited for a CPU, too: the host's broken promise counts."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from serverless_course.localcloud.lambda_.environment.governor.signals import SignalGroup, Ticker

pytestmark = pytest.mark.measures
WORK_S = 0.3
SPIN = "import time\nwhile time.process_time() < {}: pass"
# It starts a worker, waits for its end, says so, and stays.
LEADER = f"""
import subprocess, sys
subprocess.run([sys.executable, "-S", "-c", {SPIN.format(WORK_S)!r}], check=True)
print("done", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def two_programs_for_each_cpu() -> Iterator[None]:
    command = [sys.executable, "-S", "-c", SPIN.format(60)]
    # A session each: Linux shares a CPU out to sessions first (sched(7), autogroup).
    spinning = [
        subprocess.Popen(command, start_new_session=True) for _ in range(2 * (os.cpu_count() or 1))
    ]
    yield
    for each in spinning:
        each.kill()
        each.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long a process waited")
@pytest.mark.usefixtures("two_programs_for_each_cpu")
def test_the_waits_of_a_worker_that_has_ended_are_counted() -> None:
    group = SignalGroup(Ticker())
    with subprocess.Popen(
        [sys.executable, "-S", "-c", LEADER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as leader:
        assert leader.stdin is not None
        assert leader.stdout is not None
        group.attach(leader.pid)
        group.run(2.0)
        before = group.usage()
        assert leader.stdout.readline() == b"done\n"
        used = group.usage().since(before)
        group.close()
        leader.stdin.close()
    # Three programs want each CPU: the worker waits longer than it runs.
    assert used.cpu_ms > 0.8 * WORK_S * 1e3
    assert used.waited_ms > WORK_S * 1e3
