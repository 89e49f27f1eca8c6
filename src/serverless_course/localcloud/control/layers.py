"""Layers: versions of shared code that functions find under ``/opt``.

Source: Lambda Developer Guide, "Managing Lambda dependencies with layers" (read 2026-11).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from ..errors import ServiceError
from .deployment_package import sha256_of
from .permissions import add_statement, policy_answer, remove_statement
from .plane import Call, ControlPlane, Operation, now_text, page
from .registry import Configuration, Layer

MAX_LAYERS = 5
_ARN = re.compile(
    r"arn:[a-z-]+:lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):layer:"
    r"(?P<name>[A-Za-z0-9-_]+)(?::(?P<version>\d+))?"
)
MISSING = "The resource you requested does not exist."


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
            raise ServiceError(
                "ValidationException",
                f"1 validation error detected: Value '[{arn}]' at 'layers' failed to satisfy "
                "constraint: Member must be the ARN of a layer version.",
            )
        layer = plane.registry.region(region).layers.get(match["name"])
        number = int(match["version"])
        there = match["region"] == region and match["account"] == plane.registry.account_id
        if layer is None or number not in layer.versions or not there:
            raise ServiceError(
                "InvalidParameterValueException", f"Layer version {arn} does not exist."
            )
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


def referenced_by(
    plane: ControlPlane, region: str, configuration: Configuration
) -> list[LayerReference]:
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
    content = call["Content"]
    data = content.get("ZipFile")
    if data is None and content.get("S3Bucket"):
        data = await asyncio.to_thread(
            plane.services.s3_object,
            content["S3Bucket"],
            content.get("S3Key", ""),
            content.get("S3ObjectVersion"),
        )
    if data is None:
        raise ServiceError(
            "InvalidParameterValueException", "Please provide a source for the layer's content."
        )
    key = await asyncio.to_thread(plane.code.put, data)
    name = _name(call["LayerName"])
    layers = plane.registry.region(call.region).layers
    arn = f"arn:aws:lambda:{call.region}:{plane.registry.account_id}:layer:{name}"
    layer = layers.setdefault(name, Layer(name, arn))
    layer.last_version += 1
    number = layer.last_version
    layer.code_keys[number] = key
    layer.zip_bytes[number] = data
    layer.versions[number] = {
        "Content": {"CodeSize": len(data), "CodeSha256": sha256_of(data)},
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
    layer, number = _find(plane, call)
    return _with_location(plane, layer, number)


def get_layer_version_by_arn(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetLayerVersionByArn."""
    match = _ARN.fullmatch(call["Arn"])
    layer = plane.registry.region(call.region).layers.get(match["name"]) if match else None
    number = int(match["version"]) if match and match["version"] else 0
    if layer is None or number not in layer.versions:
        raise ServiceError("ResourceNotFoundException", MISSING, 404)
    return _with_location(plane, layer, number)


def delete_layer_version(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """DeleteLayerVersion: no new function can use it; those that have it keep it."""
    layer = plane.registry.region(call.region).layers.get(_name(call["LayerName"]))
    if layer is not None:
        number = int(call["VersionNumber"])
        layer.versions.pop(number, None)
        layer.code_keys.pop(number, None)
        layer.zip_bytes.pop(number, None)
        layer.policies.pop(number, None)
    return {}


def list_layer_versions(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListLayerVersions, the newest first."""
    layer = plane.registry.region(call.region).layers.get(_name(call["LayerName"]))
    versions = [] if layer is None else sorted(layer.versions.values(), key=_number, reverse=True)
    chosen, marker = page([item for item in versions if _fits(item, call)], call)
    return {"LayerVersions": chosen, "NextMarker": marker}


def list_layers(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListLayers, each with its newest version."""
    newest = []
    for name, layer in sorted(plane.registry.region(call.region).layers.items()):
        fitting = [item for item in layer.versions.values() if _fits(item, call)]
        if fitting:
            latest = max(fitting, key=_number)
            newest.append(
                {"LayerName": name, "LayerArn": layer.arn, "LatestMatchingVersion": latest}
            )
    chosen, marker = page(newest, call)
    return {"Layers": chosen, "NextMarker": marker}


def add_layer_version_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """AddLayerVersionPermission."""
    layer, number = _find(plane, call)
    arn = layer.versions[number]["LayerVersionArn"]
    return add_statement(layer.policies, number, arn, call)


def remove_layer_version_permission(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """RemoveLayerVersionPermission."""
    layer, number = _find(plane, call)
    return remove_statement(layer.policies, number, call)


def get_layer_version_policy(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetLayerVersionPolicy."""
    layer, number = _find(plane, call)
    return policy_answer(layer.policies, number)


def _find(plane: ControlPlane, call: Call) -> tuple[Layer, int]:
    layer = plane.registry.region(call.region).layers.get(_name(call["LayerName"]))
    number = int(call["VersionNumber"])
    if layer is None or number not in layer.versions:
        raise ServiceError("ResourceNotFoundException", MISSING, 404, fields={"Type": "User"})
    return layer, number


def _name(text: str) -> str:
    match = _ARN.fullmatch(text)
    return match["name"] if match else text


def _with_location(plane: ControlPlane, layer: Layer, number: int) -> dict[str, Any]:
    shown = layer.versions[number]
    location = plane.code.link(plane.endpoint, layer.zip_bytes[number])
    return {**shown, "Content": {**shown["Content"], "Location": location}}


def _number(item: dict[str, Any]) -> int:
    return int(item["Version"])


def _fits(item: dict[str, Any], call: Call) -> bool:
    for asked, member in (
        ("CompatibleRuntime", "CompatibleRuntimes"),
        ("CompatibleArchitecture", "CompatibleArchitectures"),
    ):
        wanted, has = call.get(asked), item.get(member)
        if wanted and has and wanted not in has:
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
