"""What Lambda's API refuses by its service model, in the words of AWS's validation errors.

The limits are those of botocore's model (its version is pinned in constraints.txt). Where the
model's maximum holds only for another compute type, the documented limit of default compute
stands in `DOCUMENTED`. All mistakes of a request are told at once.
Sources: botocore's ``lambda/2015-03-31``; AWS's answers as recorded in public (2023 to 2025).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .enum_order import in_aws_order
from .errors import ServiceError
from .runtime_values import CREATABLE, EVER, NEWER

# Lambda Developer Guide, "Lambda quotas" (read 2026-11): Managed Instances and accelerator
# functions have higher maxima. By the name of the shape.
DOCUMENTED: dict[str, tuple[int, int]] = {
    "MemorySize": (128, 10_240),
    "Timeout": (1, 900),
    "EphemeralStorageSize": (512, 10_240),
}
# Members whose values Lambda checks later, in words of its own.
CHECKED_LATER = frozenset({"Runtime"})
# Lists of whose items AWS does not say "Member must not be null" (recorded 2025 and 2026). Keys of
# maps never say it.
NULLABLE_ITEMS = frozenset({"CompatibleRuntimes", "SubnetIds", "SecurityGroupIds"})
# Values that AWS takes where botocore's model says otherwise, by the label of the member; and what
# a refusal says of them.
OTHER_VALUES: dict[str, frozenset[str]] = {
    "compatibleRuntimes": frozenset(CREATABLE) | NEWER,
    "compatibleRuntime": frozenset(EVER) | NEWER,
}
PRINTED_VALUES: dict[str, tuple[str, ...]] = {
    "compatibleRuntimes": CREATABLE,
    "compatibleRuntime": in_aws_order(EVER),
}

# Classes of letters in the model's patterns, which are Java's, and in Python's.
JAVA = (
    (r"\p{L}", r"\w"),
    (r"\p{N}", r"\d"),
    (r"\p{Z}", r"\s"),
    (r"\p{ASCII}", r"[\x00-\x7f]"),
)

NOT_NULL = "Member must not be null"

_ARTICLED = {"integer": "a number", "long": "a number", "structure": "an object"}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "blob": (str, bytes),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
    "boolean": (bool,),
    "structure": (dict,),
    "list": (list,),
    "map": (dict,),
}


def validate(shape: Any, given: dict[str, Any]) -> None:
    """Refuse parameters that the model does not allow.

    Mistakes are told from the last member of the model to the first, as AWS does (recorded for
    PublishLayerVersion; quoted in public for ACM, Cognito and DynamoDB).
    Raises `ServiceError`: ValidationException with every mistake, or SerializationException for
    a value of another type.
    """
    problems = _member_problems(shape, given, "", CHECKED_LATER)
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ServiceError("ValidationException", count + "; ".join(problems))


def label_of(name: str) -> str:
    """A member's name as validation errors write it: ``functionName``."""
    return name[:1].lower() + name[1:]


def _member_problems(
    shape: Any, given: dict[str, Any], prefix: str, unchecked: frozenset[str] = frozenset()
) -> list[str]:
    """The mistakes in a structure's members, those of the last member first."""
    found: list[str] = []
    for name, member in reversed(shape.members.items()):
        value, label = given.get(name), f"{prefix}{label_of(name)}"
        if value is None:
            if name in shape.required_members:
                found.append(f"Value null at '{label}' failed to satisfy constraint: {NOT_NULL}")
        elif name not in unchecked:
            found += _problems(member, name, value, label)
    return found


def _problems(shape: Any, name: str, value: Any, label: str) -> list[str]:
    kind = shape.type_name
    _check_type(kind, name, value)
    if kind == "structure":
        return _member_problems(shape, value, f"{label}.")
    if kind == "list":
        return _list_problems(shape, name, value, label)
    if kind == "map":
        return _map_problems(shape, name, value, label)
    return [
        f"{_value(shape, value)} at '{label}' failed to satisfy constraint: {constraint}"
        for constraint in _broken(shape, value, label)
    ]


