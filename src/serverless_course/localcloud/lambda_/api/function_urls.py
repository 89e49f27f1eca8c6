"""Function URLs: an HTTP address of a function or of an alias.

Source: Lambda Developer Guide, "Creating and managing Lambda function URLs" (read 2026-11). The
address ends in ``localhost`` here, which every system resolves to this machine or can be told to.
"""

from __future__ import annotations

import secrets
import string
from typing import Any
from urllib.parse import urlsplit

from ...wire.errors import ServiceError
from ..registry import LATEST, Found
from .call import Call
from .dates import now_text
from .paging import page
from .plane import ControlPlane, Operation

URL_ID_CHARACTERS = string.ascii_lowercase + string.digits
URL_ID_LENGTH = 32
# Recorded from AWS (2022 to 2024): operations that read or delete a configuration say the one,
# those that write or list one the other.
MISSING = "The resource you requested does not exist."
NO_FUNCTION = "Function does not exist"


def create_function_url_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """CreateFunctionUrlConfig."""
    found = _function(plane, call)
    key = found.qualifier or LATEST
    if key in found.record.urls:
        raise ServiceError(
            "ResourceConflictException",
            f"Failed to create function url config for [functionArn = {found.arn}]. Error "
            "message:  FunctionUrlConfig exists for this Lambda function",
            409,
        )
    now = now_text()
    url_id = "".join(secrets.choice(URL_ID_CHARACTERS) for _ in range(URL_ID_LENGTH))
    config = {
        "FunctionUrl": _address(plane.endpoint, url_id, call.region),
        "FunctionArn": found.arn,
        "CreationTime": now,
        "LastModifiedTime": now,
        "AuthType": call["AuthType"],
        "InvokeMode": call.get("InvokeMode"),
    }
    if call.get("Cors"):
        config["Cors"] = call["Cors"]
    found.record.urls[key] = config
    return {name: value for name, value in config.items() if name != "LastModifiedTime"}


def get_function_url_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunctionUrlConfig."""
    return _shown(_config(plane, call, MISSING))


def update_function_url_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateFunctionUrlConfig: what is left out stays; empty CORS settings take them away.

    As CreateFunctionUrlConfig, it shows an InvokeMode only when one was chosen (recorded).
    """
    config = _config(plane, call, NO_FUNCTION)
    if call.get("InvokeMode"):
        config["InvokeMode"] = call["InvokeMode"]
    if call.get("AuthType"):
        config["AuthType"] = call["AuthType"]
    if call.get("Cors") is not None:
        config["Cors"] = call["Cors"]
        if not call["Cors"]:
            del config["Cors"]
    config["LastModifiedTime"] = now_text()
    return dict(config)


def delete_function_url_config(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteFunctionUrlConfig: the address is gone for good."""
    config = _config(plane, call, MISSING)
    urls = _function(plane, call).record.urls
    for key in [key for key, value in urls.items() if value is config]:
        del urls[key]
    return {}


def list_function_url_configs(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListFunctionUrlConfigs: of the function and of its aliases."""
    name, _ = plane.registry.named(call.region, call["FunctionName"])
    record = plane.registry.region(call.region).functions.get(name)
    if record is None:
        raise _not_found(NO_FUNCTION)
    chosen, marker = page(sorted(record.urls.items()), call, key=lambda pair: [pair[0]])
    return {"FunctionUrlConfigs": [_shown(config) for _, config in chosen], "NextMarker": marker}


def _address(endpoint: str, url_id: str, region: str) -> str:
    return f"http://{url_id}.lambda-url.{region}.localhost:{urlsplit(endpoint).port}/"


def _function(plane: ControlPlane, call: Call, otherwise: str = NO_FUNCTION) -> Found:
    """The function or alias. ``otherwise`` is what AWS says when it does not exist."""
    name, qualifier = plane.registry.named(call.region, call["FunctionName"], call.get("Qualifier"))
    record = plane.registry.region(call.region).functions.get(name)
    if record is None or not record.has(qualifier):
        raise _not_found(otherwise)
    return Found(record, qualifier)


def _config(plane: ControlPlane, call: Call, otherwise: str) -> dict[str, Any]:
    found = _function(plane, call, otherwise)
    config = found.record.urls.get(found.qualifier or LATEST)
    if config is None:
        raise _not_found(MISSING)
    return config


def _not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message, 404, fields={"Type": "User"})


def _shown(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration as it is read, with the default of InvokeMode."""
    return {**config, "InvokeMode": config["InvokeMode"] or "BUFFERED"}


OPERATIONS: dict[str, Operation] = {
    "CreateFunctionUrlConfig": create_function_url_config,
    "GetFunctionUrlConfig": get_function_url_config,
    "UpdateFunctionUrlConfig": update_function_url_config,
    "DeleteFunctionUrlConfig": delete_function_url_config,
    "ListFunctionUrlConfigs": list_function_url_configs,
}
