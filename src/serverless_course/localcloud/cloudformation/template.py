"""A template's text, as JSON or YAML with CloudFormation's short tags, and its form checked.

Source: CloudFormation User Guide, "Template anatomy", "Intrinsic function reference" and
"Understand CloudFormation quotas" (read 2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ..wire.errors import ServiceError
from .errors import invalid

BODY_BYTES = 51_200
FILE_BYTES = 1_000_000
MAX_RESOURCES = 500
MAX_PARAMETERS = 200
MAX_OUTPUTS = 200
VERSION = "2010-09-09"
SECTIONS = frozenset(
    {
        *("AWSTemplateFormatVersion", "Conditions", "Description", "Hooks", "Mappings"),
        *("Metadata", "Outputs", "Parameters", "Resources", "Rules", "Transform"),
    }
)
ATTRIBUTES = frozenset(
    {
        *("Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata"),
        *("Properties", "Type", "UpdatePolicy", "UpdateReplacePolicy", "Version"),
    }
)
# What SAM's resources have besides; they are gone when the transform has run.
SAM_ATTRIBUTES = frozenset({"Connectors", "IgnoreGlobals"})
POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
_LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")

Template = dict[str, Any]


def parse(text: str) -> Template:
    """A template as JSON has it. Raises `ServiceError` (ValidationError) for what is none."""
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise invalid(f"Template format error: JSON not well-formed. ({error})") from error
    else:
        found = _yaml(text)
    if not isinstance(found, dict):
        raise invalid("Template format error: unsupported structure.")
    return found


def check(template: Template) -> None:
    """Refuse a template whose form is wrong. Raises `ServiceError` (ValidationError)."""
    known = SECTIONS | {"Globals"} if "Transform" in template else SECTIONS
    unknown = sorted(set(template) - known)
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    version = template.get("AWSTemplateFormatVersion", VERSION)
    if version != VERSION:
        raise invalid(f"Template format error: {version} is not a supported value.")
    for section in ("Parameters", "Mappings", "Conditions", "Resources", "Outputs"):
        if section in template and not isinstance(template[section], dict):
            raise invalid(f"Template format error: '{section}' should be a map.")
    resources = template.get("Resources")
    if not resources:
        raise invalid("Template format error: At least one Resources member must be defined.")
    for section, most in (
        ("Resources", MAX_RESOURCES),
        ("Parameters", MAX_PARAMETERS),
        ("Outputs", MAX_OUTPUTS),
    ):
        count = len(template.get(section) or {})
        if count > most:
            raise invalid(
                f"Template format error: Number of {section.lower()}, {count}, is greater than "
                f"maximum allowed, {most}"
            )
    for name, resource in resources.items():
        _check_resource(name, resource)
    for name, output in (template.get("Outputs") or {}).items():
        if not isinstance(output, dict) or "Value" not in output:
            raise invalid(f"Template format error: Output {name} is malformed.")


def _check_resource(name: str, resource: Any) -> None:
    if not _LOGICAL_ID.fullmatch(str(name)):
        raise invalid(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
        raise invalid(
            f"Template format error: [/Resources/{name}] Every Resources object must contain a "
            "Type member."
        )
    unknown = sorted(set(resource) - ATTRIBUTES - SAM_ATTRIBUTES)
    if unknown:
        raise invalid(f"Invalid template resource property '{unknown[0]}'")
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        value = resource.get(policy, "Delete")
        if isinstance(value, str) and value not in POLICIES:
            raise invalid(f"Template error: {policy} of {name} is none of {', '.join(POLICIES)}.")


def _yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - only who sends YAML waits for it

    class Loader(yaml.SafeLoader):
        """YAML with CloudFormation's short tags, where no key stands twice."""

    def tagged(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            value: Any = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        if suffix in ("Ref", "Condition"):
            return {suffix: value}
        if suffix == "GetAtt" and isinstance(value, str):
            value = list(value.partition(".")[::2])
        return {f"Fn::{suffix}": value}

    def mapping(loader: Any, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.YAMLError(f"duplicate key {key.value!r}")
            seen.add(key.value)
        found = yaml.SafeLoader.construct_mapping(loader, node, deep)
        return {_key(key): value for key, value in found.items()}

    loader: Any = Loader
    loader.add_multi_constructor("!", tagged)
    loader.add_constructor("tag:yaml.org,2002:map", lambda of, node: mapping(of, node, True))
    loader.add_constructor("tag:yaml.org,2002:timestamp", loader.construct_yaml_str)
    try:
        return yaml.load(text, Loader)  # noqa: S506 - the loader is a safe one
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        first = str(error).replace("\n", " ")
        raise invalid(f"Template format error: YAML not well-formed. ({first})") from error


def _key(key: Any) -> str:
    if isinstance(key, (date, datetime)):
        return key.isoformat()
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)


def source(given: Mapping[str, Any], fetch: Any) -> str:
    """The text of the template that a request brings: in itself, or by an address in S3.

    ``fetch`` reads an address. Raises `ServiceError` for both, for none, and for too long a text.
    """
    body, url = given.get("TemplateBody"), given.get("TemplateURL")
    if (body is None) == (url is None):
        raise invalid("Either Template URL or Template Body must be specified.")
    if url is not None:
        text = str(fetch(url))
        if len(text.encode()) > FILE_BYTES:
            raise _too_long(text, FILE_BYTES, "templateURL")
        return text
    if len(str(body).encode()) > BODY_BYTES:
        raise _too_long(str(body), BODY_BYTES, "templateBody")
    return str(body)


def _too_long(text: str, most: int, where: str) -> ServiceError:
    return invalid(
        f"1 validation error detected: Value at '{where}' failed to satisfy constraint: Member "
        f"must have length less than or equal to {most} (it has {len(text.encode())})"
    )
