"""Functions: create, read, change. Source: Lambda API reference (read 2026-11)."""

from __future__ import annotations

from typing import Any

from ...wire.errors import ServiceError
from ..function_state import CREATING, READY, UPDATING, not_ready
from ..function_version import parse_reference
from ..not_offered import SETTINGS, refuse
from ..registry import (
    LATEST,
    PASSING,
    Configuration,
    Found,
    FunctionRecord,
    revision,
)
from . import (
    configuration,
    deployment_package,
    layers,
    runtime_management,
)
from .call import Call
from .connecting import make_ready
from .dates import now_text
from .paging import page
from .plane import ControlPlane, Operation
from .revisions import check_revision
from .tags import check_tags

# What lists leave out; GetFunctionConfiguration shows it (recorded 2023-11).
NOT_LISTED = PASSING | {"RuntimeVersionConfig"}


async def create_function(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """CreateFunction: a new function, Pending at first."""
    name = _new_name(plane, call)
    region = plane.registry.region(call.region)
    configuration.check(plane, call.parameters, created=True)
    tags = dict(call.get("Tags") or {})
    check_tags(tags)
    package = await deployment_package.read(plane, call["Code"])
    layer_refs = layers.referenced(plane, call.region, call.get("Layers") or [])
    configuration.check_total_size(plane, package.key, layer_refs)
    if name in region.functions:
        raise ServiceError("ResourceConflictException", f"Function already exist: {name}", 409)
    arn = plane.registry.function_arn(call.region, name)
    settings = configuration.chosen(plane, call.region, call.parameters)
    members = {
        **configuration.defaults(plane, name, call.region, call.parameters),
        **{member: value for member, value in settings.items() if value is not None},
        "FunctionName": name,
        "FunctionArn": arn,
        "Version": LATEST,
        "LastModified": now_text(),
        "RevisionId": revision(),
        **package.members,
        **CREATING,
    }
    layers.write_members(members, layer_refs)
    latest = Configuration(members, package.key, tuple(ref.code_key for ref in layer_refs))
    record = FunctionRecord(name, call.region, arn, latest, tags=tags)
    region.functions[name] = record
    for uuid in mappings_of(plane, call.region, name):
        plane.pollers.start(call.region, uuid)
    make_ready(plane, record, latest)
    if call.get("Publish"):
        # AWS answers with the version, under the function's own ARN (recorded 2023-11).
        return {**publish(plane, record), "FunctionArn": arn}
    return dict(members)


async def update_function_code(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateFunctionCode: new code for ``$LATEST``; what runs goes on until it is ready."""
    check_revision(call.get("RevisionId"), _latest_of(plane, call).latest.members["RevisionId"])
    if call.get("ImageUri"):
        raise ServiceError(
            "InvalidParameterValueException",
            "Please don't provide ImageUri when updating a function with packageType Zip.",
        )
    refuse(call.parameters, SETTINGS)
    package = await deployment_package.read(plane, call.parameters)
    # Time has passed: the function may have been changed or deleted.
    record = _latest_of(plane, call)
    check_revision(call.get("RevisionId"), record.latest.members["RevisionId"])
    layer_refs = layers.referenced_by(record.latest)
    configuration.check_total_size(plane, package.key, layer_refs)
    changes = {**package.members}
    if call.get("Architectures"):
        changes["Architectures"] = call["Architectures"]
    if call.get("DryRun"):
        return {**record.latest.members, **changes}
    check_may_change(record)
    record.latest.code_key = package.key
    _begin_update(plane, record, changes)
    if call.get("Publish"):
        return publish(plane, record)
    return dict(record.latest.members)


def update_function_configuration(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """UpdateFunctionConfiguration: new settings for ``$LATEST``."""
    record = _latest_of(plane, call)
    before = record.latest.members
    check_revision(call.get("RevisionId"), before["RevisionId"])
    configuration.check(plane, call.parameters, before=before)
    changes = configuration.chosen(plane, call.region, call.parameters, before)
    if call.get("LoggingConfig"):
        changes["LoggingConfig"] = configuration.logging_config(
            record.name, call["LoggingConfig"], before["LoggingConfig"]
        )
    if "Runtime" in changes:
        runtime_management.check_runtime_may_change(record)
        changes["RuntimeVersionConfig"] = configuration.runtime_version(
            plane, call.region, changes["Runtime"]
        )
    layer_refs = layers.referenced_by(record.latest)
    if call.get("Layers") is not None:
        layer_refs = layers.referenced(plane, call.region, call["Layers"])
        configuration.check_total_size(plane, record.latest.code_key, layer_refs)
    check_may_change(record)
    layers.write_members(record.latest.members, layer_refs)
    record.latest.layer_keys = tuple(ref.code_key for ref in layer_refs)
    _begin_update(plane, record, changes)
    return dict(record.latest.members)


def get_function(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunction: configuration, where the code can be read, tags, reserved concurrency."""
    found = plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier"))
    answer: dict[str, Any] = {
        "Configuration": shown(found),
        "Code": {
            "RepositoryType": "S3",
            "Location": plane.code.link(plane.endpoint, found.configuration.code_key),
        },
    }
    if found.record.tags:
        answer["Tags"] = dict(found.record.tags)
    if found.record.reserved is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": found.record.reserved}
    return answer


def get_function_configuration(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """GetFunctionConfiguration."""
    return shown(plane.registry.find(call.region, call["FunctionName"], call.get("Qualifier")))


def list_functions(plane: ControlPlane, call: Call) -> dict[str, Any]:
    """ListFunctions: ``$LATEST`` of each, or every version with ``FunctionVersion=ALL``.

    ``MasterRegion`` asks for the replicas of Lambda@Edge functions: there are none here.
    """
    every_version = call.get("FunctionVersion") == "ALL"
    everything = (
        []
        if call.get("MasterRegion")
        else [
            listed
            for _, record in sorted(plane.registry.region(call.region).functions.items())
            for listed in (versions_of(record) if every_version else [listed_latest(record)])
        ]
    )
    chosen, marker = page(everything, call, key=_place_in_list)
    return {"Functions": chosen, "NextMarker": marker}


def versions_of(record: FunctionRecord) -> list[dict[str, Any]]:
    """All versions as lists show them: ``$LATEST`` first, then the published ones in order."""
    latest = {**listed_latest(record), "FunctionArn": record.qualified_arn(LATEST)}
    published = (record.versions[number] for number in sorted(record.versions, key=int))
    return [latest, *(_listed(version.members) for version in published)]


def listed_latest(record: FunctionRecord) -> dict[str, Any]:
    """``$LATEST`` as lists show it, under the function's own ARN."""
    return _listed(record.latest.members)


def mappings_of(plane: ControlPlane, region: str, name: str) -> list[str]:
    """The enabled event source mappings of a function, of its versions and of its aliases."""
    return [
        uuid
        for uuid, mapping in plane.registry.region(region).mappings.items()
        if mapping["State"] == "Enabled" and parse_function_arn(mapping["FunctionArn"]) == name
    ]


def parse_function_arn(arn: str) -> str:
    """The plain name in a function's ARN."""
    reference = parse_reference(arn)
    return reference.name if reference else ""


def shown(found: Found) -> dict[str, Any]:
    """The configuration as the API shows it, under the ARN by which it was asked for."""
    return {**found.configuration.members, "FunctionArn": found.arn}


def publish(plane: ControlPlane, record: FunctionRecord, description: str = "") -> dict[str, Any]:
    """Make a version of ``$LATEST``; the last one again when nothing has changed since.

    A version of a function that is still Pending, or being updated, is Pending itself.
    """
    latest, last = record.latest, record.unchanged
    if last is not None:
        return dict(last.members)
    record.last_version += 1
    version = latest.published(
        str(record.last_version), description, READY if latest.is_ready else CREATING
    )
    record.versions[version.version] = version
    record.published_content = latest.content
    record.renew_revision(LATEST)
    if latest.is_ready:
        version.serving = version.runnable(record, plane.registry.account_id)
    else:
        make_ready(plane, record, version)
    return dict(version.members)


def check_may_change(record: FunctionRecord) -> None:
    """Refuse a change while the function is being made or changed (409)."""
    members = record.latest.members
    if members["State"] != "Active":
        raise not_ready(members["State"])
    if members.get("LastUpdateStatus") == "InProgress":
        raise ServiceError(
            "ResourceConflictException",
            "The operation cannot be performed at this time. An update is in progress for "
            f"resource: {record.arn}",
            409,
            fields={"Type": "User"},
        )


def _new_name(plane: ControlPlane, call: Call) -> str:
    name, qualifier = plane.registry.named(call.region, call["FunctionName"])
    if qualifier is not None:
        raise ServiceError(
            "InvalidParameterValueException",
            "The operation cannot be performed on a function ARN with a qualifier.",
        )
    if len(name) > 64:
        raise ServiceError(
            "InvalidParameterValueException",
            f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy "
            "constraint: Member must have length less than or equal to 64",
        )
    return name


def _latest_of(plane: ControlPlane, call: Call) -> FunctionRecord:
    found = plane.registry.find(call.region, call["FunctionName"])
    if found.qualifier not in (None, LATEST):
        raise ServiceError(
            "InvalidParameterValueException",
            "This operation can only be called on $LATEST: published versions never change.",
        )
    return found.record


def _begin_update(plane: ControlPlane, record: FunctionRecord, changes: dict[str, Any]) -> None:
    latest = record.latest
    latest.members |= {
        **changes,
        **UPDATING,
        "LastModified": now_text(),
        "RevisionId": revision(),
    }
    for name in [name for name, value in latest.members.items() if value is None]:
        del latest.members[name]
    make_ready(plane, record, latest)


def _listed(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name not in NOT_LISTED}


def _place_in_list(item: dict[str, Any]) -> list[Any]:
    version = item["Version"]
    return [item["FunctionName"], 0 if version == LATEST else int(version)]


OPERATIONS: dict[str, Operation] = {
    "CreateFunction": create_function,
    "UpdateFunctionCode": update_function_code,
    "UpdateFunctionConfiguration": update_function_configuration,
    "GetFunction": get_function,
    "GetFunctionConfiguration": get_function_configuration,
    "ListFunctions": list_functions,
}
