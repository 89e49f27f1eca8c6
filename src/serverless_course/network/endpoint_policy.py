"""What an endpoint's policy says, as far as it can be told from the policy alone.

Sources: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies": without
a policy all is allowed; a policy does not replace those of identities and resources. What it
refuses is answered with AccessDenied: it is not dropped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Opinion:
    """What was found in a policy.

    Attributes:
        refused: whether it refuses the action.
        words: one sentence, which says what was not evaluated.
    """

    refused: bool
    words: str


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _speaks_of(statement: Statement, action: str) -> bool:
    """Whether a statement is about the action. IAM compares without regard to case."""
    wanted = action.lower()
    if "NotAction" in statement:
        return not any(fnmatchcase(wanted, str(p).lower()) for p in _list(statement["NotAction"]))
    return any(fnmatchcase(wanted, str(p).lower()) for p in _list(statement.get("Action")))


def _for_all(statement: Statement) -> bool:
    """Whether a statement holds for every principal and resource, without a condition."""
    return (
        statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and _list(statement.get("Resource")) == ["*"]
        and not statement.get("Condition")
    )


def opinion(policy: str | None, service: str, action: str | None) -> Opinion:
    """What a policy says to an action.

    Args:
        policy: the endpoint's PolicyDocument, or None.
        service: prefix of the service's IAM actions; used when no action is given.
        action: the IAM action; without it the question is whether anything at all is allowed.

    Conditions, and principals and resources other than ``*``, are not evaluated: a Deny that has
    them does not count as one, an Allow that has them counts as one; the words say so.
    """
    if not policy:
        return Opinion(False, "It has no policy of its own, so it allows everything.")
    try:
        statements = _list(json.loads(policy).get("Statement"))
    except (ValueError, AttributeError):
        return Opinion(False, "Its policy could not be read, so it was not evaluated.")
    about = [each for each in statements if action is None or _speaks_of(each, action)]
    allows = [each for each in about if each.get("Effect") == "Allow"]
    denies = [each for each in about if each.get("Effect") == "Deny"]
    if not action:
        denies = [each for each in denies if _speaks_of(each, f"{service}:*")]
    asked = action or f"any {service} action"
    if any(_for_all(each) for each in denies):
        return Opinion(True, f"Its policy denies {asked}.")
    if not allows:
        return Opinion(True, f"No statement of its policy allows {asked}.")
    limited = denies or not any(_for_all(each) for each in allows)
    rest = " Its principals, resources and conditions were not evaluated." if limited else ""
    return Opinion(False, f"Its policy has a statement that allows {asked}.{rest}")
