"""What is wrong, weak or dear about a network, for the functions in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from serverless_course.network.network import Network


class Severity(StrEnum):
    """How much a finding matters."""

    BREAKS = "breaks"
    """Something does not work as it stands."""
    RISK = "risk"
    """It works until something fails or grows."""
    COST = "cost"
    """It works, and could cost less."""
    NOTE = "note"
    """Worth knowing; it changes nothing today."""


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        code: a short stable name, such as ``single-zone``.
        severity: how much it matters.
        resource_ids: the ids it is about, the culprit first.
        what: one sentence: what is there.
        why: one sentence: why it matters.
        next_step: one sentence: what to do.
    """

    code: str
    severity: Severity
    resource_ids: tuple[str, ...]
    what: str
    why: str
    next_step: str


def findings(network: Network, functions: Sequence[Mapping[str, Any]] = ()) -> list[Finding]:
    """Everything found about a network and the functions in it, the gravest first.

    Args:
        network: the network.
        functions: one mapping for each function: `FunctionName`, `SubnetIds`,
            `SecurityGroupIds`, and `Ipv6AllowedForDualStack` if it is set; the members of
            VpcConfig may also stand under `VpcConfig`, as Lambda's own answers have them.

    Raises:
        UnknownResource: a LookupError, for a subnet or group of a function that is not there.
    """
    raise NotImplementedError
