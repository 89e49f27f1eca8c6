"""Sampling decisions, and the quotas that X-Ray gives to services that decide for themselves.

Source: X-Ray Developer Guide, "Using sampling rules with the X-Ray API" (read 2026-11): the first
requests of each second up to the reservoir are recorded, of the others the fixed rate; a quota
holds for five minutes, and services report every ten seconds. How AWS divides a reservoir among
services is not documented; ours is: in equal parts among those that reported in the last 30 s.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from .sampling_rules import SamplingRules, Traced

INTERVAL_S = 10
QUOTA_TTL_S = 300
REPORTING_S = 30.0

Rules = Callable[[str], SamplingRules]


class Sampler:
    """Decides for Lambda, and divides reservoirs among others. Thread-safe.

    ``rules`` gives a region's rules, ``now`` the time in epoch seconds, ``chance`` a number from
    0 to 1.
    """

    def __init__(
        self,
        rules: Rules,
        now: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._rules = rules
        self._now = now
        self._chance = chance
        self._lock = threading.Lock()
        self._seconds: dict[tuple[str, str], tuple[int, int]] = {}
        self._clients: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        self._counts: dict[tuple[str, str], dict[str, Any]] = {}

    def decide(
        self,
        region: str,
        *,
        service_name: str,
        service_type: str,
        host: str = "*",
        http_method: str = "*",
        url_path: str = "*",
        resource_arn: str = "*",
        attributes: dict[str, str] | None = None,
    ) -> bool:
        """Whether a new request is traced. ``*`` stands for what is not known of it."""
        traced = Traced(service_name, service_type, host, http_method, url_path, resource_arn)
        rule = self._rules(region).match(traced, attributes or {})
        key = (region, rule["RuleName"])
        second = int(self._now())
        with self._lock:
            at, used = self._seconds.get(key, (second, 0))
            used = used if at == second else 0
            from_reservoir = used < rule["ReservoirSize"]
            self._seconds[key] = (second, used + from_reservoir)
            sampled = bool(from_reservoir or self._chance() < rule["FixedRate"])
            self._count(key, 1, int(sampled), 0)
        return sampled

    def targets(
        self, region: str, documents: list[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """SamplingTargetDocuments and UnprocessedStatistics for what services report."""
        targets, unprocessed = [], []
        now = self._now()
        for document in documents:
            name = document["RuleName"]
            rule = self._rules(region).find(name)
            if rule is None:
                text = f"Sampling rule {name} does not exist."
                unprocessed.append({"RuleName": name, "ErrorCode": "404", "Message": text})
                continue
            key = (region, name)
            with self._lock:
                quota = self._quota(key, document["ClientID"], rule["ReservoirSize"], now)
                borrowed = document.get("BorrowCount") or 0
                self._count(key, document["RequestCount"], document["SampledCount"], borrowed)
            targets.append(
                {
                    "RuleName": name,
                    "FixedRate": rule["FixedRate"],
                    "ReservoirQuota": quota,
                    "ReservoirQuotaTTL": float(int(now) + QUOTA_TTL_S),
                    "Interval": INTERVAL_S,
                }
            )
        return targets, unprocessed

    def summaries(self, region: str) -> list[dict[str, Any]]:
        """SamplingStatisticSummaries: what was counted for each rule since the server started."""
        with self._lock:
            return [
                {"RuleName": name, **counts}
                for (where, name), counts in sorted(self._counts.items())
                if where == region
            ]

    def _quota(self, key: tuple[str, str], client: str, reservoir: int, now: float) -> int:
        clients = self._clients[key]
        clients[client] = now
        for other, reported in list(clients.items()):
            if now - reported > REPORTING_S:
                del clients[other]
        part, rest = divmod(reservoir, len(clients))
        return part + (sorted(clients).index(client) < rest)

    def _count(self, key: tuple[str, str], requests: int, sampled: int, borrowed: int) -> None:
        counts = self._counts.setdefault(
            key, {"Timestamp": 0.0, "RequestCount": 0, "BorrowCount": 0, "SampledCount": 0}
        )
        counts["Timestamp"] = float(int(self._now()))
        counts["RequestCount"] += requests
        counts["SampledCount"] += sampled
        counts["BorrowCount"] += borrowed
