"""A template's parameters and the values that a request gives them.

Source: CloudFormation User Guide, "Parameters section" and "Use AWS-specific types" (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import invalid

LISTS = ("CommaDelimitedList", "List<")
STORED = "AWS::SSM::Parameter::Value<"
SCALARS = frozenset({"String", "Number", "CommaDelimitedList", "List<Number>"})
MASK = "****"
MATCH_S = 1.0


@dataclass(frozen=True)
class Parameter:
    """A parameter's declaration and value. ``given`` is what was sent, ``value`` what Ref gives."""

    name: str
    given: str
    value: Any
    is_secret: bool = False
    resolved: str | None = None

    def described(self) -> dict[str, str]:
        """As DescribeStacks shows it: a NoEcho value is masked."""
        shown = {
            "ParameterKey": self.name,
            "ParameterValue": MASK if self.is_secret else self.given,
        }
        if self.resolved is not None:
            shown["ResolvedValue"] = MASK if self.is_secret else self.resolved
        return shown


def values_of(
    template: Mapping[str, Any],
    given: list[dict[str, Any]],
    previous: Mapping[str, Parameter],
    stored: Callable[[str], str],
) -> dict[str, Parameter]:
    """The value of each parameter of a template.

    ``given`` is the request's Parameters, ``previous`` the stack's values before, ``stored``
    reads a parameter of Systems Manager. Raises `ServiceError` (ValidationError).
    """
    declared = template.get("Parameters") or {}
    sent = {each.get("ParameterKey", ""): each for each in given}
    unknown = sorted(set(sent) - set(declared))
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    found, missing = {}, []
    for name, declaration in declared.items():
        value = _sent(name, sent.get(name), previous)
        if value is None:
            value = declaration.get("Default")
        if value is None:
            missing.append(name)
            continue
        found[name] = _made(name, declaration, as_text(value), stored)
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    return found


def _sent(name: str, each: dict[str, Any] | None, previous: Mapping[str, Parameter]) -> Any:
    if each is None:
        return None
    if each.get("UsePreviousValue"):
        if name not in previous:
            raise invalid(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template"
            )
        return previous[name].given
    return each.get("ParameterValue")


def _made(
    name: str, declaration: Mapping[str, Any], text: str, stored: Callable[[str], str]
) -> Parameter:
    kind = declaration.get("Type", "")
    secret = str(declaration.get("NoEcho", "false")).lower() == "true"
    _check(name, declaration, kind, text)
    resolved = None
    if kind.startswith(STORED):
        resolved = stored(text)
        value: Any = resolved
        kind = kind.removeprefix(STORED).removesuffix(">")
    else:
        value = text
    if kind.startswith(LISTS):
        value = [part.strip() for part in value.split(",")] if value else []
    return Parameter(name, text, value, secret, resolved)


def _check(name: str, declaration: Mapping[str, Any], kind: str, text: str) -> None:
    known = kind in SCALARS or kind.startswith(("AWS::", "List<AWS::"))
    if not known:
        raise invalid(f"Template format error: Unrecognized parameter type: {kind}")
    items = text.split(",") if kind.startswith(LISTS) else [text]
    if "Number" in kind:
        for item in items:
            _check_number(name, declaration, item.strip())
    allowed = declaration.get("AllowedValues")
    if allowed is not None:
        fine = [as_text(each) for each in allowed]
        for item in items:
            if item.strip() not in fine and item not in fine:
                raise _refused(
                    name, declaration, f"must be one of AllowedValues: [{', '.join(fine)}]"
                )
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not all(_matches(pattern, item) for item in items):
        raise _refused(name, declaration, f"must match pattern {pattern}")
    if kind == "String":
        least, most = declaration.get("MinLength"), declaration.get("MaxLength")
        if least is not None and len(text) < int(least):
            raise _refused(name, declaration, f"must contain at least {least} characters")
        if most is not None and len(text) > int(most):
            raise _refused(name, declaration, f"must contain at most {most} characters")


def _matches(pattern: str, item: str) -> bool:
    import regex  # noqa: PLC0415 - it takes longer to import than all of this room

    try:
        return regex.fullmatch(pattern, item, timeout=MATCH_S) is not None
    except TimeoutError:
        raise invalid(f"The pattern {pattern} takes too long to match.") from None
    except regex.error as error:
        raise invalid(f"Template format error: {pattern} is no pattern: {error}") from error


def _check_number(name: str, declaration: Mapping[str, Any], item: str) -> None:
    try:
        number = float(item)
    except ValueError:
        raise invalid(f"Parameter '{name}' must be a number.") from None
    low, high = declaration.get("MinValue"), declaration.get("MaxValue")
    if low is not None and number < float(low):
        raise _refused(name, declaration, f"must be a number not less than {low}")
    if high is not None and number > float(high):
        raise _refused(name, declaration, f"must be a number not greater than {high}")


def _refused(name: str, declaration: Mapping[str, Any], what: str) -> Exception:
    own = declaration.get("ConstraintDescription")
    if own:
        return invalid(f"Parameter {name} failed to satisfy constraint: {own}")
    return invalid(f"Parameter '{name}' {what}")


def as_text(value: Any) -> str:
    """A value as a parameter is sent: truths in small letters, lists with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return str(value)
