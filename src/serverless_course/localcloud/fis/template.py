"""An experiment template: what may stand in it, and what FIS keeps of it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ..iam.account import ACCOUNT_ID
from . import targets
from .actions import action_of, invalid

Members = dict[str, Any]
NOT_OFFERED = ("logConfiguration", "experimentReportConfiguration")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"


def made_template(region: str, given: Members) -> Members:
    """A new template, from the parameters of CreateExperimentTemplate.

    Raises `ServiceError`: ValidationException for what is not offered or makes no sense.
    """
    for name in NOT_OFFERED:
        if given.get(name):
            raise invalid(f"The embedded cloud does not offer {name}.")
    for condition in given["stopConditions"]:
        if condition["source"] != "none":
            raise invalid("The embedded cloud knows the stop condition source none only.")
    wanted = given.get("targets") or {}
    for name, target in wanted.items():
        targets.check(name, target)
    for name, action in given["actions"].items():
        _check_action(name, action, given["actions"], wanted)
    order = {name: action.get("startAfter") or () for name, action in given["actions"].items()}
    try:
        TopologicalSorter(order).prepare()
    except CycleError as error:
        raise invalid(f"These actions wait for each other: {', '.join(error.args[1])}.") from error
    identity = new_identity("EXT")
    now = datetime.now(UTC)
    options = {"accountTargeting": "single-account", "emptyTargetResolutionMode": "fail"}
    template = {
        **{name: value for name, value in given.items() if name != "clientToken"},
        "id": identity,
        "arn": f"arn:aws:fis:{region}:{ACCOUNT_ID}:experiment-template/{identity}",
        "creationTime": now,
        "lastUpdateTime": now,
        "experimentOptions": {**options, **(given.get("experimentOptions") or {})},
        "tags": given.get("tags") or {},
    }
    if template["experimentOptions"] != options:
        raise invalid(f"The embedded cloud offers these experimentOptions only: {options}.")
    return template


def new_identity(prefix: str) -> str:
    """A new id, as FIS writes them: EXT… for templates, EXP… for experiments."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(15))


def _check_action(name: str, action: Members, actions: Members, wanted: Members) -> None:
    offered = action_of(action["actionId"])
    offered.check(name, action)
    for key, target in (action.get("targets") or {}).items():
        if target not in wanted:
            raise invalid(f"Action {name}: there is no target {target}.")
        if wanted[target]["resourceType"] != offered.targets[key]:
            raise invalid(f"Action {name}: {key} must be of type {offered.targets[key]}.")
    for earlier in action.get("startAfter") or ():
        if earlier not in actions or earlier == name:
            raise invalid(f"Action {name} cannot start after {earlier}.")
