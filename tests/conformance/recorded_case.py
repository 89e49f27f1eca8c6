"""One recorded case against one server: its steps, what they answered, and what is wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from case_answers import answer_of, error_answer, failed_answer, report_of
from case_checks import includes, problem_of
from case_values import (
    MISSING,
    CaseError,
    lookup,
    make_zip,
    shorten,
    substitute,
    substitute_pattern,
)

# How long one call may take, in seconds.
CALL_S = 95.0
CLEAN_UP_S = 20.0
# What a wait that the server's scaled clock shortens may take beside, in seconds.
SLACK_S = 25.0
PAUSE_S = 0.15

Step = dict[str, Any]


class OutOfTime(Exception):
    """The case ran past its time."""


@dataclass
class Target:
    """The server under test. ``scale``: its long waits are so many times shorter than AWS's."""

    endpoint: str
    access_key: str
    secret_key: str
    account: str
    role: str
    runtime: str
    region: str = "us-east-1"
    scale: float = 1.0
    _clients: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str) -> Any:
        """A client without retries that leaves the checking to the server."""
        with self._lock:
            if service not in self._clients:
                # boto3's own session, which others in this process share: a new one is expensive.
                self._clients[service] = boto3.client(
                    service,
                    region_name=self.region,
                    endpoint_url=self.endpoint,
                    aws_access_key_id=self.access_key,
                    aws_secret_access_key=self.secret_key,
                    config=Config(
                        parameter_validation=False,
                        connect_timeout=30,
                        read_timeout=CALL_S,
                        retries={"total_max_attempts": 1},
                        max_pool_connections=50,
                        s3={"addressing_style": "path"},
                    ),
                )
            return self._clients[service]


