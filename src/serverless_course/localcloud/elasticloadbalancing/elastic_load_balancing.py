"""Elastic Load Balancing, put together: its API, its listeners, its health checks."""

from __future__ import annotations

from collections.abc import Mapping

from ..clock import ScaledClock
from ..cloudwatch.metrics.store import MetricStores
from ..lambda_.invocation.door import Door
from ..lambda_.invocation.waiting import WaitedInvocations
from ..lambda_.registry import Registry
from ..wire.http import Response
from .balancer import TargetGroup
from .balancing import Balancing, Networks
from .health_checks import HealthChecks
from .plane import answer
from .serving.balancer_metrics import BalancerMetrics
from .serving.front import BalancerFront
from .serving.functions import Functions
from .serving.serving import Serving


class ElasticLoadBalancing:
    """Belongs to the event loop, but for ``metrics.publish``."""

    def __init__(
        self,
        registry: Registry,
        door: Door,
        networks: Networks,
        stores: MetricStores,
        clock: ScaledClock,
    ) -> None:
        self.front = BalancerFront()
        self.metrics = BalancerMetrics(stores)
        functions = Functions(registry, WaitedInvocations(door))
        self._checks = HealthChecks(functions, clock, self._is_in_use)
        self._balancing = Balancing(
            self.front, networks, functions, self._checks.changed, self._checks.health
        )
        self.front.serving = Serving(self._balancing, functions, self.metrics)

    def answer(self, form: Mapping[str, str], region: str) -> Response:
        """Answer one request of the API. Raises `ServiceError` for every refusal."""
        return answer(self._balancing, form, region)

    def close(self) -> None:
        """Nothing is checked, and nobody is answered any more."""
        self._checks.close()
        self.front.ports.close_all()

    def _is_in_use(self, group: TargetGroup) -> bool:
        region = self._balancing.region(group.region)
        return group.arn in region.groups and bool(region.users(group))
