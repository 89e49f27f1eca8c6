"""An HTTP API as it is configured, and as its deployments have kept it.

Source: API Gateway Developer Guide, "Stages for HTTP APIs": a deployment is a snapshot of the
configuration; a stage serves one, and with automatic deployment always the newest (read 2026-11).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ..identifiers import invoke_arn, new_id
from ..throttle import Throttles
from .route_table import DEFAULT, RouteTable

Members = dict[str, Any]
AUTOMATIC = "Automatic deployment triggered by changes to the Api configuration"


@dataclass(frozen=True)
class Snapshot:
    """What a deployment keeps: routes by their keys, what they lead to, and CORS settings."""

    routes: dict[str, Members]
    integrations: dict[str, Members]
    authorizers: dict[str, Members]
    cors: Members | None

    @cached_property
    def table(self) -> RouteTable:
        """The routes, ordered by what is taken first."""
        return RouteTable(self.routes)


@dataclass
class Deployment:
    """``members`` are those of the API's Deployment."""

    members: Members
    snapshot: Snapshot


@dataclass
class Stage:
    """``snapshot`` is what it serves; None before its first deployment. ``flushes`` counts how
    often its authorizers' answers were thrown away."""

    members: Members
    snapshot: Snapshot | None = None
    throttles: Throttles = field(default_factory=Throttles)
    flushes: int = 0

    @property
    def name(self) -> str:
        """``$default``, or the first part of the path."""
        return str(self.members["StageName"])

    @property
    def variables(self) -> dict[str, str]:
        """Stage variables by name."""
        return self.members.get("StageVariables") or {}


@dataclass
class HttpApi:
    """``members`` are those of the API's Api; all others by their ids, stages by their names."""

    region: str
    id: str
    members: Members
    endpoint: str = ""
    routes: dict[str, Members] = field(default_factory=dict)
    integrations: dict[str, Members] = field(default_factory=dict)
    authorizers: dict[str, Members] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)

    def arn(self, rest: str) -> str:
        """The ARN of what a client calls."""
        return invoke_arn(self.region, self.id, rest)

    def changed(self) -> None:
        """Something of the configuration has changed: stages with AutoDeploy serve it now."""
        for stage in self.stages.values():
            if stage.members.get("AutoDeploy"):
                self.deploy(stage, automatic=True)

    def split(self, path: str) -> tuple[Stage | None, str]:
        """The stage that a path names, and the path within it: else ``$default`` has it all."""
        first, slash, rest = path.removeprefix("/").partition("/")
        if first in self.stages and first != DEFAULT:
            return self.stages[first], f"/{rest}" if slash else "/"
        return self.stages.get(DEFAULT), path

    def deploy(
        self, stage: Stage | None, description: str | None = None, *, automatic: bool = False
    ) -> Deployment:
        """Keep the configuration as it is now, for a stage where one is given."""
        made = Deployment(
            {
                "AutoDeployed": automatic,
                "CreatedDate": datetime.now(UTC),
                "DeploymentId": new_id(6),
                "DeploymentStatus": "DEPLOYED",
                "Description": AUTOMATIC if automatic else description,
            },
            self._snapshot(),
        )
        self.deployments[made.members["DeploymentId"]] = made
        if stage is not None:
            self.serve(stage, made)
        return made

    def serve(self, stage: Stage, deployment: Deployment) -> None:
        """Let a stage serve a deployment. An automatic one that no stage serves is forgotten."""
        before = self.deployments.get(stage.members.get("DeploymentId") or "")
        stage.members["DeploymentId"] = deployment.members["DeploymentId"]
        stage.snapshot = deployment.snapshot
        if before is not None and before.members["AutoDeployed"] and before is not deployment:
            served = {each.members.get("DeploymentId") for each in self.stages.values()}
            if before.members["DeploymentId"] not in served:
                del self.deployments[before.members["DeploymentId"]]

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            {route["RouteKey"]: dict(route) for route in self.routes.values()},
            copy.deepcopy(self.integrations),
            copy.deepcopy(self.authorizers),
            copy.deepcopy(self.members.get("CorsConfiguration")),
        )