class RecordedCase:
    """Runs a case. Its resources have names of their own, and are deleted at the end."""

    def __init__(self, target: Target, case: dict[str, Any]) -> None:
        self._target = target
        self._case = case
        self._deadline = time.monotonic() + case.get("timeout", 60)
        self._undo: list[tuple[str, str, dict[str, Any]]] = []
        token = uuid.uuid4().hex[:8]
        stem = re.sub(r"[^a-z0-9]+", "-", case["id"].lower())[:34].strip("-")
        self.values: dict[str, Any] = {
            "rand": token,
            "account": target.account,
            "region": target.region,
            "other_region": "eu-west-1",
            "role": target.role,
            "endpoint": target.endpoint,
            "uuid": str(uuid.uuid4()),
        }
        self._name("fn", f"rb-{stem}-{token}")

    def run(self) -> list[str]:
        """Carry out the case; what is wrong, one line each."""
        config = self._case.get("config") or {}
        try:
            if config.get("create", True):
                self._create("fn", "create", self._case.get("function_source"), config)
            for step in self._case.get("calls", []):
                self._step(step)
            found = [problem_of(e, self.values, self._target.scale) for e in self._case["expect"]]
        except OutOfTime as error:
            return [f"time-out: {error}"]
        except CaseError as error:
            return [f"could not run: {error}"]
        except Exception as error:  # one case must not end the others
            return [f"could not run: {error!r}", *traceback.format_exc().splitlines()[-4:-1]]
        finally:
            self._clean_up()
        return [problem for problem in found if problem is not None]

    # time

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime(f"ran past its {self._case.get('timeout', 60)} s")
        return left

    def _until(self, done: Callable[[], bool], limit_s: float, pause_s: float = PAUSE_S) -> bool:
        """Ask again and again, for so many seconds at most; for fewer where waits are scaled."""
        end = time.monotonic() + min(limit_s, SLACK_S + limit_s / self._target.scale)
        while not done():
            if time.monotonic() > end:
                return False
            time.sleep(min(pause_s, self._left()))
        return True

    # calls

    def _call(self, step: Step) -> dict[str, Any]:
        self._left()
        service, operation = step["call"].split(".", 1)
        arguments = substitute(step.get("args", {}), self.values)
        started = time.time()
        try:
            response = getattr(self._target.client(service), operation)(**arguments)
        except ClientError as error:
            answer = error_answer(error)
        except BotoCoreError as error:
            answer = failed_answer(type(error).__name__, str(error))
        else:
            answer = answer_of(response, operation)
            self._remember(service, operation, arguments, answer)
        return {**answer, "_start": started, "_dt": time.time() - started}

    def _must(self, call: str, **arguments: Any) -> dict[str, Any]:
        answer = self._call({"call": call, "args": {"$raw": arguments}})
        if "Error" in answer:
            raise CaseError(f"{call} failed: {shorten(answer['Error'])}")
        return answer

    def _remember(
        self, service: str, operation: str, given: dict[str, Any], answer: dict[str, Any]
    ) -> None:
        """Note how to delete what a call has made."""
        undo = UNDO.get(f"{service}.{operation}")
        if undo is not None:
            self._undo.append((service, undo[0], undo[1](given, answer)))

    def _clean_up(self) -> None:
        """Delete what was made, the newest first."""
        self._deadline = time.monotonic() + CLEAN_UP_S
        for service, operation, arguments in reversed(self._undo):
            with suppress(ClientError, BotoCoreError):
                getattr(self._target.client(service), operation)(**arguments)

    # steps

    def _step(self, step: Step) -> None:
        self._left()
        if "call" in step:
            self._step_call(step)
        else:
            getattr(self, f"_do_{step['do']}")(step)

    def _put(self, step: Step, value: Any) -> None:
        if step.get("as"):
            self.values[step["as"]] = value

    def _step_call(self, step: Step) -> None:
        poll = step.get("poll")
        if poll is None:
            answer = self._call(step)
            if "Error" in answer and not step.get("as"):
                raise CaseError(f"{step['call']} failed: {shorten(answer['Error'])}")
            self._put(step, answer)
            return

        def fits() -> bool:
            self._put(step, self._call(step))
            return all(problem_of(each, self.values, 1.0) is None for each in poll["until"])

        self._until(fits, poll.get("timeout", 20), poll.get("interval", 0.5))

    def _do_sleep(self, step: Step) -> None:
        time.sleep(step["seconds"] / (self._target.scale if step.get("scaled") else 1.0))

    def _do_set(self, step: Step) -> None:
        for name, value in step["vars"].items():
            self.values[name] = substitute(value, self.values)

    def _do_report(self, step: Step) -> None:
        self._put(step, report_of(substitute(step["text"], self.values)))

    def _do_find_json(self, step: Step) -> None:
        """The first object of a list that includes ``match``."""
        wanted = substitute_pattern(step["match"], self.values)
        for found in substitute(step["from"], self.values):
            if includes(wanted, found):
                self._put(step, found)
                return

    def _do_repeat(self, step: Step) -> None:
        """The same call ``n`` times: the values at a path of its answers."""
        answers = [self._call(step["step"]) for _ in range(step["n"])]
        found = [lookup(answer, step["path"]) for answer in answers]
        values = ["(missing)" if value is MISSING else value for value in found]
        self._put(step, {"values": values, "set": sorted(set(map(str, values)))})

    def _do_parallel(self, step: Step) -> None:
        """Calls at once, each on a thread and after its own delay."""

        def run(part: Step) -> None:
            time.sleep(part.get("delay", 0))
            try:
                answers[part["as"]] = self._call(part)
            except (CaseError, OutOfTime) as error:
                answers[part["as"]] = failed_answer(type(error).__name__, str(error))

        answers: dict[str, Any] = {}
        threads = [
            threading.Thread(target=run, args=(part,), daemon=True) for part in step["steps"]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(self._left())
        self.values |= answers

    # functions

    def _do_wait_active(self, step: Step) -> None:
        arguments = {"FunctionName": substitute(step.get("fn", "${fn}"), self.values)}
        if step.get("qualifier"):
            arguments["Qualifier"] = substitute(step["qualifier"], self.values)
        self._put(step, self._wait_active(arguments, step.get("timeout", 30)))

    def _wait_active(self, arguments: dict[str, Any], limit_s: float = 30.0) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def active() -> bool:
            nonlocal found
            found = self._must("lambda.get_function_configuration", **arguments)
            updated = found.get("LastUpdateStatus", "Successful") == "Successful"
            return updated and found.get("State", "Active") == "Active"

        if not self._until(active, limit_s):
            raise CaseError(f"not Active after {limit_s} s: {shorten(found)}")
        return found

    def _do_create_function(self, step: Step) -> None:
        name = step.get("name", "fn")
        self._name(name, f"rb-{name}-{uuid.uuid4().hex[:8]}")
        answer = step.get("as") or f"{name}_create"
        self._create(name, answer, step.get("source"), step.get("config", {}))

    def _name(self, variable: str, name: str) -> None:
        region, account = self._target.region, self._target.account
        self.values[variable] = name
        self.values[f"{variable}_arn"] = f"arn:aws:lambda:{region}:{account}:function:{name}"

    def _create(
        self, variable: str, answer: str, source: str | None, config: dict[str, Any]
    ) -> None:
        """Create a function from a case's settings, and wait for it unless the case does not."""
        given = {key: value for key, value in config.items() if key[:1].isupper()}
        arguments = {
            "FunctionName": self.values[variable],
            "Runtime": self._target.runtime,
            "Handler": "handler.handler",
            "Role": self._target.role,
            "Timeout": 10,
            **substitute(given, self.values),
        }
        if "Code" not in arguments:
            files = dict(config.get("files") or {})
            if source is not None:
                files.setdefault("handler.py", source)
            package = make_zip(files)
            arguments["Code"] = {"ZipFile": package}
            digest = base64.b64encode(hashlib.sha256(package).digest()).decode()
            self.values[f"{variable}_zip"] = {"size": len(package), "sha256": digest}
        kept = {key: value for key, value in arguments.items() if value != "$omit"}
        made = self._call({"call": "lambda.create_function", "args": {"$raw": kept}})
        self.values[answer] = made
        if not config.get("wait", True):
            return
        if "Error" in made:
            raise CaseError(f"create_function failed: {shorten(made['Error'])}")
        self._wait_active({"FunctionName": self.values[variable]})

    # other services

    def _do_queue(self, step: Step) -> None:
        name = f"rb-{step['name']}-{uuid.uuid4().hex[:8]}"
        attributes = substitute(step.get("attrs", {}), self.values)
        url = self._must("sqs.create_queue", QueueName=name, Attributes=attributes)["QueueUrl"]
        found = self._must("sqs.get_queue_attributes", QueueUrl=url, AttributeNames=["QueueArn"])
        self.values[f"{step['name']}_url"] = url
        self.values[f"{step['name']}_arn"] = found["Attributes"]["QueueArn"]

    def _do_topic(self, step: Step) -> None:
        name = f"rb-{step['name']}-{uuid.uuid4().hex[:8]}"
        self.values[f"{step['name']}_arn"] = self._must("sns.create_topic", Name=name)["TopicArn"]

    def _do_receive(self, step: Step) -> None:
        """Collect ``n`` messages of a queue, with their JSON bodies read."""
        url, wanted = substitute(step["queue"], self.values), step.get("n", 1)
        messages: dict[str, dict[str, Any]] = {}

        def enough() -> bool:
            answer = self._must(
                "sqs.receive_message",
                QueueUrl=url,
                WaitTimeSeconds=1,
                MaxNumberOfMessages=min(10, wanted - len(messages)),
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                messages[message["MessageId"]] = _read(message)
                handle = message["ReceiptHandle"]
                self._must("sqs.delete_message", QueueUrl=url, ReceiptHandle=handle)
            return len(messages) >= wanted

        self._until(enough, step.get("timeout", 20), 0.0)
        self._put(step, {"Messages": list(messages.values()), "count": len(messages)})

    def _do_logs(self, step: Step) -> None:
        """All log events of a function, once a pattern was found ``count`` times in them."""
        group = substitute(step.get("group", "/aws/lambda/${fn}"), self.values)
        text = substitute(step.get("until", ""), self.values, escape=True)
        pattern = re.compile(text, re.DOTALL)
        events: list[dict[str, Any]] = []

        def enough() -> bool:
            nonlocal events
            events = self._log_events(group)
            found = sum(len(pattern.findall(event["message"])) for event in events)
            return found >= step.get("count", 1)

        if self._until(enough, step.get("timeout", 15), 0.4):
            enough()  # once more: what was written meanwhile
        self._put(step, _log(events, pattern))

    def _log_events(self, group: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            arguments = {"logGroupName": group, "limit": 1000, **token}
            answer = self._call({"call": "logs.filter_log_events", "args": {"$raw": arguments}})
            events += answer.get("events", [])
            if not answer.get("nextToken"):
                return events
            token = {"nextToken": answer["nextToken"]}


def _read(message: dict[str, Any]) -> dict[str, Any]:
    """A queue's message; its body as JSON, and what SNS has put inside of it."""
    read = {**message, "_at": time.time()}
    with suppress(ValueError):
        read["Json"] = json.loads(message["Body"])
    inner = read["Json"].get("Message") if isinstance(read.get("Json"), dict) else None
    if isinstance(inner, str):
        with suppress(ValueError):
            read["InnerJson"] = json.loads(inner)
    return read


def _log(events: list[dict[str, Any]], pattern: re.Pattern[str]) -> dict[str, Any]:
    """Log events as cases look at them; ``gaps`` are seconds between those that match."""
    messages = [event["message"] for event in events]
    matching = [event for event in events if pattern.search(event["message"])]
    times = [event["timestamp"] / 1000 for event in matching]
    objects = []
    for message in messages:
        with suppress(ValueError):
            objects.append(json.loads(message))
    return {
        "messages": messages,
        "text": "".join(m if m.endswith("\n") else f"{m}\n" for m in messages),
        "matched": sum(len(pattern.findall(message)) for message in messages),
        "match_messages": [event["message"] for event in matching],
        "gaps": [after - before for before, after in pairwise(times)],
        "streams": sorted({event["logStreamName"] for event in events}),
        "json": [each for each in objects if isinstance(each, dict)],
    }


# What deletes what a call has made: the operation, and its arguments from the call's own
# arguments and its answer.
UNDO: dict[str, tuple[str, Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]]] = {
    "lambda.create_function": (
        "delete_function",
        lambda given, made: {"FunctionName": made["FunctionName"]},
    ),
    "lambda.publish_layer_version": (
        "delete_layer_version",
        lambda given, made: {"LayerName": given["LayerName"], "VersionNumber": made["Version"]},
    ),
    "sqs.create_queue": ("delete_queue", lambda given, made: {"QueueUrl": made["QueueUrl"]}),
    "sns.create_topic": ("delete_topic", lambda given, made: {"TopicArn": made["TopicArn"]}),
    "events.create_event_bus": ("delete_event_bus", lambda given, made: {"Name": given["Name"]}),
    "events.put_rule": ("delete_rule", lambda given, made: _of_bus(given, Name=given["Name"])),
    "events.put_targets": (
        "remove_targets",
        lambda given, made: _of_bus(
            given, Rule=given["Rule"], Ids=[target["Id"] for target in given["Targets"]]
        ),
    ),
}


def _of_bus(given: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    bus = {"EventBusName": given["EventBusName"]} if "EventBusName" in given else {}
    return {**arguments, **bus}
