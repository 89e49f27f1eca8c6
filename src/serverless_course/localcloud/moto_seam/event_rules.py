"""EventBridge rules: what an event that matches, or a schedule, sends to a rule's targets.

Source: Amazon EventBridge User Guide, "Rules" and "Targets" (read 2026-11). Archives, other buses
and API destinations as targets are moto's (5.2.5); moto knows no functions, topics, state machines
and streams as targets, writes log events whose time is no whole number, and lets a rule without a
pattern or a disabled one match everything.
"""

from __future__ import annotations

import base64
import copy
import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from ..events.event_input import compact, envelope, target_input, unknown_placeholders
from ..events.event_patterns import read_json
from ..events.schedule_expression import parse
from ..iam.account import ACCOUNT_ID
from . import event_answers, rule_patterns
from .current import CurrentCall, answering, current
from .functions import Functions
from .resource_policies import service_is_allowed
from .seam import replace
from .target_kinds import OWN_TARGETS, dead_letter, partition_key, refuse_others, service_of
from .target_roles import TargetRoles

log = logging.getLogger(__name__)
SERVICE = "events.amazonaws.com"
# A path of a target's input begins with $ and has no names in quotation marks.
_PATH, _QUOTED = re.compile(r"\$"), re.compile(r"\[\s*['\"]")
_roles: list[TargetRoles] = []
# Reached by leave of their own policy (EventBridge User Guide, "Using resource-based policies for
# Amazon EventBridge", read 2026-11).
BY_POLICY = {"sns": "sns:Publish", "sqs": "sqs:SendMessage"}


# Starts an execution: region, state machine, input, trace header.
Start = Callable[[str, str, str, str], None]
_start: list[Start] = []


def install(functions: Functions, roles: TargetRoles, start: Start) -> None:
    """Take over the delivery to a rule's targets. ``roles`` says which may be reached."""
    _roles[:] = [roles]
    _start[:] = [start]
    from moto.events import notifications  # noqa: PLC0415 - moto loads late
    from moto.events.exceptions import ValidationException  # noqa: PLC0415
    from moto.events.models import EventsBackend, Rule  # noqa: PLC0415

    def make(known: Any) -> Any:
        def send_to_targets(self: Any, event: Any, transform_input: bool = True) -> None:
            if self.state == "DISABLED" or not self.event_pattern.get_pattern():
                return
            if not self.event_pattern.matches_event(envelope(event)):
                return
            own = [target for target in self.targets if service_of(target) in OWN_TARGETS]
            others = [target for target in self.targets if service_of(target) not in OWN_TARGETS]
            for target in own:
                _deliver(functions, self, target, event)
            if others:
                rest = copy.copy(self)
                rest.targets = others
                known(rest, copy.deepcopy(event), transform_input)

        return send_to_targets

    def invoke(account_id: str, fn_arn: str, event: Any) -> None:
        functions.send(fn_arn, event, SERVICE, "", current().trace)

    def make_put(known: Any) -> Any:
        def put_rule(self: Any, *given: Any, **named: Any) -> Any:
            if named.get("scheduled_expression"):
                try:
                    parse(named["scheduled_expression"])
                except ValueError as error:
                    text = "Parameter ScheduleExpression is not valid."
                    raise ValidationException(text) from error
            return known(self, *given, **named)

        return put_rule

    def make_put_targets(known: Any) -> Any:
        def put_targets(self: Any, name: str, event_bus_arn: Any, targets: Any) -> Any:
            bus = str(event_bus_arn or "default").rpartition("/")[2]
            path = name if bus == "default" else f"{bus}/{name}"
            rule_arn = f"arn:aws:events:{self.region_name}:{ACCOUNT_ID}:rule/{path}"
            refuse_others(targets)
            problems = [*map(_problem, targets), roles.problem(targets, rule_arn)]
            for problem in filter(None, problems):
                raise ValidationException(problem)
            event_answers.refuse_too_many(self, name, bus, targets)
            return known(self, name, event_bus_arn, targets)

        return put_targets

    rule_patterns.install()
    replace(EventsBackend, "put_rule", make_put)
    replace(EventsBackend, "put_targets", make_put_targets)
    replace(Rule, "send_to_targets", make)
    replace(notifications, "_invoke_lambda", lambda _: invoke)


