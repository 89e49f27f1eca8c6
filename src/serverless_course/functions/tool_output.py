"""A sweep's result in aws-lambda-power-tuning 4.4.0's output format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from serverless_course.functions.power_url import power_url
from serverless_course.functions.size_result import SizeResult
from serverless_course.functions.sweep_input import SweepInput


def tool_output(
    sizes: Sequence[SizeResult], wanted: SweepInput, lambda_usd: float
) -> dict[str, Any]:
    """The tool's output for one or more sizes that have figures.

    Keys, meaning and choice are the tool's (trimmed means; the cheaper wins a tie in speed, the
    faster a tie in cost). The figures differ where the tool is known to be off: costs come from
    unrounded prices and include the request fee. ``executionCost`` is 0.0, because no state
    machine runs.

    Args:
        sizes: the sizes.
        wanted: strategy, weight, and whether ``stats`` is included.
        lambda_usd: dollars for every invocation that was made.
    """
    stats = [
        {
            "averagePrice": size.costs.trimmed_mean,
            "averageDuration": size.times.trimmed_mean,
            "value": size.memory_mb,
        }
        for size in sizes
    ]
    chosen = min(stats, key=_order(stats, wanted))
    result: dict[str, Any] = {
        "power": chosen["value"],
        "cost": chosen["averagePrice"],
        "duration": chosen["averageDuration"],
        "stateMachine": {
            "executionCost": 0.0,
            "lambdaCost": lambda_usd,
            "visualization": power_url(
                [int(item["value"]) for item in stats],
                [item["averageDuration"] for item in stats],
                [item["averagePrice"] for item in stats],
            ),
        },
    }
    if wanted.include_output_results:
        result["stats"] = stats
    return result


def _order(stats: list[dict[str, float]], wanted: SweepInput) -> Any:
    dearest = max(item["averagePrice"] for item in stats) or 1.0
    slowest = max(item["averageDuration"] for item in stats) or 1.0
    weight = wanted.balanced_weight

    def order(item: dict[str, float]) -> tuple[float, float]:
        cost, ms = item["averagePrice"], item["averageDuration"]
        if wanted.strategy == "cost":
            return cost, ms
        if wanted.strategy == "speed":
            return ms, cost
        return weight * cost / dearest + (1 - weight) * ms / slowest, 0.0

    return order
