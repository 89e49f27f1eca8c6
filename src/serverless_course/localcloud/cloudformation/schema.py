"""What AWS's registry says of a resource type: its properties, and what replaces a resource.

cfn-lint carries the schemas that AWS publishes (its version is in ``constraints.txt``). Only its
data is read: importing the linter takes seconds.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

REGION = "us-east-1"
_START = "/properties/"


@dataclass(frozen=True)
class Schema:
    """One type's schema. Names are those of properties at the top."""

    document: dict[str, Any]

    @property
    def writable(self) -> frozenset[str]:
        """The properties that a template may give."""
        return frozenset(self.document["properties"]) - self._named("readOnlyProperties")

    @property
    def create_only(self) -> frozenset[str]:
        """The properties whose change replaces the resource."""
        return self._named("createOnlyProperties")

    @property
    def attributes(self) -> frozenset[str]:
        """The properties that only the resource itself gives: GetAtt reads them."""
        return self._named("readOnlyProperties")

    @property
    def identifier(self) -> str:
        """The one property that tells a resource from others, which is its physical id; none when
        it takes several."""
        found = [path.removeprefix(_START) for path in self.document["primaryIdentifier"]]
        return found[0] if len(found) == 1 else ""

    def problems(self, properties: dict[str, Any]) -> list[str]:
        """What a model has that the schema does not allow, in the registry's words."""
        return list(self._problems(self.document, properties, "#"))

    def coerced(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The properties with texts and numbers of the kind that the schema asks for."""
        found: dict[str, Any] = self._coerced(self.document, properties)
        return found

    def _named(self, key: str) -> frozenset[str]:
        paths = (path.removeprefix(_START) for path in self.document.get(key, ()))
        return frozenset(path for path in paths if "/" not in path)

    def _of(self, part: dict[str, Any]) -> dict[str, Any]:
        for _ in range(8):
            reference = part.get("$ref")
            if reference is None:
                break
            part = self.document
            for step in reference.removeprefix("#/").split("/"):
                part = part[step]
        return part

    def _problems(self, part: dict[str, Any], value: Any, where: str) -> Iterator[str]:
        part = self._of(part)
        kinds = _kinds(part)
        if isinstance(value, dict) and "object" in kinds:
            known = part.get("properties")
            if known is not None and part.get("additionalProperties") is False:
                for name in value:
                    if name not in known and not part.get("patternProperties"):
                        yield f"{where}: extraneous key [{name}] is not permitted"
            for name in part.get("required", ()):
                if name not in value:
                    yield f"{where}: required key [{name}] not found"
            for name, inner in value.items():
                if known and name in known:
                    yield from self._problems(known[name], inner, f"{where}/{name}")
        elif isinstance(value, list) and "array" in kinds:
            for number, inner in enumerate(value):
                yield from self._problems(part.get("items", {}), inner, f"{where}/{number}")
        elif kinds and not _fits(kinds, value):
            what = " or ".join(kinds)
            yield f"{where}: expected type: {what.capitalize()}, found: {_kind(value)}"
        elif "enum" in part and value not in part["enum"] and len(kinds) == 1:
            yield f"{where}: {value} is not a valid enum value"

    def _coerced(self, part: dict[str, Any], value: Any) -> Any:
        part = self._of(part)
        if isinstance(value, dict):
            known = part.get("properties", {})
            return {name: self._coerced(known.get(name, {}), each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._coerced(part.get("items", {}), each) for each in value]
        kinds = _kinds(part)
        if isinstance(value, str) and "string" not in kinds:
            return _from_text(kinds, value)
        if "string" in kinds and len(kinds) == 1 and not isinstance(value, str):
            return _as_text(value)
        return value


@lru_cache(maxsize=256)
def schema_of(resource_type: str) -> Schema | None:
    """The schema of a type; None for one that AWS's registry does not have."""
    name = _names().get(resource_type)
    if name is None:
        return None
    path = _folder() / "resources" / f"{name}.json"
    return Schema(json.loads(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    file = _folder() / "providers" / f"{REGION}.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def _folder() -> Path:
    found = importlib.util.find_spec("cfnlint")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "data" / "schemas"


def _kinds(part: dict[str, Any]) -> tuple[str, ...]:
    kinds = part.get("type", "object" if "properties" in part else ())
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


def _fits(kinds: tuple[str, ...], value: Any) -> bool:
    kind = _kind(value).lower()
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _kind(value: Any) -> str:
    for kinds, name in (
        (bool, "Boolean"),
        (int, "Integer"),
        (float, "Number"),
        (str, "String"),
        (list, "Array"),
        (dict, "Object"),
    ):
        if isinstance(value, kinds):
            return name
    return "Null"


def _from_text(kinds: tuple[str, ...], value: str) -> Any:
    for kind in kinds:
        try:
            if kind == "integer":
                return int(value)
            if kind == "number":
                return float(value)
        except ValueError:
            continue
        if kind == "boolean" and value.lower() in ("true", "false"):
            return value.lower() == "true"
    return value


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return value
