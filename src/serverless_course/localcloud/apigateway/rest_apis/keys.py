"""API keys. Source: API Gateway API reference, "ApiKey" (read 2026-11)."""

from __future__ import annotations

import secrets
import string
from datetime import UTC, datetime

from ..call import Call, Members
from ..identifiers import new_id
from ..refusals import bad_request, conflict, not_found, refuse
from .paging import page
from .patching import Convert, boolean, patched

_CHARACTERS = string.ascii_letters + string.digits
MIN_VALUE, MAX_VALUE = 20, 128
PLAIN: dict[str, Convert] = {"name": str, "description": str, "customerId": str, "enabled": boolean}


def create_api_key(call: Call) -> Members:
    """CreateApiKey."""
    refuse(call.parameters, {"stageKeys": "keys of stages, which usage plans have replaced"})
    usage = call.apis.region(call.region)
    value = call.get("value") or "".join(secrets.choice(_CHARACTERS) for _ in range(40))
    if not MIN_VALUE <= len(value) <= MAX_VALUE:
        raise bad_request(f"API Key value should be {MIN_VALUE} to {MAX_VALUE} characters")
    if any(each["value"] == value for each in usage.keys.values()):
        raise conflict("API Key already exists")
    now = datetime.now(UTC)
    key: Members = {
        "id": new_id(10),
        "value": value,
        "enabled": bool(call.get("enabled")),
        "createdDate": now,
        "lastUpdatedDate": now,
        "stageKeys": [],
        "tags": dict(call.get("tags") or {}),
        **{n: call[n] for n in ("name", "description", "customerId") if call.get(n) is not None},
    }
    usage.keys[key["id"]] = key
    return key


def get_api_key(call: Call) -> Members:
    """GetApiKey: its value is shown when it is asked for."""
    return _shown(key_of(call), values=bool(call.get("includeValue")))


def get_api_keys(call: Call) -> Members:
    """GetApiKeys."""
    found = [
        _shown(each, values=bool(call.get("includeValues")))
        for each in call.apis.region(call.region).keys.values()
        if str(each.get("name") or "").startswith(call.get("nameQuery") or "")
        and call.get("customerId") in (None, each.get("customerId"))
    ]
    return page(found, call)


def update_api_key(call: Call) -> Members:
    """UpdateApiKey."""
    key = key_of(call)
    key.update(patched(key, call.get("patchOperations"), PLAIN))
    key["lastUpdatedDate"] = datetime.now(UTC)
    return _shown(key, values=False)


def delete_api_key(call: Call) -> Members:
    """DeleteApiKey: usage plans have it no more."""
    usage, key = call.apis.region(call.region), key_of(call)
    del usage.keys[key["id"]]
    for plan in usage.plans.values():
        if key["id"] in plan.keys:
            plan.keys.remove(key["id"])
    return {}


def key_of(call: Call) -> Members:
    """The key that a call names. Raises NotFoundException."""
    keys = call.apis.region(call.region).keys
    if call["apiKey"] not in keys:
        raise not_found("Invalid API Key identifier specified")
    return keys[call["apiKey"]]


def _shown(key: Members, *, values: bool) -> Members:
    return key if values else {name: each for name, each in key.items() if name != "value"}


OPERATIONS = {
    "CreateApiKey": create_api_key,
    "GetApiKey": get_api_key,
    "GetApiKeys": get_api_keys,
    "UpdateApiKey": update_api_key,
    "DeleteApiKey": delete_api_key,
}
