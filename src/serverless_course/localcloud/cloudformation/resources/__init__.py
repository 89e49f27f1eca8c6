"""The resource types that the embedded cloud's CloudFormation makes, by AWS's names."""

from __future__ import annotations

from . import (
    balancers,
    functions,
    http_apis,
    identities,
    integration,
    messaging,
    networks,
    observability,
    pipes,
    repositories,
    rest_apis,
    schedules,
    storage,
    workflows,
)
from .base import Made, ResourceType, Work
from .nested import METADATA

__all__ = ["TYPES", "Made", "ResourceType", "Work"]

TYPES: dict[str, ResourceType] = {
    each.name: each
    for each in (
        *functions.TYPES,
        *identities.TYPES,
        *messaging.TYPES,
        *storage.TYPES,
        *observability.TYPES,
        *integration.TYPES,
        *workflows.TYPES,
        *pipes.TYPES,
        *schedules.TYPES,
        *networks.TYPES,
        *repositories.TYPES,
        *http_apis.TYPES,
        *rest_apis.TYPES,
        *balancers.TYPES,
        METADATA,
    )
}