def _list_problems(shape: Any, name: str, value: list[Any], label: str) -> list[str]:
    start = f"{_value(shape, value)} at '{label}' failed to satisfy constraint: "
    size = _range(len(value), shape.metadata, "have length")
    if size:
        return [start + text for text in size]
    member = shape.member
    if member.type_name in ("structure", "list", "map"):
        return [
            text
            for number, item in enumerate(value, 1)
            for text in _problems(member, name, item, f"{label}.{number}.member")
        ]
    for item in value:
        _check_type(member.type_name, name, item)
    if not any(_broken(member, item, label) for item in value):
        return []
    constraints = _constraints(member, label)
    if name not in NULLABLE_ITEMS:
        constraints.append(NOT_NULL)
    # One constraint alone stands without brackets (recorded for CompatibleRuntimes).
    if len(constraints) == 1:
        return [start + constraints[0]]
    return [f"{start}Member must satisfy constraint: [{', '.join(constraints)}]"]


def _map_problems(shape: Any, name: str, value: dict[str, Any], label: str) -> list[str]:
    start = f"{_value(shape, value)} at '{label}' failed to satisfy constraint: "
    for item in value.values():
        _check_type(shape.value.type_name, name, item)
    found = [start + text for text in _range(len(value), shape.metadata, "have length")]
    if any(_broken(shape.key, key) for key in value):
        constraints = ", ".join(_constraints(shape.key))
        found.append(f"{start}Map keys must satisfy constraint: [{constraints}]")
    if any(_broken(shape.value, item) for item in value.values()):
        constraints = ", ".join([*_constraints(shape.value), NOT_NULL])
        found.append(f"{start}Map value must satisfy constraint: [{constraints}]")
    return found


def _check_type(kind: str, name: str, value: Any) -> None:
    fits = isinstance(value, _TYPES.get(kind, (object,)))
    if isinstance(value, bool):
        fits = kind in ("boolean", "document")
    if not fits:
        what = _ARTICLED.get(kind, f"a {kind}")
        raise ServiceError("SerializationException", f"'{name}' must be {what}.")


def _broken(shape: Any, value: Any, label: str = "") -> list[str]:
    """The constraints of a scalar that a value does not satisfy."""
    kind, limits = shape.type_name, _limits(shape)
    if kind in ("integer", "long", "double", "float"):
        return _range(value, limits, "have value")
    if kind != "string":
        return []
    if shape.enum:
        return [] if value in OTHER_VALUES.get(label, shape.enum) else [_enumeration(shape, label)]
    found = _range(len(value), limits, "have length")
    pattern = limits.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        found.append(_pattern(pattern))
    return found


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the model. They are Java's, whose classes of letters Python writes otherwise."""
    for java, python in JAVA:
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _constraints(shape: Any, label: str = "") -> list[str]:
    """Every constraint of a scalar, in AWS's order."""
    limits, what = _limits(shape), "length" if shape.type_name == "string" else "value"
    if shape.type_name == "string" and shape.enum:
        return [_enumeration(shape, label)]
    found = []
    if limits.get("max") is not None:
        found.append(f"Member must have {what} less than or equal to {limits['max']}")
    if limits.get("min") is not None:
        found.append(f"Member must have {what} greater than or equal to {limits['min']}")
    if limits.get("pattern"):
        found.append(_pattern(limits["pattern"]))
    return found


def _limits(shape: Any) -> dict[str, Any]:
    low_high = DOCUMENTED.get(shape.name)
    if low_high is None:
        return dict(shape.metadata)
    return {**shape.metadata, "min": low_high[0], "max": low_high[1]}


def _range(size: float, limits: dict[str, Any], what: str) -> list[str]:
    low, high = limits.get("min"), limits.get("max")
    if low is not None and size < low:
        return [f"Member must {what} greater than or equal to {low}"]
    if high is not None and size > high:
        return [f"Member must {what} less than or equal to {high}"]
    return []


def _enumeration(shape: Any, label: str) -> str:
    values = PRINTED_VALUES.get(label) or in_aws_order(shape.enum)
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def _pattern(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"


def _value(shape: Any, value: Any) -> str:
    """``Value '…'`` as AWS writes it; what the model calls sensitive is not repeated."""
    if shape.metadata.get("sensitive"):
        return "Value"
    return f"Value '{_text(shape, value)}'"


def _text(shape: Any, value: Any) -> str:
    """A value as AWS's Java code prints it: ``[a, b]``, ``{2=0.5}``, ``true``."""
    kind = shape.type_name
    if kind == "list":
        return f"[{', '.join(_text(shape.member, item) for item in value)}]"
    if kind == "map":
        pairs = (f"{key}={_text(shape.value, item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if kind in ("double", "float"):
        return str(float(value))
    return str(value)
