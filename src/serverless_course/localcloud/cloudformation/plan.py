"""What a request wants of a stack, checked before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..wire.errors import ServiceError
from .errors import ResourceFailed, invalid, not_offered
from .intrinsics import Values
from .parameters import Parameter
from .references import check_references, in_order, references
from .resources import TYPES
from .schema import Schema, schema_of
from .template import Template

CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
NESTED = "AWS::CloudFormation::Stack"
IAM_NAMES = {
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
NAMED_IAM, IAM, EXPAND = "CAPABILITY_NAMED_IAM", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"
# Attributes that AWS's specification has, and the registry's schema does not.
ALSO_ATTRIBUTES = {
    "AWS::SNS::Topic": {"TopicName"},
    "AWS::SQS::Queue": {"QueueName"},
    "AWS::SSM::Parameter": {"Type", "Value"},
    "AWS::EC2::Subnet": {"AvailabilityZone", "CidrBlock", "VpcId"},
    "AWS::EC2::SecurityGroup": {"VpcId"},
    "AWS::EC2::VPC": {"CidrBlock"},
}


@dataclass(frozen=True)
class Plan:
    """A stack as it is to be. ``template`` has its transforms applied; ``wanted`` are the
    resources whose conditions hold, each after those that it needs."""

    original: str
    template: Template
    parameters: Mapping[str, Parameter]
    wanted: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    role_arn: str = ""
    disable_rollback: bool = False
    retain_except_on_create: bool = False

    @property
    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        """The template's resources."""
        found: Mapping[str, Mapping[str, Any]] = self.template["Resources"]
        return found


def wanted_of(template: Template, values: Values) -> tuple[str, ...]:
    """The resources whose conditions hold, in the order in which they are made.

    Raises `ServiceError` for a template that names what it does not have, or that goes in circles.
    """
    check_references(template)
    resources = template["Resources"]
    return tuple(
        name
        for name in in_order(template, frozenset(resources))
        if "Condition" not in resources[name] or values.holds(resources[name]["Condition"])
    )


def check_types(template: Template, wanted: Sequence[str]) -> None:
    """Refuse types and properties that are not done here. Raises `ServiceError`."""
    resources = template["Resources"]
    kinds = {each["Type"] for each in resources.values()}
    unknown = sorted(
        kind for kind in kinds if kind not in TYPES and not _is_own(kind) and not schema_of(kind)
    )
    if unknown:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    missing = sorted(kind for kind in kinds if kind not in TYPES and not _is_own(kind))
    if missing:
        raise not_offered(f"resources of type {', '.join(missing)}")
    for name in wanted:
        resource = resources[name]
        _check_properties(name, resource)
        for key in ("CreationPolicy", "UpdatePolicy"):
            if resource.get(key):
                raise not_offered(f"{key} of {name}")
        if resource.get("DeletionPolicy") == "Snapshot":
            raise not_offered(f"DeletionPolicy Snapshot of {name}")
    _check_attributes(template)


def check_capabilities(template: Template, given: Sequence[str], *, expands: bool = False) -> None:
    """Refuse what asks for an acknowledgement that was not given. Raises `ServiceError`."""
    kinds = {name: each["Type"] for name, each in template["Resources"].items()}
    needed = []
    named = any(
        IAM_NAMES.get(kind) in (template["Resources"][name].get("Properties") or {})
        for name, kind in kinds.items()
        if kind in IAM_NAMES
    )
    if named and NAMED_IAM not in given:
        needed.append(NAMED_IAM)
    elif any(kind.startswith("AWS::IAM::") for kind in kinds.values()) and not {
        IAM,
        NAMED_IAM,
    } & set(given):
        needed.append(IAM)
    if expands and EXPAND not in given:
        needed.append(EXPAND)
    if needed:
        raise ServiceError(
            "InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(needed)}]"
        )


def values_for(
    template: Template,
    pseudo: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    resource: Callable[[str], Any],
    attribute: Callable[[str, str], Any],
    imported: Callable[[str], str],
    zones: Callable[[str], list[str]],
) -> Values:
    """The values of a template, by its parameters' values."""
    plain = {name: each.value for name, each in parameters.items()}
    return Values(template, pseudo, plain, resource, attribute, imported, zones)


def unknown_yet(*names: str) -> Any:
    """For values that no resource may have a part in, such as conditions."""
    raise invalid(
        f"Template format error: Unresolved dependencies [{names[0]}]. Cannot reference resources "
        "in the Conditions block of the template"
    )


def is_custom(kind: str) -> bool:
    """Whether a type is a custom resource."""
    return kind.startswith(CUSTOM)


def checked(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """A resource's properties as its schema has them. Raises `ResourceFailed`."""
    schema = _schema(kind)
    if schema is None:
        return properties
    properties = schema.coerced(properties)
    problems = schema.problems(properties)
    if problems:
        raise ResourceFailed(
            f"Properties validation failed for resource with message:\n[{', '.join(problems)}]"
        )
    return properties


def replaced_by(kind: str) -> frozenset[str]:
    """The properties of a type whose change makes a new resource."""
    if is_custom(kind):
        return frozenset({"ServiceToken"})
    schema = _schema(kind)
    own = TYPES[kind].replaces if kind in TYPES else frozenset()
    return own | (schema.create_only if schema is not None else frozenset())


def name_property(kind: str) -> str:
    """The property by which a template may name a resource of that type; empty without one."""
    schema = _schema(kind)
    if schema is None:
        return ""
    identity = [path.rpartition("/")[2] for path in schema.document.get("primaryIdentifier", ())]
    names = [each for each in identity if each in schema.writable and each.endswith("Name")]
    return names[0] if len(identity) == 1 and names else ""


def _is_own(kind: str) -> bool:
    return is_custom(kind) or kind == NESTED


def _schema(kind: str) -> Schema | None:
    return None if is_custom(kind) else schema_of(kind)


def _check_properties(name: str, resource: Mapping[str, Any]) -> None:
    kind, given = resource["Type"], resource.get("Properties") or {}
    schema = _schema(kind)
    if not isinstance(given, dict):
        raise invalid(f"Template format error: Properties of {name} must be a map.")
    if schema is None or kind not in TYPES:
        return
    left_out = sorted(each for each in given if each in schema.writable - TYPES[kind].done)
    if left_out:
        raise not_offered(f"{', '.join(left_out)} of {kind} ({name})")


def _check_attributes(template: Template) -> None:
    resources = template["Resources"]
    for section in ("Resources", "Outputs"):
        for each in (template.get(section) or {}).values():
            for name, attribute in references(each):
                if not attribute or attribute == "?" or name not in resources:
                    continue
                kind = resources[name]["Type"]
                schema = _schema(kind)
                if kind == NESTED or schema is None:
                    continue
                known = schema.attributes | ALSO_ATTRIBUTES.get(kind, set())
                if attribute.partition(".")[0] not in known:
                    raise invalid(
                        f"Template error: resource {name} does not support attribute type "
                        f"{attribute} in Fn::GetAtt"
                    )
                if kind in TYPES and attribute.partition(".")[0] in TYPES[kind].not_given:
                    raise not_offered(f"the attribute {attribute} of {kind} ({name})")
