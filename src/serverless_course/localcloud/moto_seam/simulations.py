"""IAM's policy simulator: the policies that moto keeps, decided by our own evaluator.

Source: IAM API Reference, SimulatePrincipalPolicy, SimulateCustomPolicy,
GetContextKeysForPrincipalPolicy and GetContextKeysForCustomPolicy (read 2026-11). How a matched
statement names its policy (``PolicyInputList.1``, ``role_NAME_POLICY``, ``IAM Policy``) is as
reported in public (2015 to 2025).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..iam.policies import statements
from ..iam.simulation import Simulation, Source, keys_of, result
from ..wire.errors import ServiceError
from .identity import Identity
from .policy_sources import Owner, is_policy, owner_of
from .seam import add

IAM_POLICY, RESOURCE_POLICY = "IAM Policy", "Resource Policy"
MOST = 1000
PAGE = 100
# What is not decided here, and what each would bring.
NOT_OFFERED = {
    "OrderedOrganizationPolicyInputList": "policies of organizations",
    "PolicyExclusionList": "simulations without some of the attached policies",
    "ResourceHandlingOption": "scenarios of EC2",
}
Given = dict[str, Any]


def install(identity: Identity) -> None:
    """Give moto's IAM the simulator's operations."""
    from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late
    from moto.iam.responses import IamResponse  # noqa: PLC0415

    def answering(operation: Callable[[Given, Identity], Given]) -> Callable[[Any], Any]:
        return lambda response: ActionResult(operation(response._get_params(), identity))

    for name, operation in OPERATIONS.items():
        add(IamResponse, name, answering(operation))


def simulate_principal_policy(given: Given, identity: Identity) -> Given:
    """SimulatePrincipalPolicy."""
    owner = owner_of(_required(given, "PolicySourceArn"), identity)
    if given.get("ResourcePolicy") and owner.kind == "role":
        text = "Simulation of resource-based policies isn't supported for IAM roles."
        raise ServiceError("InvalidInput", text)
    attached = tuple(Source(id_, IAM_POLICY, text) for id_, text in owner.policies)
    return _simulated(given, attached + _inputs(given), owner)


def simulate_custom_policy(given: Given, identity: Identity) -> Given:
    """SimulateCustomPolicy."""
    _required(given, "PolicyInputList")
    return _simulated(given, _inputs(given), None)


def get_context_keys_for_principal_policy(given: Given, identity: Identity) -> Given:
    """GetContextKeysForPrincipalPolicy."""
    owner = owner_of(_required(given, "PolicySourceArn"), identity)
    attached = tuple(Source(id_, IAM_POLICY, text) for id_, text in owner.policies)
    return _context_keys(attached + _inputs(given))


def get_context_keys_for_custom_policy(given: Given, identity: Identity) -> Given:
    """GetContextKeysForCustomPolicy."""
    _required(given, "PolicyInputList")
    return _context_keys(_inputs(given))


OPERATIONS: dict[str, Callable[[Given, Identity], Given]] = {
    "get_context_keys_for_custom_policy": get_context_keys_for_custom_policy,
    "get_context_keys_for_principal_policy": get_context_keys_for_principal_policy,
    "simulate_custom_policy": simulate_custom_policy,
    "simulate_principal_policy": simulate_principal_policy,
}


def _simulated(given: Given, identity: tuple[Source, ...], owner: Owner | None) -> Given:
    for member, what in NOT_OFFERED.items():
        if given.get(member):
            text = f"The embedded cloud does not offer {what}. Leave {member} out."
            raise ServiceError("NotImplemented", text, 501)
    if (given.get("ResourceOwner") or ACCOUNT_ID) not in (ACCOUNT_ID, _root()):
        text = "The embedded cloud has one account: leave ResourceOwner out."
        raise ServiceError("NotImplemented", text, 501)
    simulation = _simulation(given, identity, owner)
    results = []
    for action in _required(given, "ActionNames"):
        service, colon, name = str(action).partition(":")
        if not (service and colon and name) or "*" in action:
            raise ServiceError("InvalidInput", f"Invalid Action: {action}")
        resources = given.get("ResourceArns") or ["*"]
        results.append(result(action, [simulation.decide(action, each) for each in resources]))
    return _on_a_page(results, given)


def _simulation(given: Given, identity: tuple[Source, ...], owner: Owner | None) -> Simulation:
    caller = given.get("CallerArn") or (owner.arn if owner else "")
    document = given.get("ResourcePolicy")
    if document and (not caller or ":group/" in caller):
        text = "CallerArn must name a user when there is a ResourcePolicy."
        raise ServiceError("InvalidInput", text)
    limits = given.get("PermissionsBoundaryPolicyInputList") or []
    boundary = tuple(
        _source(f"PermissionsBoundaryPolicyInputList.{number}", IAM_POLICY, text)
        for number, text in enumerate(limits, 1)
    )
    if not boundary and owner is not None and owner.boundary is not None:
        boundary = (Source(owner.boundary[0], IAM_POLICY, owner.boundary[1]),)
    context: dict[str, str | list[str]] = {}
    if caller:
        context |= {"aws:principalarn": caller, "aws:principalaccount": ACCOUNT_ID}
        if ":user/" in caller:
            context["aws:username"] = caller.rpartition("/")[2]
    context |= {
        str(each["ContextKeyName"]).lower(): _values(each)
        for each in given.get("ContextEntries") or []
    }
    return Simulation(
        identity,
        boundary or None,
        _source("ResourcePolicy", RESOURCE_POLICY, document) if document else None,
        (caller, _root(), ACCOUNT_ID) if caller else (),
        context,
    )


def _inputs(given: Given) -> tuple[Source, ...]:
    listed = given.get("PolicyInputList") or []
    return tuple(
        _source(f"PolicyInputList.{number}", IAM_POLICY, text)
        for number, text in enumerate(listed, 1)
    )


def _source(id_: str, kind: str, document: str) -> Source:
    if not is_policy(document):
        raise ServiceError("InvalidInput", f"The policy {id_} is not a valid policy document.")
    return Source(id_, kind, document)


def _context_keys(sources: tuple[Source, ...]) -> Given:
    keys = {
        key.lower(): key
        for source in sources
        for each in statements(source.document)
        for key in keys_of(each)
    }
    return {"ContextKeyNames": list(keys.values())}


def _values(entry: Given) -> str | list[str]:
    values = [str(each) for each in entry.get("ContextKeyValues") or []]
    several = str(entry.get("ContextKeyType", "")).endswith("List") or len(values) != 1
    return values if several else values[0]


def _on_a_page(results: list[Given], given: Given) -> Given:
    marker = str(given.get("Marker") or "0")
    if not marker.isdecimal():
        raise ServiceError("InvalidInput", "Invalid Marker.")
    start = int(marker)
    end = start + min(int(given.get("MaxItems") or PAGE), MOST)
    more = end < len(results)
    found: Given = {"EvaluationResults": results[start:end], "IsTruncated": more}
    return found | ({"Marker": str(end)} if more else {})


def _required(given: Given, member: str) -> Any:
    value = given.get(member)
    if not value:
        text = (
            f"1 validation error detected: Value null at '{member[:1].lower()}{member[1:]}' failed "
            "to satisfy constraint: Member must not be null"
        )
        raise ServiceError("ValidationError", text)
    return value


def _root() -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:root"
