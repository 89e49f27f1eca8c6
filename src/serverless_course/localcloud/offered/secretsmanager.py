"""AWS Secrets Manager."""

from __future__ import annotations

from .offer import Offer, because, names

SECRETS_MANAGER = Offer(
    "secretsmanager",
    "AWS Secrets Manager",
    ours=names("RotateSecret"),
    moto=names(
        """
        BatchGetSecretValue CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret
        DescribeSecret GetRandomPassword GetResourcePolicy GetSecretValue ListSecretVersionIds
        ListSecrets PutResourcePolicy PutSecretValue RestoreSecret TagResource UntagResource
        UpdateSecret UpdateSecretVersionStage
        """
    ),
    partly={
        "RotateSecret": "rotates when it is called; a schedule is kept and does nothing",
        "DeleteSecret": "deletes a secret after its recovery window only when it is looked for",
    },
    why=because(
        "It copies no secrets to other Regions.",
        """
        AssociateCrossAccountReplica DisassociateCrossAccountReplica RemoveRegionsFromReplication
        ReplicateSecretToRegions StopReplicationToReplica
        """,
    ),
)
