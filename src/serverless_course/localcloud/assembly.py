"""How the parts of the embedded cloud are put together, and in which order they end."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from .authorization import Authorizer
from .clock import ScaledClock
from .code_store import CodeStore
from .control.connecting import reclaim, wake
from .control.permissions import allows_caller
from .control.plane import ControlPlane
from .control.registry import Registry
from .deliveries import Deliveries
from .environment import Host
from .event_queue import EventQueue
from .gateway import Gateway
from .governor import Governor
from .invoker import Invoker
from .keeper_process import KeeperProcess
from .log_writer import LogWriter
from .memory_watch import MemoryWatch
from .opt_folders import OptFolders
from .orphans import Orphans, end_strays
from .outbox import Outbox
from .pollers import Invocations, Pollers
from .role_client import RoleClients
from .runtimes import Runtimes
from .runtimes.python_runtime import own_runtime
from .schedules import Schedules
from .services import ACCOUNT_ID, Services
from .settings import Settings
from .shield import protected_pids
from .spawner import Spawner
from .vpc.experiments.fis import FaultInjection
from .vpc.experiments.laboratory import Laboratory
from .vpc.function_networks import FunctionNetworks
from .workshop import Workshop


class EmbeddedCloud:
    """All parts of one server. ``gateway`` answers its requests; ``port`` is where it listens."""

    def __init__(
        self,
        settings: Settings,
        state: Path,
        governor: Governor,
        keeper: KeeperProcess,
        port: int,
    ) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self._keeper = keeper
        clock = ScaledClock(settings.clock_factor)
        registry = Registry(ACCOUNT_ID)
        code = CodeStore(state / "code")
        self._services = Services()
        self._runtimes = _runtimes(settings, state)
        self._clients = RoleClients(self._services, self.endpoint)
        logs = LogWriter(self._services)
        self._host = Host(
            Spawner(protected_pids(keeper.pid)),
            keeper,
            MemoryWatch(),
            Orphans(),
            OptFolders(state / "opt", code),
            state / "environments",
            self.endpoint,
        )
        self._vpc = FunctionNetworks(self._services, registry, clock, port)
        workshop = Workshop(
            self._runtimes, code, governor, self._host, logs, self._services, self._vpc
        )
        most = settings.max_environments
        self.invoker = Invoker(
            registry, workshop, most, settings.account_concurrency, settings.idle_end_s
        )
        self.invoker.events = EventQueue(self.invoker, registry, clock, Outbox(self._clients), most)
        invocations = Invocations(registry, self.invoker)
        self._pollers = Pollers(
            registry, invocations, self._services, self._clients, clock, self.endpoint, most
        )
        plane = ControlPlane(
            registry,
            code,
            self._services,
            self._runtimes,
            clock,
            self.endpoint,
            settings.account_concurrency,
            self.invoker,
            self._pollers,
            self._vpc,
        )
        self.invoker.wake = partial(wake, plane)
        authorizer = Authorizer(self._services, partial(allows_caller, registry))
        laboratory = Laboratory(self._services, self._vpc.view, registry, partial(reclaim, plane))
        self._experiments = FaultInjection(self._services, laboratory)
        self.gateway = Gateway(
            self._services, plane, self.invoker, logs, authorizer, self._experiments
        )
        self.gateway.host = f"127.0.0.1:{port}"
        self.gateway.on_network_change = self._vpc.view.changed_elsewhere
        self._vpc.serve(self.gateway, self.gateway.action)
        self.schedules = Schedules(self._services, clock)
        self._services.connect(Deliveries(registry, self.invoker), self.gateway.administrator)

    @property
    def isolation(self) -> str:
        """What keeps code in a VPC that ignores proxies from this machine's network."""
        return "network-namespaces" if self._vpc.namespaces.works else "none"

    def load(self) -> None:
        """Import moto and make its application; the rest answers while this goes on."""
        self._services.load(self.endpoint)

    async def close(self) -> None:
        """End what makes new work, then the environments, then what they use."""
        await self._experiments.close()
        await self.invoker.events.close()
        await self._pollers.close()
        await self.invoker.close()
        end_strays({self._keeper.pid})
        self._vpc.close()
        self._runtimes.close()
        self._host.spawner.close()
        self._clients.close()
        self.gateway.close()


def _runtimes(settings: Settings, state: Path) -> Runtimes:
    pure = settings.pure_runtime_client
    own = own_runtime(state) if pure is None else own_runtime(state, pure_client=pure)
    return Runtimes([own], state)
