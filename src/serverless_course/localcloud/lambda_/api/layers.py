"""Layers: versions of shared code that functions find under ``/opt``.

Source: Lambda Developer Guide, "Managing Lambda dependencies with layers" (read 2026-11).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ...wire.errors import ServiceError
from ..registry import Configuration, Layer, revision
from . import deployment_package
from .call import Call
from .dates import now_text
from .paging import page
from .permissions import NOT_ASSOCIATED, add_statement, remove_statement
from .plane import ControlPlane, Operation
from .revisions import check_revision

MAX_LAYERS = 5
_ARN = re.compile(
    r"arn:[a-z-]+:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):layer:"
    r"(?P<name>[A-Za-z0-9-_]+)(?::(?P<version>\d+))?"
)
MISSING = "The resource you requested does not exist."
# Where AWS sends a caller whose revision id is out of date.
POLICY_READER = "GetLayerPolicy"


@dataclass(frozen=True)
class LayerReference:
    """A layer version that a function uses."""

    arn: str
    code_key: str
    code_size: int


def referenced(plane: ControlPlane, region: str, arns: list[str]) -> list[LayerReference]:
    """The layer versions that a caller names, in their order.

    Raises `ServiceError` for what does not exist, and for two versions of one layer.
    """
    if len(arns) > MAX_LAYERS:
        raise ServiceError(
            "InvalidParameterValueException",
            f"Cannot reference more than {MAX_LAYERS} layers.",
        )
    found: list[LayerReference] = []
    seen: dict[str, str] = {}
    for arn in arns:
        match = _ARN.fullmatch(arn)
        if match is None or match["version"] is None:
            raise _no_version(arn)
        if match["region"] != region:
            raise ServiceError(
                "InvalidParameterValueException",
                "Layers are not in the same region as the function. Layers are expected to be in "
                f"region {region}.",
            )
        layer = plane.registry.region(region).layers.get(match["name"])
        number = int(match["version"])
        ours = match["account"] == plane.registry.account_id
        if layer is None or number not in layer.versions or not ours:
            raise _no_version(arn)
        if match["name"] in seen:
            raise ServiceError(
                "InvalidParameterValueException",
                "Two different versions of the same layer are not allowed to be referenced in "
                f"the same function. {seen[match['name']]} and {arn} are versions of the same "
                "layer.",
            )
        seen[match["name"]] = arn
        size = layer.versions[number]["Content"]["CodeSize"]
        found.append(LayerReference(arn, layer.code_keys[number], size))
    return found


def referenced_by(configuration: Configuration) -> list[LayerReference]:
    """The layer versions that a function has now; a deleted one stays with it."""
    shown = configuration.members.get("Layers", [])
    return [
        LayerReference(item["Arn"], key, item["CodeSize"])
        for item, key in zip(shown, configuration.layer_keys, strict=True)
    ]


def write_members(members: dict[str, Any], references: list[LayerReference]) -> None:
    """Show the layers in a function's configuration; without any, the member is absent."""
    members.pop("Layers", None)
    if references:
        members["Layers"] = [{"Arn": ref.arn, "CodeSize": ref.code_size} for ref in references]


