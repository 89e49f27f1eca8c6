"""The seam to moto: the one room that touches moto's private names.

Every AWS service but Lambda, X-Ray and FIS is moto's (https://github.com/getmoto/moto), mended
where this room says so; CloudWatch's data and alarms are kept by `metrics`. What is used here of
moto's inside is held by contract tests, so that an upgrade that moves it is seen.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ..iam.conditions import Context
from ..iam.policies import Decision, decide
from ..iam.principal import Policies, Principal
from ..lambda_.environment.log_stream import LogEvent
from ..wire.http import Request, Response
from . import (
    alarms,
    callbacks,
    event_bus,
    event_rules,
    identity,
    interfaces,
    log_groups,
    log_metrics,
    logs,
    nat_gateways,
    network_faults,
    object_events,
    objects,
    secret_names,
    state_machines,
    vpc_endpoints,
)
from .application import ACCOUNT_ID, Application
from .current import CurrentCall, answering
from .execution_traces import ExecutionTraces
from .functions import FunctionFailed, Functions
from .metrics import Metrics
from .network_faults import Denied
from .networks import Interface, Networks
from .queues import Queues, QueueState
from .seam import when_imported
from .streams import ShardState, Streams
from .topic_traces import TopicTraces

__all__ = [
    "ACCOUNT_ID",
    "CurrentCall",
    "ExecutionTraces",
    "FunctionFailed",
    "Functions",
    "Interface",
    "Services",
    "TopicTraces",
]


class Services:
    """moto's services: over HTTP, and the few things that the engine asks of them directly.

    Every method waits until moto is loaded, and may be called on any thread.
    """

    def __init__(self) -> None:
        self.application = Application()
        self.queues = Queues()
        self.streams = Streams()
        self.networks = Networks(self.application)
        self._identity = identity.Identity()
        self._logs = logs.Logs()
        self.metrics = Metrics()
        self._alarms = alarms.AlarmActions(self.metrics)
        self._functions: Functions | None = None
        self._executions: ExecutionTraces | None = None
        self._topics: TopicTraces | None = None
        self._endpoint = ""

    @property
    def loaded(self) -> bool:
        """Whether moto is there, so that nothing here has to wait."""
        return self.application.loaded

    def wait(self) -> None:
        """Wait until moto is loaded."""
        self.application.wait()

    def connect(self, functions: Functions, administrator: Principal) -> None:
        """Say who answers moto's calls into Lambda, and whose key is not in IAM."""
        self._functions = self._alarms.functions = functions
        self._identity.administrator = administrator

    def trace(self, executions: ExecutionTraces, topics: TopicTraces) -> None:
        """Say who traces the executions of state machines, and messages to topics."""
        self._executions = executions
        self._topics = topics

    def load(self, endpoint: str) -> None:
        """Import moto and make its application. Takes about a second; safe on any thread."""
        self._endpoint = endpoint
        self.application.load(endpoint, self._prepare)

    def answer(self, request: Request, host: str, service: str, call: CurrentCall) -> Response:
        """Let moto answer a request. Called on worker threads."""
        if service == "states":
            self.application.wait()
            state_machines.prepare()
        own_events = object_events.held_back() if service == "s3" else nullcontext()
        with answering(call), own_events:
            return self.application.answer(request, host)

    # identity

    def principal(self, access_key_id: str) -> Principal | None:
        """Who owns an access key that IAM or STS gave out, or None."""
        self.application.wait()
        return self._identity.principal(access_key_id)

    def policies(self, principal: Principal) -> Policies:
        """The policies that count for a principal now."""
        self.application.wait()
        return self._identity.policies(principal)

    def role_credentials(
        self, role_arn: str, session_name: str, region: str, source_function_arn: str = ""
    ) -> dict[str, str]:
        """Temporary credentials of a role, as environment variables."""
        self.application.wait()
        given = self._identity.role_credentials(role_arn, session_name, region, source_function_arn)
        return {
            "AWS_ACCESS_KEY_ID": given.access_key_id,
            "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
            "AWS_SESSION_TOKEN": given.session_token or "",
        }

    def trusts_lambda(self, role_arn: str) -> bool:
        """Whether a role exists and lets Lambda assume it."""
        return self.trusts(role_arn, "lambda.amazonaws.com")

    def trusts(self, role_arn: str, service: str) -> bool:
        """Whether a role exists and lets a service, such as ``fis.amazonaws.com``, assume it."""
        self.application.wait()
        return self._identity.trusts_service(role_arn, service)

    def trusts_principal(self, role_arn: str, principal: Principal, context: Context) -> str:
        """How a role trusts a caller: ``by name``, through its ``account``, or not: empty."""
        self.application.wait()
        return self._identity.trusts_principal(role_arn, principal, context)

    def role_allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether a role's policies allow an action, such as ``sqs:SendMessage``, on an ARN."""
        self.application.wait()
        policies = self._identity.role_policies(role_arn)
        if policies is None:
            return False
        context = {"aws:principalarn": role_arn, "aws:securetransport": "true"}
        return all(
            decide(documents, action, resource, context) is Decision.ALLOWED
            for documents in (policies.identity, policies.boundary)
            if documents is not None
        )

    def role_arn(self, name: str) -> str:
        """The ARN of a role, with its path."""
        self.application.wait()
        return self._identity.role_arn(name)

    def secret_arn(self, region: str, name: str) -> str:
        """The whole ARN of a secret, by its name or a part of its ARN."""
        self.application.wait()
        return secret_names.arn(region, name)

    # what the engine writes and reads

    def write_logs(
        self, region: str, group: str, stream: str, events: list[LogEvent], role_arn: str
    ) -> bool:
        """Put a function's events into CloudWatch Logs, with its role.

        Group and stream are made when first written to. False when the role does not allow it.
        """
        self.application.wait()
        return self._logs.write(
            region,
            group,
            stream,
            events,
            lambda action, resource: self.role_allows(role_arn, action, resource),
        )

    def log_group(self, region: str, name: str) -> log_groups.LogGroup | None:
        """A log group by its name or ARN; None when there is none."""
        self.application.wait()
        return log_groups.find(region, name)

    def log_groups(self, region: str) -> list[log_groups.LogGroup]:
        """All log groups of a region, in the order of their names."""
        self.application.wait()
        return log_groups.every(region)

    def metric_filters(self, region: str, group: str) -> int:
        """How many metric filters a log group has."""
        self.application.wait()
        return log_groups.metric_filters(region, group)

    def queue_state(self, region: str, name: str) -> QueueState | None:
        """What a look at an SQS queue shows; None when there is no such queue."""
        self.application.wait()
        return self.queues.look(region, name)

    def stream_shards(self, arn: str) -> list[ShardState] | None:
        """The shards of a Kinesis or DynamoDB stream; None when there is no such stream."""
        self.application.wait()
        return self.streams.look(arn)

    def s3_object(self, bucket: str, key: str, version: str | None) -> bytes:
        """An object's bytes. Raises `ServiceError` in Lambda's words when it is not there."""
        self.application.wait()
        return objects.read(bucket, key, version)

    # experiments on the network

    def deny_subnets(self, region: str, subnet_ids: list[str], *, inside_too: bool) -> list[Denied]:
        """Deny the traffic that leaves these subnets' VPC, or (``inside_too``) the subnets."""
        return network_faults.deny(region, subnet_ids, inside_too=inside_too)

    def allow_subnets(self, region: str, denied: list[Denied]) -> None:
        """Give subnets back the network ACLs that they had."""
        network_faults.allow_again(region, denied)

    def show_zone(self, region: str, zone: str, message: str) -> None:
        """Let DescribeAvailabilityZones say that a zone is down; empty: that it is up again."""
        network_faults.show_zone(region, zone, message)

    # EventBridge's schedules

    def scheduled_rules(self) -> list[Any]:
        """The enabled rules that have a schedule, with their ``arn`` and ``targets``."""
        self.application.wait()
        return event_rules.scheduled()

    def fire_rule(self, rule: Any, at: float) -> None:
        """Send a rule's scheduled event to its targets. ``at``: seconds since the epoch."""
        assert self._functions is not None
        event_rules.fire(self._functions, rule, at)

    def evaluate_alarms(self, now: float) -> None:
        """Look at CloudWatch's alarms. ``now``: seconds since the epoch."""
        self._alarms.evaluate(now)

    def _prepare(self) -> None:
        self.metrics.install()
        self._alarms.install()
        self.metrics.refuse_the_rest()
        log_metrics.install(self.metrics)
        event_bus.complete_events()
        self.queues.install()
        self.streams.install()
        self._prepare_ec2()
        identity.install(self._identity)
        state_machines.configure(self._identity, self._endpoint, self._executions)
        if self._functions is not None:
            callbacks.install(self._functions)
        if self._topics is not None:
            self._topics.install()

    def _prepare_ec2(self) -> None:
        """moto's EC2 takes a second and 90 MB to import: it is mended when somebody needs it."""
        for room in (interfaces, vpc_endpoints, nat_gateways, network_faults):
            when_imported("moto.ec2.models", room.install)
        when_imported("moto.ec2.responses.nat_gateways", nat_gateways.install_regional)
