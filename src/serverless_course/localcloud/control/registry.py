"""What Lambda remembers: functions with their versions, layers, and how a name finds them.

Everything here lives on the server's event loop; there are no locks. Members of a function's
configuration are kept as botocore's ``FunctionConfiguration`` names them.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from ..errors import ServiceError
from ..function_version import FunctionVersion, parse_reference

LATEST = "$LATEST"
QUALIFIER_MISMATCH = (
    "The derived qualifier from the function name does not match the specified qualifier."
)


@dataclass
class Configuration:
    """One version of a function: what the API shows of it, and what environments run.

    ``members`` are those of FunctionConfiguration. ``serving`` is what Invoke uses now: while an
    update is in progress, still what was there before it.
    """

    members: dict[str, Any]
    code_key: str
    zip_bytes: bytes
    layer_keys: tuple[str, ...] = ()
    serving: FunctionVersion | None = None

    @property
    def version(self) -> str:
        return str(self.members["Version"])

    def published(self, version: str, **changes: Any) -> Configuration:
        """A copy that stands for a published version."""
        members = copy.deepcopy(self.members)
        arn = members["FunctionArn"].removesuffix(f":{LATEST}")
        members |= {"Version": version, "FunctionArn": f"{arn}:{version}", **changes}
        return Configuration(members, self.code_key, self.zip_bytes, self.layer_keys)


@dataclass
class Alias:
    """A name for a version, with a share of the calls sent to another (``weights``)."""

    name: str
    version: str
    description: str
    weights: dict[str, float]
    revision_id: str


@dataclass
class FunctionRecord:
    """All that is known of one function."""

    name: str
    region: str
    arn: str
    latest: Configuration
    versions: dict[str, Configuration] = field(default_factory=dict)
    last_version: int = 0
    aliases: dict[str, Alias] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    reserved: int | None = None
    provisioned: dict[str, dict[str, Any]] = field(default_factory=dict)
    event_invoke: dict[str, dict[str, Any]] = field(default_factory=dict)
    urls: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str | None, dict[str, Any]] = field(default_factory=dict)
    recursive_loop: str = "Terminate"
    runtime_management: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def newest(self) -> Configuration | None:
        """The version published last that still exists."""
        return self.versions[max(self.versions, key=int)] if self.versions else None

    def configuration(self, qualifier: str | None) -> Configuration | None:
        """The configuration behind a version number, an alias or ``$LATEST``; None if missing."""
        if qualifier in (None, LATEST):
            return self.latest
        alias = self.aliases.get(str(qualifier))
        return self.versions.get(alias.version if alias else str(qualifier))

    def has(self, qualifier: str | None) -> bool:
        """Whether that version or alias exists."""
        return self.configuration(qualifier) is not None

    def qualified_arn(self, qualifier: str | None) -> str:
        """The ARN with the qualifier, or the plain ARN without one."""
        return self.arn if qualifier is None else f"{self.arn}:{qualifier}"


@dataclass
class Layer:
    """A layer and its versions: members of LayerVersion, and each version's code."""

    name: str
    arn: str
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    code_keys: dict[int, str] = field(default_factory=dict)
    zip_bytes: dict[int, bytes] = field(default_factory=dict)
    policies: dict[int, dict[str, Any]] = field(default_factory=dict)
    last_version: int = 0


@dataclass(frozen=True)
class Found:
    """A function as a caller named it. ``qualifier`` is None for a plain name."""

    record: FunctionRecord
    qualifier: str | None

    @property
    def configuration(self) -> Configuration:
        configuration = self.record.configuration(self.qualifier)
        assert configuration is not None
        return configuration

    @property
    def arn(self) -> str:
        """The ARN by which it was named."""
        return self.record.qualified_arn(self.qualifier)


@dataclass
class Region:
    """Lambda in one region: functions, layers, event source mappings by their UUID."""

    name: str
    functions: dict[str, FunctionRecord] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)


class Registry:
    """Lambda's memory over all regions of one account."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self._regions: dict[str, Region] = {}

    def region(self, name: str) -> Region:
        """Lambda in a region."""
        if name not in self._regions:
            self._regions[name] = Region(name)
        return self._regions[name]

    def regions(self) -> list[Region]:
        """Every region in which something was made."""
        return list(self._regions.values())

    def function_arn(self, region: str, name: str) -> str:
        """The plain ARN of a function."""
        return f"arn:aws:lambda:{region}:{self.account_id}:function:{name}"

    def named(self, region: str, text: str, qualifier: str | None = None) -> tuple[str, str | None]:
        """The plain name and the qualifier in a FunctionName parameter, in any of its forms.

        Raises `ServiceError` in AWS's words for what is no name, names another region, or
        contradicts ``qualifier``.
        """
        reference = parse_reference(text)
        if reference is None:
            raise ServiceError(
                "ValidationException",
                f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy "
                "constraint: Member must satisfy regular expression pattern: "
                r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
                r"(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
            )
        if reference.region not in (None, region):
            raise ServiceError(
                "ResourceNotFoundException",
                f"Functions from '{reference.region}' are not reachable in this region "
                f"('{region}')",
                404,
            )
        if reference.account not in (None, self.account_id):
            raise ServiceError(
                "AccessDeniedException",
                f"Functions of account {reference.account} are not reachable from account "
                f"{self.account_id}.",
                403,
            )
        if None not in (qualifier, reference.qualifier) and qualifier != reference.qualifier:
            raise ServiceError("InvalidParameterValueException", QUALIFIER_MISMATCH)
        return reference.name, qualifier or reference.qualifier

    def function(self, region: str, text: str) -> FunctionRecord:
        """The function of that name, without regard to a qualifier.

        Raises ResourceNotFoundException (404).
        """
        return self.find(region, text, any_qualifier=True).record

    def find(
        self, region: str, text: str, qualifier: str | None = None, *, any_qualifier: bool = False
    ) -> Found:
        """The function, version or alias that a caller names.

        Raises `ServiceError`: ResourceNotFoundException (404) with the ARN that was looked for.
        """
        name, wanted = self.named(region, text, qualifier)
        record = self.region(region).functions.get(name)
        if record is None or not (any_qualifier or record.has(wanted)):
            arn = self.function_arn(region, name)
            raise function_not_found(arn if wanted is None else f"{arn}:{wanted}")
        return Found(record, wanted)


def function_not_found(arn: str) -> ServiceError:
    """AWS's answer when there is no such function, version or alias."""
    return ServiceError(
        "ResourceNotFoundException",
        f"Function not found: {arn}",
        404,
        fields={"Type": "User"},
    )
