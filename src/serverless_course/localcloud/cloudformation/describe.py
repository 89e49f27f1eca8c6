"""Stacks, resources, events and templates as CloudFormation's API shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..wire.errors import ServiceError
from . import transforms
from .change_set import ChangeSet
from .errors import invalid
from .parameters import as_text
from .plan import EXPAND, IAM, NAMED_IAM, check_capabilities
from .stack import Stack, StackEvent, StackResource

PAGE = 100
Members = dict[str, Any]


def page(name: str, found: list[Members], given: Mapping[str, Any]) -> Members:
    """A page of a list. Raises `ServiceError` for a token that none was given as."""
    token = given.get("NextToken")
    try:
        start = int(token) if token else 0
    except ValueError:
        raise invalid("Invalid pagination token") from None
    shown: Members = {name: found[start : start + PAGE]}
    if start + PAGE < len(found):
        shown["NextToken"] = str(start + PAGE)
    return shown


def stack(found: Stack) -> Members:
    """For DescribeStacks."""
    return {
        "StackId": found.stack_id,
        "StackName": found.name,
        "ChangeSetId": found.change_set_id or None,
        "Description": found.description or None,
        "Parameters": [each.described() for each in found.parameters.values()],
        "CreationTime": found.created,
        "DeletionTime": found.deleted,
        "LastUpdatedTime": found.updated,
        "RollbackConfiguration": {},
        "StackStatus": found.status,
        "StackStatusReason": found.reason or None,
        "DisableRollback": found.disable_rollback,
        "NotificationARNs": [],
        "Capabilities": list(found.capabilities),
        "Outputs": [
            {
                "OutputKey": each.key,
                "OutputValue": each.value,
                "Description": each.description or None,
                "ExportName": each.export or None,
            }
            for each in found.outputs
        ],
        "RoleARN": found.role_arn or None,
        "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
        "EnableTerminationProtection": found.is_protected,
        "ParentId": found.parent_id or None,
        "RootId": found.root_id or None,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def summary(found: Stack) -> Members:
    """For ListStacks."""
    return {
        "StackId": found.stack_id,
        "StackName": found.name,
        "TemplateDescription": found.description or None,
        "CreationTime": found.created,
        "LastUpdatedTime": found.updated,
        "DeletionTime": found.deleted,
        "StackStatus": found.status,
        "StackStatusReason": found.reason or None,
        "ParentId": found.parent_id or None,
        "RootId": found.root_id or None,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def event(found: Stack, each: StackEvent) -> Members:
    """For DescribeStackEvents."""
    return {
        "StackId": found.stack_id,
        "EventId": each.event_id,
        "StackName": found.name,
        "LogicalResourceId": each.logical_id,
        "PhysicalResourceId": each.physical_id,
        "ResourceType": each.type,
        "Timestamp": each.at,
        "ResourceStatus": each.status,
        "ResourceStatusReason": each.reason or None,
        "ResourceProperties": each.properties or None,
        "ClientRequestToken": each.token or None,
    }


def resource_summary(each: StackResource) -> Members:
    """For ListStackResources."""
    return {
        "LogicalResourceId": each.logical_id,
        "PhysicalResourceId": each.physical_id or None,
        "ResourceType": each.type,
        "LastUpdatedTimestamp": each.at,
        "ResourceStatus": each.status,
        "ResourceStatusReason": each.reason or None,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def resource(found: Stack, each: StackResource) -> Members:
    """For DescribeStackResources."""
    shown = resource_summary(each)
    shown["Timestamp"] = shown.pop("LastUpdatedTimestamp")
    return {"StackName": found.name, "StackId": found.stack_id, **shown}


def resource_detail(found: Stack, each: StackResource) -> Members:
    """For DescribeStackResource."""
    metadata = each.definition.get("Metadata")
    return {
        "StackName": found.name,
        "StackId": found.stack_id,
        "Metadata": json.dumps(metadata) if metadata else None,
        **resource_summary(each),
    }


def change_set_summary(each: ChangeSet) -> Members:
    """For ListChangeSets."""
    return {
        "StackId": each.stack.stack_id,
        "StackName": each.stack.name,
        "ChangeSetId": each.identity,
        "ChangeSetName": each.name,
        "ExecutionStatus": each.execution,
        "Status": each.status,
        "StatusReason": each.reason or None,
        "CreationTime": each.created,
        "Description": each.given.get("Description"),
        "IncludeNestedStacks": False,
    }


def change_set(each: ChangeSet) -> Members:
    """For DescribeChangeSet."""
    shown = change_set_summary(each)
    return {
        **shown,
        "Parameters": [one.described() for one in each.plan.parameters.values()],
        "NotificationARNs": [],
        "RollbackConfiguration": {},
        "Capabilities": list(each.plan.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in each.plan.tags.items()],
        "Changes": each.changes,
    }


def template_summary(template: Mapping[str, Any]) -> Members:
    """For GetTemplateSummary."""
    kinds = list(dict.fromkeys(each["Type"] for each in template["Resources"].values()))
    return {
        "Parameters": [
            {
                "ParameterKey": name,
                "DefaultValue": _plain(each.get("Default")),
                "ParameterType": each.get("Type", "String"),
                "NoEcho": str(each.get("NoEcho", "false")).lower() == "true",
                "Description": each.get("Description"),
                "ParameterConstraints": {
                    "AllowedValues": [_plain(v) for v in each.get("AllowedValues") or []]
                },
            }
            for name, each in (template.get("Parameters") or {}).items()
        ],
        **_capabilities(template),
        "ResourceTypes": kinds,
        "Version": template.get("AWSTemplateFormatVersion"),
        "Description": template.get("Description"),
        "Metadata": json.dumps(template["Metadata"]) if template.get("Metadata") else None,
        "DeclaredTransforms": transforms.named(dict(template)),
    }


def validated(template: Mapping[str, Any]) -> Members:
    """For ValidateTemplate."""
    return {
        "Parameters": [
            {
                "ParameterKey": name,
                "DefaultValue": _plain(each.get("Default")),
                "NoEcho": str(each.get("NoEcho", "false")).lower() == "true",
                "Description": each.get("Description"),
            }
            for name, each in (template.get("Parameters") or {}).items()
        ],
        "Description": template.get("Description"),
        **_capabilities(template),
        "DeclaredTransforms": transforms.named(dict(template)),
    }


def as_json(template: Mapping[str, Any]) -> str:
    """A processed template's text."""
    return json.dumps(template, default=str)


def _capabilities(template: Mapping[str, Any]) -> Members:
    try:
        check_capabilities(dict(template), [])
    except ServiceError as error:
        kinds = sorted(
            {e["Type"] for e in template["Resources"].values() if e["Type"].startswith("AWS::IAM")}
        )
        named = NAMED_IAM in error.message
        return {
            "Capabilities": [NAMED_IAM if named else IAM],
            "CapabilitiesReason": "The following resource(s) require capabilities: "
            f"[{', '.join(kinds)}]",
        }
    if transforms.named(dict(template)):
        return {
            "Capabilities": [EXPAND],
            "CapabilitiesReason": "The template has transforms.",
        }
    return {}


def _plain(value: Any) -> str | None:
    return None if value is None else as_text(value)
