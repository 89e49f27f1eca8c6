"""moto's services as the rest of the embedded cloud gets them: one part for each service."""

from __future__ import annotations

from contextlib import nullcontext

from ..clock import ScaledClock
from ..iam.principal import Principal
from ..stepfunctions import ExecutionTraces, StateMachines
from ..wire.http import Request, Response
from . import (
    archives,
    bus_permissions,
    callbacks,
    cbor_protocol,
    conditional_writes,
    decided,
    event_answers,
    event_bus,
    http_subscriptions,
    identity,
    identity_rules,
    interfaces,
    linear_patterns,
    log_metrics,
    log_rules,
    lookups,
    missing_members,
    nat_gateways,
    network_faults,
    object_events,
    object_lifecycle,
    query_errors,
    random_passwords,
    replays,
    request_limits,
    request_shapes,
    secret_rules,
    secret_versions,
    shared_stores,
    simulations,
    statements,
    subscription_confirmations,
    subscription_rules,
    suspended_versions,
    topic_attributes,
    topic_publishing,
    topic_rules,
    upload_lists,
    vpc_endpoints,
)
from .alarms import AlarmActions
from .application import Application
from .current import CurrentCall, answering
from .execution_outlets import ExecutionOutlets
from .functions import Functions
from .log_groups import LogGroups
from .logs import Logs
from .metrics import Metrics
from .networks import Networks
from .objects import Objects
from .queues import Queues
from .resource_names import ResourceNames
from .resource_policies import ResourcePolicies
from .scheduled_rules import ScheduledRules
from .seam import when_imported
from .shard_subscriptions import ShardSubscriptions
from .streams import Streams
from .target_roles import TargetRoles
from .topic_traces import TopicTraces


class Services:
    """moto's services: over HTTP, and in parts for what the engine asks of them directly.

    ``clock`` is the one of AWS's long waits.

    Every part may be asked on any thread, and waits until moto is loaded.
    """

    def __init__(self, clock: ScaledClock | None = None) -> None:
        self._clock = clock or ScaledClock(1.0)
        self.application = Application()
        wait = self.application.wait
        self.identity = identity.Identity(wait)
        self.names = ResourceNames(wait, self.identity)
        self.resource_policies = ResourcePolicies(wait)
        self.logs = Logs(wait, self.identity.role_allows)
        self.log_groups = LogGroups(wait)
        self.streams = Streams(wait)
        self.shard_subscriptions = ShardSubscriptions(self.streams)
        self.objects = Objects(wait)
        self.networks = Networks(self.application)
        self.rules = ScheduledRules(wait)
        self.metrics = Metrics()
        self.queues = Queues(wait, self.metrics.stores)
        self.alarms = AlarmActions(self.metrics)
        self.outlets = ExecutionOutlets(wait, self.logs, self.metrics.stores)
        self._functions: Functions | None = None
        self._executions: ExecutionTraces | None = None
        self._topics: TopicTraces | None = None
        self._machines: StateMachines | None = None
        self._endpoint = ""

    @property
    def loaded(self) -> bool:
        """Whether moto is there, so that nothing here has to wait."""
        return self.application.loaded

    def wait(self) -> None:
        """Wait until moto is loaded."""
        self.application.wait()

    def publish_metrics(self) -> None:
        """Measure what moto's services are measured for at each minute, once moto is loaded."""
        if self.loaded:
            self.queues.metrics.publish()

    def connect(self, functions: Functions, administrator: Principal) -> None:
        """Say who answers moto's calls into Lambda, and whose key is not in IAM."""
        self._functions = self.alarms.functions = self.rules.functions = functions
        self.identity.administrator = administrator

    def trace(self, executions: ExecutionTraces, topics: TopicTraces) -> None:
        """Say who traces the executions of state machines, and messages to topics."""
        self._executions = executions
        self._topics = topics

    @property
    def _state_machines(self) -> StateMachines:
        if self._machines is None:
            self._machines = StateMachines(
                self.identity, self.outlets, self._endpoint, self._clock, self._executions
            )
        return self._machines

    def load(self, endpoint: str) -> None:
        """Import moto and make its application. Takes about a second; safe on any thread."""
        self._endpoint = endpoint
        self.application.load(endpoint, self._prepare)

    def answer(self, request: Request, host: str, model: str, call: CurrentCall) -> Response:
        """Let moto's part of a service, by botocore's name, answer. Called on worker threads."""
        if model == "kinesis" and call.operation == "SubscribeToShard":
            return self.shard_subscriptions.answer(request)
        missing_members.check(model, call.operation, request)
        request_shapes.check(model, call.operation, request)
        if model == "stepfunctions":
            self.application.wait()
            with answering(call):
                return self._state_machines.answer(request, call.operation, call.region, call.trace)
        own_events = object_events.held_back() if model == "s3" else nullcontext()
        with answering(call), own_events:
            if cbor_protocol.speaks_cbor(request):
                return cbor_protocol.translated(
                    request, model, lambda plain: self._answer(plain, host, model, call)
                )
            return self._answer(request, host, model, call)

    def _answer(self, request: Request, host: str, model: str, call: CurrentCall) -> Response:
        return shared_stores.read_again(
            call.operation, lambda: self.application.answer(request, host, model)
        )

    def _prepare(self) -> None:
        decided.install()
        lookups.install()
        for each in (conditional_writes, object_lifecycle, suspended_versions, upload_lists):
            when_imported("moto.s3.responses", each.install)
        linear_patterns.install()
        self.resource_policies.install()
        statements.install()
        request_limits.install()
        secret_versions.install()
        secret_rules.install()
        random_passwords.install()
        event_answers.install()
        bus_permissions.install()
        archives.install()
        replays.install(self._clock)
        log_rules.install()
        self.metrics.install()
        self.alarms.install()
        log_metrics.install(self.metrics)
        event_bus.complete_events()
        http_subscriptions.install()
        query_errors.install()
        subscription_rules.install()
        subscription_confirmations.install()
        topic_attributes.install()
        topic_publishing.install()
        topic_rules.install()
        self.queues.install()
        self.streams.install()
        shared_stores.install()
        self._prepare_ec2()
        identity.install(self.identity)
        identity_rules.install()
        simulations.install(self.identity)
        if self._functions is not None:
            callbacks.install(
                self._functions, TargetRoles(self.identity), self._state_machines.start
            )
        if self._topics is not None:
            self._topics.install()

    def _prepare_ec2(self) -> None:
        """moto's EC2 takes a second and 90 MB to import: it is repaired when somebody needs it."""
        for room in (interfaces, vpc_endpoints, nat_gateways, network_faults):
            when_imported("moto.ec2.models", room.install)
        when_imported("moto.ec2.responses.nat_gateways", nat_gateways.install_regional)
