"""The `Lab` facade: what a learner types. It puts the rooms together; logic lives in them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from serverless_course.aws.cleanup import clean_up
from serverless_course.aws.cloud import Cloud, connect
from serverless_course.aws.described import described
from serverless_course.aws.disruption import Disruption
from serverless_course.aws.kinds import KINDS
from serverless_course.aws.ledger import Ledger, StateError, state_dir
from serverless_course.aws.names import resource_name, tags
from serverless_course.aws.stamp import Stamp
from serverless_course.aws.vpc import Vpc, create_vpc
from serverless_course.cloud_clock import let_pass, longest_s, wait_until
from serverless_course.exercises.answers import MISSING
from serverless_course.exercises.certificate import Certificate, course_tasks
from serverless_course.exercises.hints import Advice, hint_book
from serverless_course.exercises.overview import Overview
from serverless_course.exercises.predictions import Comparison, Prediction
from serverless_course.exercises.progress import Progress
from serverless_course.exercises.task import tasks_of
from serverless_course.exercises.verdict import Verdict
from serverless_course.figures.drawn_reach import DrawnReach, drawn_reach
from serverless_course.figures.drawn_sweep import DrawnSweep
from serverless_course.figures.event_life import DrawnLife
from serverless_course.figures.progress import progress
from serverless_course.functions.attempts import wait_for_attempts
from serverless_course.functions.configure import configure
from serverless_course.functions.deploy import deploy
from serverless_course.functions.deployed import naming_those_deployed
from serverless_course.functions.folder import function_folder
from serverless_course.functions.function import Function, name_of
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.invoke import invoke
from serverless_course.functions.layer import layer_zip
from serverless_course.functions.load import Call, steady_load
from serverless_course.functions.published_layer import publish_layer
from serverless_course.functions.report import Report
from serverless_course.functions.role import execution_role
from serverless_course.functions.samples import SMALLEST_N
from serverless_course.functions.sweep import sweep
from serverless_course.functions.sweep_input import sizes_of
from serverless_course.recorder import Calls
from serverless_course.session import end_session, session_of
from serverless_course.slugs import check_slug, known_slugs

CLOUDS = {
    "embedded": "the embedded cloud on this machine: no account, no cost",
    "endpoint": "the AWS-compatible server that AWS_ENDPOINT_URL names",
    "aws": "your own AWS account: what you deploy there costs money",
}


class Lab:
    """One lab or lesson at work. ``slug`` is its folder's name, such as ``04-memory-tuning``."""

    def __init__(self, slug: str) -> None:
        check_slug(slug)
        self.slug = slug
        self.cloud: Cloud = connect()
        session, begun = session_of(slug, self.cloud.place)
        before, session.instance = session.instance, self.cloud.instance
        self.verdicts = session.verdicts
        self.sweeps = session.sweeps
        self.past_sweeps = session.past_sweeps
        self._recorder = session.recorder
        self._predictions = session.predictions
        self._ledger = Ledger()
        self._stamp = Stamp(self.cloud, self._ledger, slug)
        self._progress = Progress(state_dir() / "progress.json", self._recorder.secrets.masked)
        self._tasks = tasks_of(slug)
        self._role: str | None = None
        print(self._banner(before if begun else None))

    def _banner(self, before: str | None) -> str:
        """``before``: the cloud in which this kernel opened the lab before; None for the first."""
        said = [f"Lab {self.slug}, on {CLOUDS[self.cloud.kind]}."]
        if self.cloud.clock_factor != 1:
            said.append(
                f"Clock factor {self.cloud.clock_factor:g}: long waits of AWS run "
                f"{self.cloud.clock_factor:g} times faster here. Durations are real."
            )
        if before == self.cloud.instance:
            said.append(
                "Opened again: your deployments, predictions, sweeps and the bill so far are kept."
            )
        elif before is not None:
            said.append(
                "New cloud: the one before has ended, and what you deployed in it is gone. Run "
                "this page from the top. Predictions, sweeps and the bill so far are kept."
            )
        elif self.cloud.is_shared:
            said.append(self._what_is_there())
        return "\n".join(said)

    def _what_is_there(self) -> str:
        """What a kernel that has just started finds in the cloud that it shares with others."""
        held: Sequence[object] = ()
        with suppress(StateError):
            held = self._ledger.held(self.cloud.target, self.slug)
        if held:
            return (
                "This cloud goes on: what you deployed here before is still there. A kernel that "
                "was started again has lost its variables and predictions, and the bill begins "
                "again: run the cells above the one where you go on."
            )
        if self.cloud.is_new:
            return "New cloud: nothing is deployed in it. Run this page from the top."
        return "Nothing of this page is deployed in this cloud: run the page from the top."

    # the cloud

    def client(self, service: str) -> Any:
        """A plain boto3 client of this lab's cloud.

        What you create with it gets the lab's tags, so that clean-up knows it.
        """
        client = self.cloud.client(service)
        self._recorder.listen(client)
        self._stamp.listen(client)
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

        ``kind``: its type, such as ``sqs:queue``, ``sns:topic``, ``dynamodb:table``. It stops
        with a ``ForeignResource`` when something of that name is there that is not this lab's.
        """
        name = resource_name(self.slug, short)
        if kind not in KINDS:
            raise LookupError(f"No resource type is called {kind!r}. Types: {', '.join(KINDS)}.")
        self._stamp.claim(kind, name)
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

        ``folder`` takes the code from another folder than the function's own. ``runtime`` is that
        of this Python, unless another is given, such as ``"provided.al2023"``.
        """
        return deploy(
            self.client("lambda"),
            self.name(short),
            function_folder(self.slug, folder or short),
            role=self.role,
            runtime=rest.pop("runtime", self.runtime),
            memory=memory,
            timeout=timeout,
            handler=rest.pop("handler", "index.handler"),
            tags=tags(self.slug),
            permissions_spread=self.cloud.kind == "aws",
            **rest,
        )

    def layer(self, short: str, *, distributions: Sequence[str]) -> str:
        """Publish a layer of Python distributions that are installed here; its version's ARN.

        What they require goes with them, without what Lambda's runtime has and without compiled
        modules: see :func:`serverless_course.functions.layer.layer_zip`. Pass the ARN on:
        ``lab.deploy("traced", options={"Layers": [arn]})``.
        """
        package = layer_zip(distributions)
        name = self.name(short, "lambda:layer")
        return publish_layer(self.client("lambda"), name, package, ", ".join(distributions))

    def invoke(
        self, function: Function | str, payload: Any = None, *, qualifier: str | None = None
    ) -> Invocation:
        """Invoke once and wait: duration, billed time, memory, log, answer."""
        client = self.client("lambda")
        with naming_those_deployed(client, self.slug, function):
            return invoke(client, function, payload, qualifier=qualifier)

    def configure(self, function: Function | str, **settings: Any) -> None:
        """Change a function's configuration, and wait until the change is in force."""
        on_aws = self.cloud.kind == "aws"
        configure(self.client("lambda"), function, permissions_spread=on_aws, **settings)

    def attempts(
        self, function: Function | str, request_id: str, *, at_least: int = 1, minutes: float = 5
    ) -> DrawnLife:
        """The attempts at an asynchronous event, by its request id.

        Waits until there are ``at_least`` this many, or for ``minutes`` of AWS's clock.
        """
        with progress(at_least, f"waiting for attempt {at_least}") as tell:
            found = wait_for_attempts(
                self.client("logs"),
                function,
                request_id,
                at_least,
                limit_s=longest_s(self.cloud, minutes),
                tell=lambda number: tell(min(number, at_least), at_least, ""),
            )
        return DrawnLife(found, self.cloud.clock_factor)

    def wait(self, *, minutes: float) -> None:
        """Wait for this many minutes of AWS's clock, with a progress bar."""
        let_pass(self.cloud, minutes)

    def wait_until(self, what: str, is_true: Callable[[], Any], *, minutes: float = 5) -> Any:
        """Wait until ``is_true()`` gives something true, for ``minutes`` of AWS's clock at most.

        Returns what it gave. ``what`` says what is waited for, on the progress bar and in the
        TimeoutError when it did not come.
        """
        return wait_until(self.cloud, what, is_true, minutes)

    def sweep(
        self,
        function: Function | str,
        payload: Any = None,
        *,
        memory: Sequence[int] = (128, 256, 512, 1024, 1769),
        runs: int = 7,
        **rest: Any,
    ) -> DrawnSweep:
        """Measure a function at several memory sizes (MB), ``runs`` warm invocations each.

        One invocation after another, unless ``parallel`` says otherwise; ``rest`` is whatever
        else :func:`serverless_course.functions.sweep.sweep` takes, such as ``strategy``.
        """
        client = self.client("lambda")
        sizes = sizes_of(memory)
        with (
            naming_those_deployed(client, self.slug, function),
            progress(runs * len(sizes), f"{len(sizes)} memory sizes") as tell,
        ):
            found = sweep(client, function, payload, memory=sizes, runs=runs, progress=tell, **rest)
        result = DrawnSweep.of(found)
        if result.rows and runs < SMALLEST_N:
            print(
                f"With fewer than {SMALLEST_N} runs of a size there is no interval, and no size "
                f"can be called the best. Take {SMALLEST_N} or more."
            )
        self.sweeps[result.function.name] = result
        self.past_sweeps.append(result)
        return result

    def load(
        self,
        function: Function | str,
        payload: Any = None,
        *,
        per_second: float,
        seconds: float,
        during: Mapping[float, Callable[[], object]] | None = None,
    ) -> list[Call]:
        """Invoke a function steadily, ``per_second`` times a second, for ``seconds``.

        ``during`` says what happens meanwhile, by seconds from the start:
        ``during={5: disruption.start, 15: disruption.stop}``.
        """
        client = self.client("lambda")
        with (
            naming_those_deployed(client, self.slug, function),
            progress(round(per_second * seconds), f"{per_second:g} invocations a second") as tell,
        ):
            return steady_load(
                client,
                function,
                payload,
                per_second=per_second,
                seconds=seconds,
                during=during,
                progress=tell,
            )

    # the network

    def vpc(self, short: str, *, zones: int = 2, cidr: str = "10.0.0.0/16") -> Vpc:
        """A VPC with a private and a public subnet in each zone; the same one when it is there.

        The private subnets have no way out. What you add to it goes with it at the end.
        """
        self.client("ec2")
        return create_vpc(self.cloud, self._ledger, self.slug, short, zones=zones, cidr=cidr)

    def network(self, vpc: Vpc | str) -> dict[str, list[dict[str, Any]]]:
        """All that EC2's describe calls tell of a VPC, by EC2's names of the lists."""
        return described(self.client("ec2"), vpc if isinstance(vpc, str) else vpc.id)

    def reach(self, function: Function | str, *to: str) -> DrawnReach:
        """What a function in a VPC can reach, from each of its subnets: drawn, with the reason.

        Nothing is sent: it reads EC2's describe calls, as AWS's Reachability Analyzer does.
        ``to``: an AWS service's name (``"dynamodb"``), an address on the internet
        (``"http://checkip.amazonaws.com"``), or one in the VPC (``"10.0.2.10:5432"``).
        """
        client = self.client("lambda")
        with naming_those_deployed(client, self.slug, function):
            found = client.get_function_configuration(FunctionName=name_of(function))
        vpc_id = (found.get("VpcConfig") or {}).get("VpcId", "")
        network = self.network(vpc_id) if vpc_id else {}
        return drawn_reach(network, found, to, self.cloud.region)

    def disruption(self, *subnets: str, minutes: int = 2) -> Disruption:
        """An experiment that cuts these subnets off: ``.start()`` begins it, ``.stop()`` heals.

        It is AWS's Fault Injection Service: on AWS, each minute of an action costs money.
        """
        self.client("fis")
        return Disruption(self.cloud, self._ledger, self.slug, subnets, minutes=minutes)

    # learning

    def predict(self, key: str, **units: Any) -> Prediction:
        """Commit a number before you measure: ``lab.predict("128 MB takes", seconds=3)``."""
        return self._predictions.predict(key, **units)

    def compare(self, key: str, because: str = "", **units: float | None) -> Comparison:
        """Hold a prediction against what was measured."""
        comparison = self._predictions.compare(key, because, **units)
        self._keep(lambda: self._progress.record_prediction(self.slug, comparison))
        return comparison

    def check(self, task: str, answer: object = MISSING) -> Verdict:
        """Check a task: right, not yet and why, or what stood in the way."""
        if task not in self._tasks:
            known = ", ".join(self._tasks) or "none"
            raise LookupError(f"There is no task {task!r} in {self.slug}. Its tasks: {known}.")
        found = self._tasks[task].run(self, answer)
        verdict = replace(found, evidence=tuple(map(self._recorder.secrets.masked, found.evidence)))
        self.verdicts[task] = verdict
        self._keep(lambda: self._progress.record(self.slug, verdict))
        return verdict

    def _keep(self, note: Callable[[], None]) -> None:
        """Write progress down; what was found is worth more than the note of it."""
        try:
            note()
        except StateError as error:
            print(f"This is not kept for later. {error}")
        self._tell_notice()

    def _tell_notice(self) -> None:
        """Say once what became of a file of progress that could not be read."""
        if self._progress.notice is not None:
            print(self._progress.notice)
            self._progress.notice = None

    def hint(self, task: str) -> Advice:
        """One hint more each time."""
        return hint_book(self.slug).hint(task)

    def solution(self, task: str) -> Advice:
        """One way to do it."""
        return hint_book(self.slug).solution(task)

    def progress(self) -> pd.DataFrame:
        """Every task of this lab and how far you are."""
        titles = hint_book(self.slug).titles()
        table = self._progress.table(
            self.slug, {name: titles.get(name, name) for name in self._tasks}
        )
        self._tell_notice()
        return table

    def overview(self) -> Overview:
        """The whole course: what is done, how long it took, how good your predictions were."""
        found = {slug: list(tasks_of(slug)) for slug in known_slugs(Path.cwd())}
        result = Overview(self._progress.kept(), found)
        self._tell_notice()
        return result

    def certificate(self, path: str | Path = "certificate.html", *, name: str = "") -> Certificate:
        """Write the record of your tasks and predictions, of the whole course, as one HTML file.

        ``path`` is replaced when it is a certificate; ``name`` is shown on it as you write it.
        Raises ValueError for another file of that name, OSError when it cannot be written.
        """
        kept = self._progress.kept()
        self._tell_notice()
        return Certificate.write(Path(path), kept, course_tasks(Path.cwd()), name)

    @property
    def reports(self) -> list[Report]:
        """REPORT lines of the invocations that asked for their log, in order."""
        return self._recorder.reports

    def calls(self) -> Calls:
        """The boto3 calls made so far, helpers' calls included."""
        return self._recorder.table()

    def __repr__(self) -> str:
        return f"Lab({self.slug!r}): {self.cloud.description}"

    def finish(self) -> Finished:
        """Delete everything this lab made, prove it by listing, show the bill.

        Only what bears the course's tags and this ledger's id is deleted.
        """
        for service in ("lambda", "logs", "iam"):
            self.client(service)
        with progress(100, "waiting until AWS lets go") as tell:
            result = clean_up(
                self.cloud,
                self._ledger,
                self.slug,
                tell=lambda done, passes, left: tell(100 * done // passes, 100, left),
            )
        self._role = None
        self._stamp.forget()
        if result.clean:
            self._keep(lambda: self._progress.record_end(self.slug))
        end_session(self.slug, self.cloud.place)
        bill = self._recorder.bill(self.cloud.region)
        paid = (
            "\nYou paid nothing: it ran on this machine." if self.cloud.kind == "embedded" else ""
        )
        return Finished(result.clean, result.listed, f"{result.describe()}\n{bill}{paid}")


class Finished:
    """The end of a lab: what was deleted, that nothing remains, and the bill."""

    def __init__(self, clean: bool, remaining: int, text: str) -> None:
        self.clean = clean
        self.remaining = remaining
        self.text = text

    def __repr__(self) -> str:
        return self.text
