"""Endpoints: AWS services without a way to the internet."""

from __future__ import annotations

from serverless_course.network.checks import crosses_acl
from serverless_course.network.endpoint_policy import opinion
from serverless_course.network.endpoints import Endpoint
from serverless_course.network.journey import Behaviour, Reason, Verdict
from serverless_course.network.routes import Route
from serverless_course.network.targets import Target
from serverless_course.network.walk import Walk


def gateway_endpoint(walk: Walk, target: Target, route: Route) -> Verdict:
    """A gateway endpoint: S3 or DynamoDB, without leaving AWS's network.

    Source: AWS PrivateLink Guide, "Gateway endpoints".
    """
    endpoint = walk.network.endpoints.get(route.target)
    if endpoint is None:
        raise walk.absent("endpoint", route.target, "VpcEndpoints", "the route's target")
    if endpoint.kind != "Gateway":
        raise walk.not_followed(route, target.party.label)
    walk.through = endpoint.id
    if endpoint.state != "available":
        raise walk.stop(
            "endpoint",
            endpoint.id,
            f"state: {endpoint.state}",
            f"{endpoint.id} is {endpoint.state}, so it carries nothing.",
            Reason.ENDPOINT_NOT_AVAILABLE,
            "Wait until it is available, or make it again.",
        )
    crosses_acl(walk, walk.subnet.id, target.party, egress=True)
    walk.passed("endpoint", endpoint.id, "available", f"{endpoint.id} takes the packets.")
    crosses_acl(walk, walk.subnet.id, target.party, egress=False, answer=True)
    policy_allows(walk, target, endpoint)
    return walk.arrived(
        target.party.label,
        f"Packets reach {target.party.label} through {endpoint.id}, from the "
        f"{walk.source.kind}'s private address.",
    )


def policy_allows(walk: Walk, target: Target, endpoint: Endpoint) -> None:
    """The endpoint's policy: it answers AccessDenied, it does not drop."""
    said = opinion(
        endpoint.policy,
        target.service.name if target.service else endpoint.service_name.rpartition(".")[2],
        target.service.action if target.service else None,
    )
    if said.refused:
        raise walk.stop(
            "endpoint",
            endpoint.id,
            "policy",
            f"{endpoint.id} answers AccessDenied. {said.words}",
            Reason.ENDPOINT_POLICY,
            "Let the endpoint's policy allow the action.",
            Behaviour.REFUSED,
        )
    walk.passed("endpoint", endpoint.id, "policy", f"{endpoint.id}: {said.words}")
