"""Invokes a function several times, with pauses, and brings home the log of its environments."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from serverless_course.functions.function import Function, name_of
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.invoke import invoke
from serverless_course.functions.package import zip_files
from serverless_course.functions.patience import patiently, wait_until_ready
from serverless_course.waiting import until

# What may lie between two invocations, with its seconds.
DEPLOYMENT = "a deployment"
PAUSES = {"no pause": 0.0, "1 second": 1.0, "3 seconds": 3.0, DEPLOYMENT: 0.0}
PACKAGES = ("small", "10 MB of data", "12 big modules")
IMPORTS = ("nothing more", "boto3")
ARRIVES_WITHIN_S = 30.0
DATA_BYTES = 10 * 1024 * 1024
HANDLER = "def handler(event, context):\n    return {'numbers': sum(range(300_000))}\n"


@dataclass(frozen=True)
class LifeChoice:
    """What one may change: the pause, what is in the package, and what is imported.

    Attributes:
        pause: one of ``PAUSES``.
        package: one of ``PACKAGES``.
        imports: one of ``IMPORTS``.
    """

    pause: str = "1 second"
    package: str = "small"
    imports: str = "nothing more"

    def files(self) -> dict[str, str | bytes]:
        """The package's files. Data lie there and are not read; modules are imported.

        Each time they differ by one line: the same code deployed again would start nothing new.
        """
        lines = [f"import {self.imports}"] if self.imports != IMPORTS[0] else []
        files: dict[str, str | bytes] = {}
        if self.package == PACKAGES[1]:
            files["data.bin"] = random.Random(3).randbytes(DATA_BYTES)  # noqa: S311
        if self.package == PACKAGES[2]:
            table = ", ".join(
                f"'seat {n}': ({n}, {n % 97} + 1.5, 'row {n % 31}')" for n in range(2500)
            )
            for number in range(12):
                files[f"hall{number}.py"] = f"SEATS = {{{table}}}\n"
                lines.append(f"import hall{number}")
        lines.append(f"# deployed at {time.time_ns()}")
        return {"index.py": "\n".join([*lines, "", HANDLER]), **files}


@dataclass(frozen=True)
class MeasuredLife:
    """What came of a choice.

    Attributes:
        choice: what was chosen.
        package_bytes: size of the zip file.
        runs: the invocations.
        events: what ``filter_log_events`` gave of them.
    """

    choice: LifeChoice
    package_bytes: int
    runs: tuple[Invocation, ...]
    events: tuple[Mapping[str, Any], ...]

    @property
    def disturbed(self) -> int:
        """Invocations during which this machine did not keep its promise of CPU."""
        return sum(run.host is not None and not run.host.kept_promise for run in self.runs)


def measure_life(
    client: Any,
    logs: Any,
    function: Function | str,
    choice: LifeChoice,
    *,
    times: int = 3,
    sleep: Callable[[float], None] = time.sleep,
) -> MeasuredLife:
    """Give a deployed Python function the chosen package, and invoke it with pauses.

    Args:
        client, logs: boto3 clients of Lambda and CloudWatch Logs.
        function: the function; its code is replaced.
        choice: what to deploy, and how long to pause.
        times: how many invocations.
        sleep: how to pause.

    Raises:
        ClientError: Lambda refused.
        TimeoutError: the log was not whole after 30 s.
    """
    name = name_of(function)
    began_ms = int(time.time() * 1000)
    size, runs = 0, []
    for number in range(times):
        if number == 0 or choice.pause == DEPLOYMENT:
            size = _deploy(client, name, choice)
        else:
            sleep(PAUSES[choice.pause])
        runs.append(invoke(client, name))
    wanted = {run.request_id for run in runs}
    events = until(lambda: _whole_log(logs, name, began_ms, wanted), ARRIVES_WITHIN_S, every_s=0.3)
    if not events:
        raise TimeoutError(
            f"The log of {times} invocations was not whole after {ARRIVES_WITHIN_S:g} s: measure "
            "again in a minute."
        )
    return MeasuredLife(choice, size, tuple(runs), tuple(events))


def _deploy(client: Any, name: str, choice: LifeChoice) -> int:
    """Replace the function's code, and wait; the package's size in bytes."""
    package = zip_files(choice.files())
    patiently(lambda: client.update_function_code(FunctionName=name, ZipFile=package))
    wait_until_ready(client, name)
    return len(package)


def _whole_log(logs: Any, name: str, since_ms: int, wanted: set[str]) -> list[Any]:
    """The events since then, once each wanted request has its REPORT; else none."""
    try:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{name}", startTime=since_ms
        )
        events = [event for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
    told = {
        request
        for request in wanted
        for event in events
        if event["message"].startswith("REPORT") and request in event["message"]
    }
    return events if told == wanted else []
