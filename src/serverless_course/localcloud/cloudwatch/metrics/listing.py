"""ListMetrics. Source: Amazon CloudWatch API reference, ListMetrics (read 2026-11).

A filter on dimensions asks for metrics that have them, with any others beside; up to 500 metrics
a page. A token names the last metric shown, so that none is missed when others come meanwhile.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

from .metric import MetricId
from .refusals import invalid_value, refuse, validation

PAGE = 500
RECENT_S = 3 * 3600


def since(given: dict[str, Any], now: float) -> float:
    """From when on a metric must have values to be listed, in seconds. Raises `ServiceError`."""
    recently = given.get("RecentlyActive")
    if recently not in (None, "", "PT3H"):
        raise validation(f"The value {recently} for parameter RecentlyActive is invalid.")
    return now - RECENT_S if recently else 0.0


def list_metrics(metrics: Iterable[MetricId], given: dict[str, Any]) -> dict[str, Any]:
    """The answer, in the members of the operation's output. Raises `ServiceError`."""
    refuse(given, ("IncludeLinkedAccounts", "OwningAccount"))
    after = _after(given.get("NextToken"))
    wanted = [(each.get("Name"), each.get("Value")) for each in given.get("Dimensions") or []]
    found = sorted(
        metric
        for metric in set(metrics)
        if given.get("Namespace") in (None, "", metric.namespace)
        and given.get("MetricName") in (None, "", metric.name)
        and all(_has(metric, name, value) for name, value in wanted)
        and (after is None or metric > after)
    )
    answer: dict[str, Any] = {"Metrics": [_shown(each) for each in found[:PAGE]]}
    if len(found) > PAGE:
        answer["NextToken"] = base64.urlsafe_b64encode(
            json.dumps(found[PAGE - 1]).encode()
        ).decode()
    return answer


def _has(metric: MetricId, name: str, value: str | None) -> bool:
    return any(own == name and value in (None, is_) for own, is_ in metric.dimensions)


def _shown(metric: MetricId) -> dict[str, Any]:
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }


def _after(token: str | None) -> MetricId | None:
    if not token:
        return None
    try:
        namespace, name, pairs = json.loads(base64.urlsafe_b64decode(token))
        return MetricId(namespace, name, tuple((str(a), str(b)) for a, b in pairs))
    except (ValueError, TypeError) as error:
        raise invalid_value("Request parameter NextToken is invalid") from error
