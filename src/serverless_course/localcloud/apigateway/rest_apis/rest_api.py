"""A REST API as it is configured, and as its deployments have kept it.

Source: API Gateway Developer Guide, "REST APIs"; "Deploy REST APIs": a deployment is a snapshot,
and a change is served after the next one (read 2026-11).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ..http_apis.route_table import ANY, RouteTable
from ..identifiers import new_id
from ..refusals import bad_request
from ..throttle import Throttles

Members = dict[str, Any]


@dataclass
class Resource:
    """``methods`` are members of Method by the method's name; ``path`` begins with a slash."""

    id: str
    parent_id: str | None
    part: str
    path: str
    methods: dict[str, Members] = field(default_factory=dict)

    def shown(self, *, methods: bool = False) -> Members:
        """The resource as it is read: its methods by name alone, or whole."""
        found: Members = {"id": self.id, "path": self.path}
        if self.parent_id is not None:
            found |= {"parentId": self.parent_id, "pathPart": self.part}
        if self.methods:
            found["resourceMethods"] = {
                name: method if methods else {} for name, method in self.methods.items()
            }
        return found


@dataclass(frozen=True)
class Snapshot:
    """What a deployment keeps: methods by the resource's path, and what they use."""

    methods: dict[str, dict[str, Members]]
    ids: dict[str, str]
    authorizers: dict[str, Members]
    binary_types: tuple[str, ...]
    key_source: str

    @cached_property
    def table(self) -> RouteTable:
        """Resources that have methods, ordered by what is taken first."""
        return RouteTable(f"{ANY} {path}" for path in self.methods)

    def find(self, method: str, path: Sequence[str]) -> tuple[str, Members, dict[str, str]] | None:
        """The resource's path, the method, and path parameters; None for none."""
        found = self.table.find(method, path)
        if found is None:
            return None
        resource = found[0].partition(" ")[2]
        methods = self.methods[resource]
        chosen = methods.get(method) or methods.get(ANY)
        return None if chosen is None else (resource, chosen, found[1])


@dataclass
class Deployment:
    """``members`` are those of Deployment."""

    members: Members
    snapshot: Snapshot


@dataclass
class Stage:
    """``members`` are those of Stage; ``flushes`` counts how often its authorizers' answers were
    thrown away."""

    members: Members
    snapshot: Snapshot
    throttles: Throttles = field(default_factory=Throttles)
    flushes: int = 0

    @property
    def name(self) -> str:
        """The first part of the path."""
        return str(self.members["stageName"])

    @property
    def variables(self) -> dict[str, str]:
        """Stage variables by name."""
        return self.members.get("variables") or {}

    def setting(self, resource: str, method: str, name: str) -> Any:
        """A setting of a method, of its resource and method or of all."""
        settings = self.members.get("methodSettings") or {}
        key = resource.removeprefix("/").replace("~", "~0").replace("/", "~1")
        for each in (f"~1{key}/{method}", f"{key}/{method}", "*/*"):
            value = (settings.get(each) or {}).get(name)
            if value is not None:
                return value
        return None


@dataclass
class RestApi:
    """``members`` are those of RestApi; all others by their ids, stages by their names."""

    region: str
    id: str
    members: Members
    endpoint: str = ""
    resources: dict[str, Resource] = field(default_factory=dict)
    authorizers: dict[str, Members] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.resources:
            root = Resource(new_id(10), None, "", "/")
            self.resources[root.id] = root

    @property
    def root(self) -> Resource:
        """The resource ``/``."""
        return next(each for each in self.resources.values() if each.parent_id is None)

    def shown(self) -> Members:
        """The API as it is read."""
        return {**self.members, "id": self.id, "rootResourceId": self.root.id}

    def add(self, parent: Resource, part: str) -> Resource:
        """Make a resource below another one."""
        made = Resource(new_id(), parent.id, part, f"{parent.path.rstrip('/')}/{part}")
        self.resources[made.id] = made
        return made

    def child(self, parent: Resource, part: str) -> Resource | None:
        """The resource below another one; None for none."""
        for each in self.resources.values():
            if each.parent_id == parent.id and each.part == part:
                return each
        return None

    def deploy(self, description: str | None) -> Deployment:
        """Keep the API as it is now. Raises BadRequestException when there is nothing to serve."""
        methods = [
            each for resource in self.resources.values() for each in resource.methods.items()
        ]
        if not methods:
            raise bad_request("The REST API doesn't contain any methods")
        if any("methodIntegration" not in method for _, method in methods):
            raise bad_request("No integration defined for method")
        own = new_id(6)
        members = {"id": own, "createdDate": datetime.now(UTC), "description": description}
        self.deployments[own] = Deployment(members, self._snapshot())
        return self.deployments[own]

    def _snapshot(self) -> Snapshot:
        held = [each for each in self.resources.values() if each.methods]
        return Snapshot(
            {each.path: copy.deepcopy(each.methods) for each in held},
            {each.path: each.id for each in held},
            copy.deepcopy(self.authorizers),
            tuple(self.members.get("binaryMediaTypes") or ()),
            self.members.get("apiKeySource") or "HEADER",
        )