async def publish_layer_version(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """PublishLayerVersion."""
    package = await deployment_package.read(plane, call["Content"], "the layer's content")
    name = _name(call["LayerName"])
    layers = plane.registry.region(call.region).layers
    arn = f"arn:aws:lambda:{call.region}:{plane.registry.account_id}:layer:{name}"
    layer = layers.setdefault(name, Layer(name, arn))
    layer.last_version += 1
    number = layer.last_version
    layer.code_keys[number] = package.key
    layer.versions[number] = {
        "Content": package.members,
        "LayerArn": arn,
        "LayerVersionArn": f"{arn}:{number}",
        "Description": call.get("Description") or "",
        "CreatedDate": now_text(),
        "Version": number,
        "CompatibleRuntimes": call.get("CompatibleRuntimes"),
        "CompatibleArchitectures": call.get("CompatibleArchitectures"),
        "LicenseInfo": call.get("LicenseInfo"),
    }
    return _with_location(plane, layer, number)


def get_layer_version(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetLayerVersion."""
    layer, number = _named(plane, call)
    if layer is None or number not in layer.versions:
        raise _not_found(MISSING)
    return _with_location(plane, layer, number)


def get_layer_version_by_arn(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetLayerVersionByArn."""
    match = _ARN.fullmatch(call["Arn"])
    if match is None or match["account"] != plane.registry.account_id:
        raise _not_found(MISSING)
    layer = plane.registry.region(match["region"]).layers.get(match["name"])
    number = int(match["version"] or 0)
    if layer is None or number not in layer.versions:
        raise _not_found(MISSING)
    return _with_location(plane, layer, number)


def delete_layer_version(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteLayerVersion: no new function can use it; those that have it keep it."""
    layer, number = _named(plane, call)
    if layer is not None:
        layer.versions.pop(number, None)
        layer.code_keys.pop(number, None)
        layer.policies.pop(number, None)
        layer.policy_revisions.pop(number, None)
    return {}


def list_layer_versions(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListLayerVersions, the newest first."""
    layer = plane.registry.region(call.region).layers.get(_name(call["LayerName"]))
    versions = [] if layer is None else sorted(layer.versions.values(), key=_number, reverse=True)
    fitting = [item for item in versions if _fits(item, call)]
    chosen, marker = page(fitting, call, key=lambda item: [-_number(item)])
    return {"LayerVersions": chosen, "NextMarker": marker}


def list_layers(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListLayers, each with its newest version that fits."""
    newest = []
    for name, layer in sorted(plane.registry.region(call.region).layers.items()):
        fitting = [item for item in layer.versions.values() if _fits(item, call)]
        if fitting:
            latest = max(fitting, key=_number)
            newest.append(
                {"LayerName": name, "LayerArn": layer.arn, "LatestMatchingVersion": latest}
            )
    chosen, marker = page(newest, call, key=lambda item: [item["LayerName"]])
    return {"Layers": chosen, "NextMarker": marker}


def add_layer_version_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """AddLayerVersionPermission. The policy has a revision id of its own."""
    layer, number = _existing(plane, call)
    check_revision(call.get("RevisionId"), layer.policy_revisions.get(number, ""), POLICY_READER)
    statement = add_statement(layer.policies, number, f"{layer.arn}:{number}", call)
    layer.policy_revisions[number] = revision()
    return {"Statement": statement, "RevisionId": layer.policy_revisions[number]}


def remove_layer_version_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """RemoveLayerVersionPermission."""
    layer, number = _existing(plane, call)
    current = layer.policy_revisions.get(number, "")
    remove_statement(layer.policies, number, call, current, POLICY_READER)
    layer.policy_revisions[number] = revision()
    return {}


def get_layer_version_policy(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetLayerVersionPolicy."""
    layer, number = _existing(plane, call)
    policy = layer.policies.get(number)
    if policy is None:
        raise _not_found(NOT_ASSOCIATED)
    return {"Policy": json.dumps(policy), "RevisionId": layer.policy_revisions[number]}


def _named(plane: ControlPlane, call: Call) -> tuple[Layer | None, int]:
    """The layer, if there is one, and the version number that a caller names."""
    number = int(call["VersionNumber"])
    if number < 1:
        raise ServiceError(
            "InvalidParameterValueException",
            "Layer Version Cannot be less than 1",
            fields={"Type": "User"},
        )
    return plane.registry.region(call.region).layers.get(_name(call["LayerName"])), number


def _existing(plane: ControlPlane, call: Call) -> tuple[Layer, int]:
    """The layer version whose policy is asked for."""
    layer, number = _named(plane, call)
    if layer is None or number not in layer.versions:
        region, account = call.region, plane.registry.account_id
        arn = f"arn:aws:lambda:{region}:{account}:layer:{_name(call['LayerName'])}:{number}"
        raise _not_found(f"Layer version {arn} does not exist.")
    return layer, number


def _not_found(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message, 404, fields={"Type": "User"})


def _no_version(arn: str) -> ServiceError:
    """AWS's answer to a function that wants a layer version which is not there (400)."""
    return ServiceError("InvalidParameterValueException", f"Layer version {arn} does not exist.")


def _name(text: str) -> str:
    match = _ARN.fullmatch(text)
    return match["name"] if match else text


def _with_location(plane: ControlPlane, layer: Layer, number: int) -> dict[str, Any]:
    shown = layer.versions[number]
    location = plane.code.link(plane.endpoint, layer.code_keys[number])
    return {**shown, "Content": {**shown["Content"], "Location": location}}


def _number(item: dict[str, Any]) -> int:
    return int(item["Version"])


def _fits(item: dict[str, Any], call: Call) -> bool:
    """Whether a version says that it is for the runtime and the architecture asked for."""
    for asked, member in (
        ("CompatibleRuntime", "CompatibleRuntimes"),
        ("CompatibleArchitecture", "CompatibleArchitectures"),
    ):
        wanted = call.get(asked)
        if wanted and wanted not in (item.get(member) or []):
            return False
    return True


OPERATIONS: dict[str, Operation] = {
    "PublishLayerVersion": publish_layer_version,
    "GetLayerVersion": get_layer_version,
    "GetLayerVersionByArn": get_layer_version_by_arn,
    "DeleteLayerVersion": delete_layer_version,
    "ListLayerVersions": list_layer_versions,
    "ListLayers": list_layers,
    "AddLayerVersionPermission": add_layer_version_permission,
    "RemoveLayerVersionPermission": remove_layer_version_permission,
    "GetLayerVersionPolicy": get_layer_version_policy,
}