def _problem(target: dict[str, Any]) -> str:
    """What is wrong with a target's input, in AWS's words; empty for nothing.

    Recorded from AWS in 2024 (two inputs, placeholders) and as a public preflight check measured
    it (cdk_preflight, 2026-09: texts that are no JSON, paths; what follows the id is not known).
    """
    given = [name for name in ("Input", "InputPath", "InputTransformer") if target.get(name)]
    if len(given) > 1:
        return (
            "Only one of Input, InputPath, or InputTransformer must be provided for target "
            f"{target['Id']}."
        )
    transformer = target.get("InputTransformer") or {}
    paths = [target.get("InputPath"), *(transformer.get("InputPathsMap") or {}).values()]
    if not all(_PATH.match(path) and not _QUOTED.search(path) for path in paths if path):
        return f"InputPath for target {target['Id']} is invalid."
    if not _is_json(target.get("Input") or "{}"):
        return f"JSON syntax error in input for target {target['Id']}."
    unknown = unknown_placeholders(transformer)
    if unknown:
        return f"InputTemplate for target {target['Id']} contains invalid placeholder {unknown[0]}."
    return ""


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except (ValueError, RecursionError):
        return False
    return True


def scheduled() -> list[Any]:
    """The enabled rules that have a schedule, in all regions."""
    from moto.events.models import events_backends  # noqa: PLC0415 - moto loads late

    return [
        rule
        for backend in list(events_backends[ACCOUNT_ID].values())
        for bus in list(backend.event_buses.values())
        for rule in list(bus.rules.values())
        if rule.scheduled_expression and rule.state == "ENABLED"
    ]


def fire(functions: Functions, rule: Any, at: float) -> None:
    """Send a rule's scheduled event to its targets. ``at``: seconds since the epoch."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": at,
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
    with answering(CurrentCall()):
        for target in list(rule.targets):
            if service_of(target) in OWN_TARGETS:
                _deliver(functions, rule, target, event)


def _deliver(functions: Functions, rule: Any, target: Any, event: Any) -> None:
    """Give one target its input. What fails fails for this target alone, as on AWS."""
    described = {
        "arn": rule.arn,
        "name": rule.name,
        "ingestion_time": envelope({"time": event.get("ingestion-time", time.time())})["time"],
    }
    whole = envelope(event)
    text = ""
    try:
        text = target_input(target, whole, described)
        if service_of(target) == "lambda":
            _check_function(functions, target["Arn"], str(rule.arn))
            functions.send(target["Arn"], text, SERVICE, rule.arn, current().trace)
        else:
            _hand_over(rule, target, text, whole)
    except Exception as problem:
        dead_letter(rule, target, text or compact(whole), problem)
        log.warning("rule %s: target %s was not reached", rule.name, target.get("Arn"))
        log.debug("the reason", exc_info=True)


def _check_function(functions: Functions, arn: str, rule_arn: str) -> None:
    if not functions.exists(arn):
        raise LookupError(f"there is no function {arn}")
    if not functions.allows(arn, SERVICE, rule_arn):
        raise PermissionError(f"the policy of {arn} does not let {SERVICE} invoke it")


def _hand_over(rule: Any, target: Any, text: str, event: dict[str, Any]) -> None:
    arn = target["Arn"]
    if not all(each.allow(target, rule.arn) for each in _roles):
        raise PermissionError(f"the target's role does not let {SERVICE} reach {arn}")
    service, region, name = service_of(target), arn.split(":")[3], arn.split(":", 5)[5]
    action = BY_POLICY.get(service)
    if action and not service_is_allowed(SERVICE, str(rule.arn), action, arn):
        raise PermissionError(f"the policy of {arn} does not let {SERVICE} reach it")
    if service == "sqs":
        from moto.sqs.models import sqs_backends  # noqa: PLC0415 - moto loads late

        group = (target.get("SqsParameters") or {}).get("MessageGroupId")
        sqs_backends[ACCOUNT_ID][region].send_message(name, text, group_id=group)
    elif service == "sns":
        from moto.sns.models import sns_backends  # noqa: PLC0415

        sns_backends[ACCOUNT_ID][region].publish(text, arn=arn)
    elif service == "kinesis":
        from moto.kinesis.models import kinesis_backends  # noqa: PLC0415

        data = base64.b64encode(text.encode()).decode()
        backend: Any = kinesis_backends[ACCOUNT_ID][region]
        backend.put_record(arn, None, partition_key(target, event), None, data)
    elif service == "firehose":
        from moto.firehose.models import firehose_backends  # noqa: PLC0415

        record = {"Data": text.encode()}
        firehose_backends[ACCOUNT_ID][region].put_record(name.rpartition("/")[2], record)
    elif service == "logs":
        _log(region, name.removeprefix("log-group:").removesuffix(":*"), text)
    else:
        _start[0](region, arn, text, current().trace)


def _log(region: str, group: str, text: str) -> None:
    """Write an event to a log group, in a stream of its own."""
    from moto.logs.models import logs_backends  # noqa: PLC0415 - moto loads late

    backend: Any = logs_backends[ACCOUNT_ID][region]
    stream = str(uuid.uuid4())
    backend.create_log_stream(group, stream)
    event = {"timestamp": int(time.time() * 1000), "message": text}
    backend.put_log_events(group, stream, [event])
