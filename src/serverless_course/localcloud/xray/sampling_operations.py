"""X-Ray's operations on sampling: rules, targets, statistics."""

from __future__ import annotations

from typing import Any

from .call import Call
from .pages import MAX_LIST, page


def get_sampling_rules(call: Call) -> dict[str, Any]:
    """GetSamplingRules."""
    records = call.region.rules.records()
    part, token = page(
        records,
        call,
        MAX_LIST,
        lambda item: (item["SamplingRule"]["Priority"], item["SamplingRule"]["RuleName"]),
    )
    return {"SamplingRuleRecords": part, "NextToken": token}


def create_sampling_rule(call: Call) -> dict[str, Any]:
    """CreateSamplingRule."""
    record = call.region.rules.create(call["SamplingRule"])
    call.region.tags.add(record["SamplingRule"]["RuleARN"], call.get("Tags") or [])
    return {"SamplingRuleRecord": record}


def update_sampling_rule(call: Call) -> dict[str, Any]:
    """UpdateSamplingRule."""
    return {"SamplingRuleRecord": call.region.rules.update(call["SamplingRuleUpdate"])}


def delete_sampling_rule(call: Call) -> dict[str, Any]:
    """DeleteSamplingRule."""
    record = call.region.rules.delete(call.parameters)
    call.region.tags.forget(record["SamplingRule"]["RuleARN"])
    return {"SamplingRuleRecord": record}


def get_sampling_targets(call: Call) -> dict[str, Any]:
    """GetSamplingTargets."""
    targets, unprocessed = call.sampler.targets(
        call.region.name, call["SamplingStatisticsDocuments"]
    )
    boosts = call.get("SamplingBoostStatisticsDocuments") or []
    text = "The embedded cloud does not offer adaptive sampling."
    return {
        "SamplingTargetDocuments": targets,
        "LastRuleModification": call.region.rules.modified,
        "UnprocessedStatistics": unprocessed,
        "UnprocessedBoostStatistics": [
            {"RuleName": boost["RuleName"], "ErrorCode": "400", "Message": text} for boost in boosts
        ],
    }


def get_sampling_statistic_summaries(call: Call) -> dict[str, Any]:
    """GetSamplingStatisticSummaries."""
    summaries = call.sampler.summaries(call.region.name)
    part, token = page(summaries, call, MAX_LIST, lambda item: (item["RuleName"],))
    return {"SamplingStatisticSummaries": part, "NextToken": token}
