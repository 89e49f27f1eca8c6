"""Who signed a request: the account's administrator, an IAM user, or a session of a role."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..wire.signature import Credential

USER = "User"
ASSUMED_ROLE = "AssumedRole"


@dataclass(frozen=True)
class Principal:
    """A caller, with AWS's names for what identifies it.

    ``arn`` is what GetCallerIdentity shows; ``role_arn`` the assumed role's; ``expires_at``
    seconds since the epoch; ``source_function_arn`` the function whose environment holds these
    credentials; ``session_policy`` and ``session_policy_arns`` what AssumeRole was given to narrow
    the session.
    """

    credential: Credential
    kind: str
    arn: str
    user_id: str
    name: str
    role_arn: str = ""
    session_policy: str = ""
    expires_at: float | None = None
    source_function_arn: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    session_policy_arns: tuple[str, ...] = ()

    @property
    def expired(self) -> bool:
        """Whether temporary credentials have run out."""
        return self.expires_at is not None and self.expires_at < time.time()

    @property
    def identities(self) -> tuple[str, ...]:
        """The ARNs by which a policy's Principal element may name it, the most exact first."""
        return (self.arn, self.role_arn) if self.role_arn else (self.arn,)


@dataclass(frozen=True)
class Policies:
    """The policy documents that count for a principal. None: there is no such limit."""

    identity: tuple[str, ...]
    boundary: tuple[str, ...] | None = None
    session: tuple[str, ...] | None = None
