"""What policies would decide of an action, statement by statement: IAM's policy simulator. Pure.

Source: IAM API Reference, SimulatePrincipalPolicy, SimulateCustomPolicy and EvaluationResult (read
2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .conditions import like, substituted
from .policies import Statement, statements
from .policy_positions import statement_spans

ALLOWED, DENIED, NOT_ALLOWED = "allowed", "explicitDeny", "implicitDeny"
# The most restrictive first.
DECISIONS = (DENIED, NOT_ALLOWED, ALLOWED)
_VARIABLE = re.compile(r"\$\{([^${},]+)(,[^${}]*)?\}")


@dataclass(frozen=True)
class Source:
    """A policy of a simulation: ``id`` and ``kind`` are what a matched statement tells of it."""

    id: str
    kind: str
    document: str


@dataclass(frozen=True)
class Matched:
    """A statement that decided: the policy that it is of, and its number there from 0."""

    source: Source
    number: int

    def told(self) -> dict[str, Any]:
        """As an answer has it."""
        span = statement_spans(self.source.document)[self.number]
        return {
            "SourcePolicyId": self.source.id,
            "SourcePolicyType": self.source.kind,
            "StartPosition": {"Line": span.start.line, "Column": span.start.column},
            "EndPosition": {"Line": span.end.line, "Column": span.end.column},
        }


@dataclass(frozen=True)
class Outcome:
    """What is decided of an action on one resource.

    ``missing``: context keys that the policies ask for and nobody gave. ``within_boundary``: None
    without a permissions boundary.
    """

    resource: str
    decision: str
    matched: tuple[Matched, ...]
    missing: tuple[str, ...]
    within_boundary: bool | None


@dataclass(frozen=True)
class Simulation:
    """The policies that count. ``boundary`` is None where there is none; ``resource_policy`` is the
    policy of each resource, and ``callers`` are the names that its Principal may call the caller.
    """

    identity: tuple[Source, ...]
    boundary: tuple[Source, ...] | None
    resource_policy: Source | None
    callers: tuple[str, ...]
    context: Mapping[str, str | list[str]]

    def decide(self, action: str, resource: str) -> Outcome:
        """What is decided of an action, such as ``s3:GetObject``, on an ARN or ``*``."""
        of_resource = (self.resource_policy,) if self.resource_policy else ()
        granting = [
            *self._matching(self.identity, action, resource),
            *(
                each
                for each in self._matching(of_resource, action, resource)
                if _statement(each).names("AWS", self.callers)
            ),
        ]
        limiting = self._matching(self.boundary or (), action, resource)
        denying = [each for each in (*granting, *limiting) if not _statement(each).allows]
        allowing = [each for each in granting if _statement(each).allows]
        within = None
        if self.boundary is not None:
            within = bool(limiting) and all(_statement(each).allows for each in limiting)
        if denying:
            decision, matched = DENIED, denying
        elif allowing and within is not False:
            decision, matched = ALLOWED, allowing
        else:
            decision, matched = NOT_ALLOWED, []
        sources = (*self.identity, *of_resource, *(self.boundary or ()))
        missing = self._missing(sources, action, resource)
        return Outcome(resource, decision, tuple(matched), missing, within)

    def _matching(self, sources: Iterable[Source], action: str, resource: str) -> list[Matched]:
        return [
            Matched(source, number)
            for source in sources
            for number, each in enumerate(statements(source.document))
            if each.matches(action, resource, self.context)
        ]

    def _missing(self, sources: Iterable[Source], action: str, resource: str) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for source in sources:
            for each in statements(source.document):
                if self._speaks_of(each, action, resource):
                    for key in keys_of(each):
                        if key.lower() not in self.context:
                            found.setdefault(key.lower(), key)
        return tuple(found.values())

    def _speaks_of(self, statement: Statement, action: str, resource: str) -> bool:
        """Whether a statement would match if its condition held and its variables were known."""
        lowered = action.lower()
        if any(like(each, lowered) for each in statement.actions) == statement.not_actions:
            return False
        patterns = [
            _VARIABLE.sub("*", substituted(each, self.context)) for each in statement.resources
        ]
        found = any(like(each, resource) for each in patterns)
        return found != statement.not_resources


def keys_of(statement: Statement) -> list[str]:
    """The context keys that a statement asks for, in its spelling."""
    keys = [key for operator in statement.condition.values() for key in operator]
    texts = [*statement.resources, *_texts(statement.condition)]
    return keys + [match[1].strip() for text in texts for match in _VARIABLE.finditer(text)]


def _texts(condition: Mapping[str, Any]) -> list[str]:
    values = [value for operator in condition.values() for value in operator.values()]
    listed = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return [each for each in listed if isinstance(each, str)]


def _statement(matched: Matched) -> Statement:
    return statements(matched.source.document)[matched.number]


def result(action: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """An EvaluationResult of one action on its resources; of ``*`` alone without a list of them."""
    decision = min((each.decision for each in outcomes), key=DECISIONS.index)
    deciding = [each for each in outcomes if each.decision == decision]
    told: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": outcomes[0].resource if len(outcomes) == 1 else "*",
        "EvalDecision": decision,
        "MatchedStatements": _without_doubles(deciding),
        "MissingContextValues": list(
            dict.fromkeys(key for each in outcomes for key in each.missing)
        ),
    }
    within = [each.within_boundary for each in outcomes if each.within_boundary is not None]
    if within:
        told["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": all(within)}
    if outcomes[0].resource != "*":
        told["ResourceSpecificResults"] = [_of_resource(each) for each in outcomes]
    return told


def _of_resource(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {
        "EvalResourceName": outcome.resource,
        "EvalResourceDecision": outcome.decision,
        "MatchedStatements": [each.told() for each in outcome.matched],
        "MissingContextValues": list(outcome.missing),
    }
    if outcome.within_boundary is not None:
        detail = {"AllowedByPermissionsBoundary": outcome.within_boundary}
        told["PermissionsBoundaryDecisionDetail"] = detail
    return told


def _without_doubles(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    found = dict.fromkeys(each for outcome in outcomes for each in outcome.matched)
    return [each.told() for each in found]
