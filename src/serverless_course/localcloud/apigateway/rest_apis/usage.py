"""API keys and usage plans, as a region keeps them and as requests are counted by them.

Source: API Gateway Developer Guide, "Usage plans and API keys for REST APIs" (read 2026-11). A
quota's day, week or month is one of AWS's long waits: it passes on the scaled clock, from the
first request that counts. AWS's begins at midnight UTC.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ..throttle import Throttles

Members = dict[str, Any]
DAY_S = 86_400.0
PERIODS_S = {"DAY": DAY_S, "WEEK": 7 * DAY_S, "MONTH": 30 * DAY_S}


@dataclass
class Counted:
    """How many requests a key has made since ``since`` (monotonic seconds)."""

    since: float
    number: int = 0


@dataclass
class UsagePlan:
    """``members`` are those of UsagePlan, ``keys`` the ids of its keys."""

    members: Members
    keys: list[str] = field(default_factory=list)
    throttles: Throttles = field(default_factory=Throttles)
    counted: dict[str, Counted] = field(default_factory=dict)

    def covers(self, api_id: str, stage: str) -> Members | None:
        """What the plan says of a stage; None when it is not in the plan."""
        for each in self.members.get("apiStages") or []:
            if (each["apiId"], each["stage"]) == (api_id, stage):
                found: Members = each
                return found
        return None

    def admits(self, key_id: str, of_stage: Members, route: str) -> bool:
        """Whether one more request of a key is within the plan's rate, and its route's."""
        own = (of_stage.get("throttle") or {}).get(route)
        limits = own or self.members.get("throttle")
        if limits is None:
            return True
        name = f"{key_id} {of_stage['apiId']} {of_stage['stage']} {route}" if own else key_id
        return self.throttles.admits(name, limits.get("rateLimit"), limits.get("burstLimit"))

    def count(self, key_id: str, factor: float) -> bool:
        """Count a request of a key; False when its quota is used up. ``factor`` is the clock's."""
        quota = self.members.get("quota")
        now = time.monotonic()
        counted = self.counted.get(key_id)
        lasts_s = PERIODS_S[quota["period"]] / factor if quota else DAY_S / factor
        if counted is None or now - counted.since > lasts_s:
            counted = self.counted[key_id] = Counted(now, (quota or {}).get("offset") or 0)
        if quota and counted.number >= quota["limit"]:
            return False
        counted.number += 1
        return True


@dataclass
class Usage:
    """API keys and usage plans of one region, by their ids; ``log_role`` is the account's role for
    logs of REST APIs."""

    keys: dict[str, Members] = field(default_factory=dict)
    plans: dict[str, UsagePlan] = field(default_factory=dict)
    log_role: str | None = None

    def find(
        self, value: str, api_id: str, stage: str
    ) -> tuple[Members, UsagePlan, Members] | None:
        """The enabled key of that value, and the plan through which it may use a stage."""
        for key in self.keys.values():
            if key["value"] != value or not key["enabled"]:
                continue
            for plan in self.plans.values():
                of_stage = plan.covers(api_id, stage)
                if of_stage is not None and key["id"] in plan.keys:
                    return key, plan, of_stage
        return None
