"""What Lambda remembers: functions with their versions, layers, and how a name finds them.

Everything here lives on the server's event loop; there are no locks. Members of a function's
configuration are kept as botocore's ``FunctionConfiguration`` names them.
"""

from __future__ import annotations

import copy
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from ..wire.errors import ServiceError
from .function_version import FunctionVersion, parse_reference

LATEST = "$LATEST"
# What tells an alias from a version and from a name that can be neither.
_ALIAS = re.compile(r"(?!\d+$)[A-Za-z0-9-_]+")
QUALIFIER_MISMATCH = (
    "The derived qualifier from the function name does not match the specified qualifier."
)


# Members that say how far Lambda is with a version, and not what it is.
PASSING = frozenset(
    {
        *("State", "StateReason", "StateReasonCode"),
        *("LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode"),
    }
)
# Members that may differ between ``$LATEST`` and the version that was published from it.
_OF_EACH = frozenset({"Version", "FunctionArn", "RevisionId", "LastModified", *PASSING})


def revision() -> str:
    """A new revision id."""
    return str(uuid.uuid4())


@dataclass
class Configuration:
    """One version of a function: what the API shows of it, and what environments run.

    ``members`` are those of FunctionConfiguration. ``serving`` is what Invoke uses now: while an
    update is in progress, still what was there before it.
    """

    members: dict[str, Any]
    code_key: str
    layer_keys: tuple[str, ...] = ()
    serving: FunctionVersion | None = None

    @property
    def version(self) -> str:
        return str(self.members["Version"])

    @property
    def is_ready(self) -> bool:
        """Whether it is Active and no update of it is in progress."""
        state, update = self.members["State"], self.members.get("LastUpdateStatus")
        return state == "Active" and update == "Successful"

    @property
    def content(self) -> dict[str, Any]:
        """What a published version keeps: settings and code, as shown."""
        kept = {name: value for name, value in self.members.items() if name not in _OF_EACH}
        return copy.deepcopy(kept)

    def published(self, version: str, description: str, state: dict[str, str]) -> Configuration:
        """A copy that stands for a published version, in a state of its own."""
        members = {
            **self.content,
            "Version": version,
            "FunctionArn": f"{self.members['FunctionArn']}:{version}",
            "LastModified": self.members["LastModified"],
            "RevisionId": revision(),
            **state,
        }
        if description:
            members["Description"] = description
        return Configuration(members, self.code_key, self.layer_keys)

    def runnable(self, record: FunctionRecord, account_id: str) -> FunctionVersion:
        """What environments of this version are made from."""
        members = self.members
        logging_config = members["LoggingConfig"]
        vpc_config = members.get("VpcConfig") or {}
        durable = members.get("DurableConfig")
        return FunctionVersion(
            name=record.name,
            arn=record.arn,
            version=self.version,
            region=record.region,
            account_id=account_id,
            runtime=members.get("Runtime", ""),
            handler=members.get("Handler", ""),
            role=members["Role"],
            memory_mb=members["MemorySize"],
            timeout_s=members["Timeout"],
            environment=tuple(sorted(members.get("Environment", {}).get("Variables", {}).items())),
            code_key=self.code_key,
            layer_keys=self.layer_keys,
            log_group=logging_config["LogGroup"],
            log_format=logging_config["LogFormat"],
            application_log_level=logging_config.get("ApplicationLogLevel", ""),
            system_log_level=logging_config.get("SystemLogLevel", ""),
            tracing_mode=members["TracingConfig"]["Mode"],
            dead_letter_arn=(members.get("DeadLetterConfig") or {}).get("TargetArn", ""),
            subnet_ids=tuple(vpc_config.get("SubnetIds") or ()),
            group_ids=tuple(vpc_config.get("SecurityGroupIds") or ()),
            dual_stack=bool(vpc_config.get("Ipv6AllowedForDualStack")),
            tmp_mb=(members.get("EphemeralStorage") or {}).get("Size", 512),
            durable=(durable["ExecutionTimeout"], durable["RetentionPeriodInDays"])
            if durable
            else None,
        )


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
    # Addresses of aliases that were deleted.
    closed_urls: set[str] = field(default_factory=set)
    policies: dict[str | None, dict[str, Any]] = field(default_factory=dict)
    recursive_loop: str = "Terminate"
    runtime_management: dict[str, dict[str, Any]] = field(default_factory=dict)
    published_content: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Region and name: how the keys of its fleets begin."""
        return (self.region, self.name)

    @property
    def unchanged(self) -> Configuration | None:
        """The version published last, if ``$LATEST`` has not changed since and it still exists."""
        same = self.published_content == self.latest.content
        return self.versions.get(str(self.last_version)) if same else None

    @property
    def provisioned_total(self) -> int:
        """Environments that provisioned concurrency asks for, over all versions and aliases."""
        return sum(
            config["RequestedProvisionedConcurrentExecutions"]
            for config in self.provisioned.values()
        )

    @property
    def claimed(self) -> int:
        """What the function takes from the account's concurrency for itself alone.

        Provisioned concurrency counts towards the function's reservation when it has one.
        """
        return self.provisioned_total if self.reserved is None else self.reserved

    def provisioned_on(self, version: str) -> str | None:
        """The version or alias whose provisioned concurrency runs this version, if any does."""
        for qualifier in self.provisioned:
            alias = self.aliases.get(qualifier)
            if version == (alias.version if alias else qualifier):
                return qualifier
        return None

    def revision_id(self, qualifier: str | None) -> str:
        """The revision id of ``$LATEST``, a version or an alias."""
        alias = self.aliases.get(str(qualifier))
        if alias is not None:
            return alias.revision_id
        configuration = self.configuration(qualifier)
        assert configuration is not None
        return str(configuration.members["RevisionId"])

    def renew_revision(self, qualifier: str | None) -> None:
        """Something of ``$LATEST``, a version or an alias has changed: its policy, its tags."""
        alias = self.aliases.get(str(qualifier))
        configuration = self.configuration(qualifier)
        if alias is not None:
            alias.revision_id = revision()
        elif configuration is not None:
            configuration.members["RevisionId"] = revision()

    def configuration(self, qualifier: str | None) -> Configuration | None:
        """The configuration behind a version number, an alias or ``$LATEST``; None if missing."""
        if qualifier in (None, LATEST):
            return self.latest
        alias = self.aliases.get(str(qualifier))
        return self.at(alias.version if alias else str(qualifier))

    def at(self, version: str) -> Configuration | None:
        """The configuration of a version number or of ``$LATEST``; None if missing."""
        return self.latest if version == LATEST else self.versions.get(version)

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
    policies: dict[int, dict[str, Any]] = field(default_factory=dict)
    policy_revisions: dict[int, str] = field(default_factory=dict)
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
    def resource(self) -> tuple[str, str, str | None]:
        """Region, function name and qualifier: what metrics count it for."""
        return (self.record.region, self.record.name, self.qualifier)

    @property
    def arn(self) -> str:
        """The ARN by which it was named."""
        return self.record.qualified_arn(self.qualifier)


@dataclass
class Region:
    """Lambda in one region: functions, layers, event source mappings by their UUID.

    ``mapping_numbers`` counts the mappings, those that were deleted as well: lists have its order.
    """

    name: str
    functions: dict[str, FunctionRecord] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    mapping_numbers: dict[str, int] = field(default_factory=dict)


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

    def function_arn(self, region: str, name: str) -> str:
        """The plain ARN of a function."""
        return f"arn:aws:lambda:{region}:{self.account_id}:function:{name}"

    def named(self, region: str, text: str, qualifier: str | None = None) -> tuple[str, str | None]:
        """The plain name and the qualifier in a FunctionName parameter, in any of its forms.

        Raises `ServiceError` in AWS's words for what names another region or account, or
        contradicts ``qualifier``.
        """
        reference = parse_reference(text)
        if reference is None:
            # The API's own pattern lets a dot through; no function's name has one.
            raise function_not_found(self.function_arn(region, text))
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
        self,
        region: str,
        text: str,
        qualifier: str | None = None,
        *,
        any_qualifier: bool = False,
        told: str | None = None,
    ) -> Found:
        """The function, version or alias that a caller names.

        ``told`` is the qualifier in the refusal when the caller named none. Raises `ServiceError`:
        ResourceNotFoundException (404) with the ARN that was looked for.
        """
        name, wanted = self.named(region, text, qualifier)
        record = self.region(region).functions.get(name)
        if record is None or not (any_qualifier or record.has(wanted)):
            arn, missing = self.function_arn(region, name), wanted or told
            raise function_not_found(arn if missing is None else f"{arn}:{missing}")
        return Found(record, wanted)


def function_not_found(arn: str) -> ServiceError:
    """AWS's answer when there is no such function, version or alias."""
    return ServiceError(
        "ResourceNotFoundException",
        f"Function not found: {arn}",
        404,
        fields={"Type": "User"},
    )


def qualifier_not_found(arn: str, qualifier: str) -> ServiceError:
    """AWS's answer of the operations that tell a missing alias from a missing version."""
    if is_alias_name(qualifier):
        return ServiceError(
            "ResourceNotFoundException",
            f"Cannot find alias arn: {arn}:{qualifier}",
            404,
            fields={"Type": "User"},
        )
    return function_not_found(f"{arn}:{qualifier}")


def is_alias_name(qualifier: str) -> bool:
    """Whether a qualifier could be the name of an alias."""
    return _ALIAS.fullmatch(qualifier) is not None
