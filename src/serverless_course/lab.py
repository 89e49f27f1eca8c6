"""The `Lab` facade: what a learner types. It puts the rooms together; logic lives in them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from serverless_course.aws.cleanup import KINDS, clean_up
from serverless_course.aws.cloud import Cloud, connect
from serverless_course.aws.ledger import Ledger, Resource, state_dir
from serverless_course.aws.names import resource_name, tags
from serverless_course.exercises.answers import MISSING
from serverless_course.exercises.hints import Advice, hint_book
from serverless_course.exercises.predictions import Comparison, Prediction, Predictions
from serverless_course.exercises.progress import Progress
from serverless_course.exercises.task import tasks_of
from serverless_course.exercises.verdict import Verdict
from serverless_course.figures.alt import Picture
from serverless_course.figures.event_life import event_life
from serverless_course.figures.progress import progress
from serverless_course.functions.attempts import Attempt, wait_for_attempts
from serverless_course.functions.deploy import deploy
from serverless_course.functions.function import Function, name_of
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.invoke import invoke
from serverless_course.functions.patience import message_of, patiently, settle
from serverless_course.functions.report import Report
from serverless_course.functions.role import execution_role
from serverless_course.recorder import Recorder
from serverless_course.tuning import TunedSweep, tune

CLOUDS = {
    "embedded": "the embedded cloud on this machine: no account, no cost",
    "endpoint": "the AWS-compatible server that AWS_ENDPOINT_URL names",
    "aws": "your own AWS account: what you deploy there costs money",
}


# What a log line or a message may take to arrive, in real seconds, whatever the clock's factor.
DELAYS_S = {"aws": 30.0, "endpoint": 15.0, "embedded": 5.0}


class UnknownFunction(LookupError):
    """No function folder of that name; the message lists those that exist."""


class Lab:
    """One lab or lesson at work. ``slug`` is its folder's name, such as ``04-memory-tuning``."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.cloud: Cloud = connect()
        self.verdicts: dict[str, Verdict] = {}
        self.sweeps: dict[str, TunedSweep] = {}
        self.past_sweeps: list[TunedSweep] = []
        self._ledger = Ledger()
        self._recorder = Recorder()
        self._predictions = Predictions()
        self._progress = Progress(state_dir() / "progress.json")
        self._tasks = tasks_of(slug)
        self._role: str | None = None
        print(f"Lab {slug}, on {CLOUDS[self.cloud.kind]}.")

    # the cloud

    def client(self, service: str) -> Any:
        """A plain boto3 client of this lab's cloud."""
        client = self.cloud.client(service)
        self._recorder.listen(client)
        return client

    @property
    def runtime(self) -> str:
        """The runtime name to create functions with: that of this Python."""
        return f"python{sys.version_info.major}.{sys.version_info.minor}"

    @property
    def role(self) -> str:
        """ARN of the lab's execution role; it may write logs, and no more."""
        if self._role is None:
            self.client("iam")
            self._role = execution_role(self.cloud, self._ledger, self.slug)
        return self._role

    def name(self, short: str, kind: str = "lambda:function") -> str:
        """The full name of one of this lab's resources, and the promise to clean it up.

        ``kind``: its type, such as ``sqs:queue``, ``sns:topic``, ``dynamodb:table``.
        """
        name = resource_name(self.slug, short)
        kinds = {kind: name}
        if kind == "lambda:function":
            kinds["logs:log-group"] = f"/aws/lambda/{name}"
        for each, full in kinds.items():
            if each not in KINDS:
                raise LookupError(
                    f"No resource type is called {each!r}. Types: {', '.join(KINDS)}."
                )
            self._ledger.record(Resource(self.cloud.target, self.slug, each, full))
        return name

    def deploy(
        self,
        short: str,
        *,
        memory: int = 128,
        timeout: int = 60,
        folder: str | None = None,
        **rest: Any,
    ) -> Function:
        """Deploy the folder ``functions/NAME`` of this lab; memory in MB, timeout in seconds.

        ``folder`` takes the code from another folder than the function's own.
        """
        return deploy(
            self.client("lambda"),
            self.name(short),
            self._folder(folder or short),
            role=self.role,
            runtime=self.runtime,
            memory=memory,
            timeout=timeout,
            handler=rest.pop("handler", "index.handler"),
            tags=tags(self.slug),
            **rest,
        )

    def invoke(
        self, function: Function | str, payload: Any = None, *, qualifier: str | None = None
    ) -> Invocation:
        """Invoke once and wait: duration, billed time, memory, log, answer."""
        return invoke(self.client("lambda"), function, payload, qualifier=qualifier)

    def configure(self, function: Function | str, **settings: Any) -> dict[str, Any]:
        """Change a function's configuration, and wait until the change is in force.

        Repeats a call that was refused because IAM has not spread a new permission yet.
        """
        client, name = self.client("lambda"), name_of(function)
        patiently(
            lambda: client.update_function_configuration(FunctionName=name, **settings),
            also=lambda error: self.cloud.kind == "aws" and "permissions" in message_of(error),
        )
        settle(client, name)
        found: dict[str, Any] = client.get_function_configuration(FunctionName=name)
        return found

    def attempts(
        self, function: Function | str, request_id: str, *, at_least: int = 1, minutes: float = 5
    ) -> EventLife:
        """The attempts at an asynchronous event, by its request id.

        Waits until there are ``at_least`` so many, or for ``minutes`` of AWS's clock.
        """
        factor = self.cloud.clock_factor
        with progress(at_least, f"waiting for attempt {at_least}") as step:
            seen = 0

            def tell(number: int) -> None:
                nonlocal seen
                while seen < min(number, at_least):
                    step()
                    seen += 1

            found = wait_for_attempts(
                self.client("logs"),
                function,
                request_id,
                at_least,
                limit_s=minutes * 60 / factor + DELAYS_S[self.cloud.kind],
                tell=tell,
            )
        return EventLife(tuple(found), factor)

    def wait(self, *, minutes: float) -> None:
        """Let so many minutes of AWS's clock pass, with a progress bar."""
        seconds = minutes * 60 / self.cloud.clock_factor
        steps = max(1, round(seconds * 2))
        with progress(steps, f"{minutes:g} minutes of AWS's clock") as step:
            for _ in range(steps):
                time.sleep(seconds / steps)
                step()

    def wait_until(self, what: str, is_true: Callable[[], Any], *, minutes: float = 5) -> Any:
        """Wait until ``is_true()`` gives something true, for ``minutes`` of AWS's clock at most.

        Returns what it gave. ``what`` says what is waited for, on the progress bar and in the
        TimeoutError when it did not come.
        """
        limit_s = minutes * 60 / self.cloud.clock_factor + DELAYS_S[self.cloud.kind]
        started = time.monotonic()
        with progress(round(limit_s), f"waiting until {what}") as step:
            shown = 0
            while not (given := is_true()):
                passed = time.monotonic() - started
                if passed > limit_s:
                    raise TimeoutError(
                        f"It did not happen within {minutes:g} minutes of AWS's clock that {what}."
                    )
                while shown < int(passed):
                    step()
                    shown += 1
                time.sleep(0.2)
        return given

    def sweep(
        self,
        function: Function | str,
        payload: Any = None,
        *,
        memory: Sequence[int] = (128, 256, 512, 1024, 1769),
        runs: int = 7,
        **rest: Any,
    ) -> TunedSweep:
        """Measure a function at several memory sizes (MB), ``runs`` warm invocations each."""
        client = self.client("lambda")
        with progress(len(memory), f"{len(memory)} memory sizes") as step:
            result = tune(client, function, payload, memory, runs, self.cloud, step, **rest)
        self.sweeps[result.function] = result
        self.past_sweeps.append(result)
        return result

    # learning

    def predict(self, key: str, **units: Any) -> Prediction:
        """Commit a number before you measure: ``lab.predict("128 MB takes", seconds=3)``."""
        return self._predictions.predict(key, **units)

    def compare(self, key: str, because: str = "", **units: float | None) -> Comparison:
        """Hold a prediction against what was measured."""
        return self._predictions.compare(key, because, **units)

    def check(self, task: str, answer: object = MISSING) -> Verdict:
        """Check a task: right, not yet and why, or what stood in the way."""
        if task not in self._tasks:
            known = ", ".join(self._tasks) or "none"
            raise LookupError(f"There is no task {task!r} in {self.slug}. Its tasks: {known}.")
        verdict = self._tasks[task].run(self, answer)
        self.verdicts[task] = verdict
        self._progress.record(self.slug, verdict)
        return verdict

    def hint(self, task: str) -> Advice:
        """One hint more each time."""
        return hint_book(self.slug).hint(task)

    def solution(self, task: str) -> Advice:
        """One way to do it."""
        return hint_book(self.slug).solution(task)

    def progress(self) -> pd.DataFrame:
        """Every task of this lab and how far you are."""
        titles = hint_book(self.slug).titles()
        return self._progress.table(
            self.slug, {name: titles.get(name, name) for name in self._tasks}
        )

    @property
    def reports(self) -> list[Report]:
        """REPORT lines of the invocations that asked for their log, in order."""
        return self._recorder.reports

    def calls(self) -> pd.DataFrame:
        """The boto3 calls made so far, helpers' calls included."""
        return self._recorder.table()

    def __repr__(self) -> str:
        return f"Lab({self.slug!r}): {self.cloud.description}"

    def finish(self) -> Finished:
        """Delete everything this lab made, prove it by listing, show the bill."""
        for service in ("lambda", "logs", "iam"):
            self.client(service)
        result = clean_up(self.cloud, self._ledger, self.slug)
        self._role = None
        bill = self._recorder.bill(self.cloud.region)
        paid = " You paid nothing: it ran on this machine." if self.cloud.kind == "embedded" else ""
        return Finished(result.clean, len(result.remaining), f"{result.describe()}\n{bill}{paid}")

    def _folder(self, short: str) -> Path:
        places = [Path.cwd() / "functions"]
        for parent in (Path.cwd(), *Path.cwd().parents):
            places.append(parent / "labs" / self.slug / "functions")
        for place in places:
            if (place / short).is_dir():
                return place / short
        found = sorted(
            entry.name
            for place in places
            if place.is_dir()
            for entry in place.iterdir()
            if entry.is_dir()
        )
        names = ", ".join(dict.fromkeys(found)) or "none"
        raise UnknownFunction(
            f"There is no function folder {short!r} for {self.slug}. Found: {names}. "
            "Open the notebook from its own folder in the course."
        )


class Finished:
    """The end of a lab: what was deleted, that nothing remains, and the bill."""

    def __init__(self, clean: bool, remaining: int, text: str) -> None:
        self.clean = clean
        self.remaining = remaining
        self.text = text

    def __repr__(self) -> str:
        return self.text


class EventLife:
    """One event's attempts, in their order; shown as a table, ``plot()`` draws them."""

    def __init__(self, attempts: tuple[Attempt, ...], clock_factor: float) -> None:
        self.attempts = attempts
        self._factor = clock_factor

    def __len__(self) -> int:
        return len(self.attempts)

    @property
    def gaps_s(self) -> list[float]:
        """Seconds on AWS's clock from each attempt to the next."""
        return [each.after_s * self._factor for each in self.attempts if each.after_s is not None]

    def plot(self) -> Picture:
        """The attempts beside those that others measured on AWS."""
        return event_life(self.attempts, self._factor)

    def __repr__(self) -> str:
        gaps = ", ".join(f"{gap:.0f} s" for gap in self.gaps_s) or "none yet"
        return f"{len(self)} attempts; pauses between them on AWS's clock: {gaps}."
