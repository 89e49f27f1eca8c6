"""How the parts of the embedded cloud are put together, and in which order they end."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from .apigateway.serving.access_logs import AccessLogs
from .apigateway.serving.api_metrics import ApiMetrics
from .apigateway.serving.front import ApiFront
from .apigateway.serving.function_authorizer import FunctionAuthorizers
from .apigateway.serving.functions import Functions as ApiFunctions
from .apigateway.serving.http_authorization import HttpAuthorization
from .apigateway.serving.http_serving import HttpServing
from .apigateway.serving.iam_authorizer import Signatures
from .apigateway.serving.rest_authorization import RestAuthorization
from .apigateway.serving.rest_serving import RestServing
from .clock import ScaledClock
from .cloudformation.front import StackFront
from .cloudwatch.alarms.alarm_watch import AlarmWatch
from .elasticloadbalancing.elastic_load_balancing import ElasticLoadBalancing
from .events.schedules import Schedules
from .fis.fis import FaultInjection
from .fis.laboratory import Laboratory
from .gateway import Gateway
from .iam.account import ACCOUNT_ID
from .iam.authorization import Authorizer
from .iam.role_client import RoleClients
from .keeper_process import KeeperProcess
from .lambda_.api.connecting import reclaim, wake
from .lambda_.api.invoke import InvokeApi
from .lambda_.api.operations import OPERATIONS
from .lambda_.api.permissions import allows_caller
from .lambda_.api.plane import ControlPlane
from .lambda_.code_store import CodeStore
from .lambda_.durable.drive import Drive
from .lambda_.durable.executions import DurableExecutions
from .lambda_.environment.daemon import NoDaemon
from .lambda_.environment.environment_factory import EnvironmentFactory
from .lambda_.environment.governor import Governor
from .lambda_.environment.host import Host
from .lambda_.environment.memory_watch import MemoryWatch
from .lambda_.environment.opt_folders import OptFolders
from .lambda_.environment.orphans import collect_orphans, end_strays
from .lambda_.environment.runtimes import Runtimes
from .lambda_.environment.runtimes.python_runtime import own_runtime
from .lambda_.environment.sandbox.sandbox import Sandbox, protected_pids
from .lambda_.environment.spawner import AnySpawner
from .lambda_.event_sources import Invocations, Pollers, Sources
from .lambda_.invocation.door import Door
from .lambda_.invocation.event_queue import EventQueue
from .lambda_.invocation.fleets import Fleets
from .lambda_.invocation.lambda_metrics import LambdaMetrics
from .lambda_.invocation.outbox import Outbox
from .lambda_.invocation.service_invocations import ServiceInvocations
from .lambda_.registry import Registry
from .lambda_.tracing import FunctionSampler, Tracer, TraceWriter
from .logs.log_writer import LogWriter
from .moto_seam import Lifecycle, Services, TopicTraces
from .pipes.pipes import EXECUTION_S, Pipes
from .scheduler.scheduler import Scheduler
from .settings import Settings
from .signers import Signers
from .stepfunctions import ExecutionTraces
from .vpc.function_networks import FunctionNetworks
from .wire.credential import Credential
from .wire.errors import ServiceError
from .xray import XRay


class EmbeddedCloud:
    """All parts of one server. ``gateway`` answers its requests; ``port`` is where it listens."""

    def __init__(
        self,
        settings: Settings,
        state: Path,
        governor: Governor,
        keeper: KeeperProcess,
        port: int,
        spawner: AnySpawner,
    ) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self._keeper = keeper
        clock = ScaledClock(settings.clock_factor)
        registry = Registry(ACCOUNT_ID)
        code = CodeStore(state / "code")
        self._services = Services(clock)
        self._runtimes = _runtimes(settings, state)
        self._clients = RoleClients(self._services.identity, self.endpoint)
        logs = LogWriter(self._services.logs)
        self.xray = XRay(ACCOUNT_ID)
        traces = TraceWriter(self.xray.put, self._services.identity.role_allows)
        self._no_daemon = NoDaemon()
        self._host = Host(
            Sandbox(spawner, state, protected_pids(keeper.pid)),
            keeper,
            MemoryWatch(),
            OptFolders(state / "opt", code),
            code,
            state / "environments",
            self.endpoint,
            self._no_daemon.address,
        )
        self._vpc = FunctionNetworks(self._services.networks, registry, clock, port)
        factory = EnvironmentFactory(
            self._runtimes,
            code,
            governor,
            self._host,
            logs,
            self._services.identity.role_credentials,
            traces.take,
            self._vpc,
        )
        tracer = Tracer(FunctionSampler(), traces.send, settings.trace_format)
        most = settings.max_environments
        self.fleets = Fleets(
            registry, factory, most, settings.account_concurrency, settings.idle_end_s
        )
        metrics = LambdaMetrics(
            self._services.metrics.stores,
            lambda region: self.fleets.concurrency(region).claimed(),
        )
        api_metrics = ApiMetrics(self._services.metrics.stores)

        def publish() -> None:
            for each in (
                metrics.publish,
                api_metrics.publish,
                self.balancing.metrics.publish,
                self._services.publish_metrics,
            ):
                each()

        self._services.metrics.before_read = publish
        door = Door(self.fleets, tracer, metrics, lambda found: wake(plane, found))
        self._executions = DurableExecutions(
            Drive(
                door,
                registry,
                clock,
                self._services.identity.role_allows,
                most,
                self._services.outlets.put_event,
            )
        )
        door.durable = self._executions.run
        self._events = EventQueue(door, registry, clock, Outbox(self._clients, metrics), most)
        self._sources = Sources(self._services, self._clients, clock, self.endpoint, most)
        self._pollers = Pollers(registry, Invocations(registry, door), self._sources)
        plane = ControlPlane(
            registry,
            code,
            self._services,
            self._runtimes,
            clock,
            self.endpoint,
            settings.account_concurrency,
            self.fleets,
            self._pollers,
            self._vpc,
            OPERATIONS,
            self._executions,
        )
        authorizer = Authorizer(
            self._services.identity,
            self._services.names,
            partial(allows_caller, registry),
            self._services.resource_policies,
        )
        laboratory = Laboratory(
            self._services.networks, self._vpc.view, registry, partial(reclaim, plane)
        )
        self._experiments = FaultInjection(self._services, laboratory)
        self._stacks = StackFront(
            self.endpoint, clock, self._stack_role, lambda: self.gateway.learner
        )
        self._scheduler = Scheduler(
            self._clients,
            self._services.identity.trusts_service,
            self._services.metrics.stores,
            clock,
        )
        self._pipes = Pipes(
            self._services,
            self._sources,
            RoleClients(self._services.identity, self.endpoint, EXECUTION_S, attempts=1),
            clock,
        )
        self.balancing = ElasticLoadBalancing(
            registry, door, self._services.networks, self._services.metrics.stores, clock
        )
        signers = Signers(self._services, authorizer)
        self.apis = _api_front(
            ApiFunctions(registry, door, self._services.identity),
            signers,
            AccessLogs(logs),
            api_metrics,
            self._services,
            clock,
        )
        self.gateway = Gateway(
            self._services,
            plane,
            InvokeApi(registry, door, self._events, governor.name, self._executions),
            door,
            logs,
            authorizer,
            self.xray,
            traces,
            self._experiments,
            signers,
            self.apis,
            self._stacks,
            self._scheduler,
            self._pipes,
            self.balancing,
        )
        self.gateway.host = f"127.0.0.1:{port}"
        self.gateway.on_network_change = self._vpc.view.changed_elsewhere
        self._vpc.serve(self.gateway, self.gateway.action, self.gateway.allow)
        self.schedules = Schedules(self._services.rules, clock)
        self.lifecycle = Lifecycle(self._services.wait, clock)
        self.alarm_watch = AlarmWatch(self._services.wait, publish, self._services.alarms.evaluate)
        self._services.connect(
            ServiceInvocations(registry, door, self._events), self.gateway.administrator
        )
        self._services.trace(
            ExecutionTraces(traces.take, self._samples_execution),
            TopicTraces(self.xray.put, self._x_ray_policies),
        )

    @property
    def isolation(self) -> str:
        """What keeps code in a VPC that ignores proxies from this machine's network."""
        return "network-namespaces" if self._vpc.namespaces.works else "none"

    def load(self) -> None:
        """Import moto and make its application; the rest answers while this goes on."""
        self._services.load(self.endpoint)

    def _samples_execution(self, region: str, machine: str) -> bool:
        service = "AWS::StepFunctions::StateMachine"
        return self.xray.sampler.decide(region, service_name=machine, service_type=service)

    def _x_ray_policies(self, region: str) -> list[str]:
        return [each["PolicyDocument"] for each in self.xray.region(region).policies.all()]

    def _stack_role(self, role_arn: str, region: str) -> Credential:
        """The credentials of a role that CloudFormation takes on. Raises `ServiceError`."""
        if not self._services.identity.trusts_service(role_arn, "cloudformation.amazonaws.com"):
            text = f"Role {role_arn} is invalid or cannot be assumed"
            raise ServiceError("ValidationError", text)
        return self._services.identity.assume_role(role_arn, "AWSCloudFormation", region)

    def collect_orphans(self) -> None:
        """Collect dead processes that nobody waits for."""
        collect_orphans({self._host.sandbox.spawner.pid, *self._keeper.known})

    async def close(self) -> None:
        """End what makes new work, then the environments, then what they use."""
        self.apis.ports.close_all()
        self.balancing.close()
        self._scheduler.close()
        await self._experiments.close()
        self._stacks.close()
        await self._events.close()
        await self._executions.close()
        await self._pollers.close()
        await self._pipes.close()
        self._sources.close()
        await self.fleets.close()
        end_strays({self._keeper.pid, self._host.sandbox.spawner.pid})
        self._vpc.close()
        self._runtimes.close()
        self._host.sandbox.spawner.close()
        self._no_daemon.close()
        self._clients.close()
        self.gateway.close()


def _api_front(
    functions: ApiFunctions,
    signers: Signers,
    written: AccessLogs,
    metrics: ApiMetrics,
    services: Services,
    clock: ScaledClock,
) -> ApiFront:
    signatures = Signatures(signers.verify, signers.principal, signers.may_invoke_api, signers.wait)
    asked = FunctionAuthorizers(functions, clock)
    return ApiFront(
        HttpServing(functions, HttpAuthorization(signatures, asked), written, metrics),
        RestServing(functions, RestAuthorization(signatures, asked, clock), written, metrics),
        services.identity,
    )


def _runtimes(settings: Settings, state: Path) -> Runtimes:
    pure = settings.pure_runtime_client
    own = own_runtime(state) if pure is None else own_runtime(state, pure_client=pure)
    return Runtimes([own], state)
