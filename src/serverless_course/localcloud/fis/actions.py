"""The actions that an experiment can be made of: what each takes.

``aws:…`` is AWS's (FIS User Guide, "AWS FIS actions reference", read 2026-11) and works the same on
AWS. ``local:…`` is the embedded cloud's own: AWS has no such action, and refuses its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..vpc.faults import SCOPES
from ..wire.errors import ServiceError

HOUR_S = 3600.0
MOST_S = 12 * HOUR_S
SUBNET = "aws:ec2:subnet"
FUNCTION = "aws:lambda:function"
NAT_GATEWAY = "local:ec2:nat-gateway"
_DURATION = re.compile(r"PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
LOCAL = "Only in the embedded cloud, AWS has no such action. "


@dataclass(frozen=True)
class Action:
    """``parameters``: description by name, all of them required. ``targets``: resource type by
    name. ``least_s`` is the shortest duration, in seconds."""

    id: str
    description: str
    parameters: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    least_s: float = 1.0

    def shown(self, region: str, *, whole: bool) -> dict[str, Any]:
        """As GetAction (``whole``) or ListActions shows it."""
        found: dict[str, Any] = {
            "id": self.id,
            "arn": f"arn:aws:fis:{region}::action/{self.id}",
            "description": self.description,
            "targets": {name: {"resourceType": kind} for name, kind in self.targets.items()},
            "tags": {},
        }
        if whole:
            found["parameters"] = {
                name: {"description": text, "required": True}
                for name, text in self.parameters.items()
            }
        return found

    def check(self, name: str, given: dict[str, Any]) -> None:
        """Refuse what this action does not take. Raises ValidationException."""
        parameters = given.get("parameters") or {}
        if set(parameters) != set(self.parameters):
            wanted = ", ".join(self.parameters) or "none"
            raise invalid(f"Action {name} ({self.id}) takes these parameters: {wanted}.")
        if set(given.get("targets") or {}) != set(self.targets):
            wanted = ", ".join(self.targets) or "none"
            raise invalid(f"Action {name} ({self.id}) takes these targets: {wanted}.")
        if "duration" in parameters:
            length_s = duration_s(parameters["duration"])
            if not self.least_s <= length_s <= MOST_S:
                raise invalid(
                    f"Action {name}: the duration must be from {self.least_s:.0f} seconds to "
                    f"12 hours."
                )
        if "scope" in parameters and parameters["scope"] not in SCOPES:
            raise invalid(
                f"Action {name}: the embedded cloud knows these scopes: {', '.join(SCOPES)}."
            )
        if "latencyMilliseconds" in parameters and not parameters["latencyMilliseconds"].isdigit():
            raise invalid(f"Action {name}: latencyMilliseconds must be a whole number.")


DURATION = {"duration": "How long it lasts, in ISO 8601, such as PT5M. In real time."}
ACTIONS = {
    action.id: action
    for action in (
        Action(
            "aws:fis:wait", "Wait for a while.", {"duration": DURATION["duration"]}, least_s=60.0
        ),
        Action(
            "aws:network:disrupt-connectivity",
            "Denies network traffic of the target subnets.",
            {**DURATION, "scope": f"Which traffic: {', '.join(SCOPES)}."},
            {"Subnets": SUBNET},
            least_s=60.0,
        ),
        Action(
            "local:zone:fail",
            f"{LOCAL}Everything in an Availability Zone is unreachable.",
            {**DURATION, "availabilityZone": "The zone's name, such as us-east-1a."},
        ),
        Action(
            "local:subnet:exhaust",
            f"{LOCAL}All free addresses of the target subnets are taken.",
            {**DURATION},
            {"Subnets": SUBNET},
        ),
        Action(
            "local:nat:slow",
            f"{LOCAL}What goes through the target NAT gateways takes longer.",
            {**DURATION, "latencyMilliseconds": "How much longer, in milliseconds."},
            {"NatGateways": NAT_GATEWAY},
        ),
        Action(
            "local:function:reclaim",
            f"{LOCAL}The target functions become Inactive, as after 14 days without a call.",
            {},
            {"Functions": FUNCTION},
        ),
    )
}


def action_of(action_id: str) -> Action:
    """An action by its id. Raises ValidationException for one that is not offered."""
    if action_id not in ACTIONS:
        raise invalid(
            f"The embedded cloud does not offer the action {action_id}. It offers: "
            f"{', '.join(ACTIONS)}."
        )
    return ACTIONS[action_id]


def duration_s(text: str) -> float:
    """Seconds of an ISO 8601 duration of hours, minutes and seconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise invalid(f"{text} is no duration such as PT5M.")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * HOUR_S + minutes * 60.0 + seconds


def invalid(message: str) -> ServiceError:
    """FIS's answer to what it does not take."""
    return ServiceError("ValidationException", message)
