"""AWS Secrets Manager."""

from __future__ import annotations

from .offer import Offer, because, names

SECRETS_MANAGER = Offer(
    "secretsmanager",
    "AWS Secrets Manager",
    ours=names("GetRandomPassword RotateSecret ValidateResourcePolicy"),
    moto=names(
        """
        BatchGetSecretValue CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret
        DescribeSecret GetResourcePolicy GetSecretValue ListSecretVersionIds
        ListSecrets PutResourcePolicy PutSecretValue RestoreSecret TagResource UntagResource
        UpdateSecret UpdateSecretVersionStage
        """
    ),
    partly={
        "CreateSecret": "encrypts nothing, whatever KmsKeyId says, and refuses AddReplicaRegions",
        "ValidateResourcePolicy": (
            "looks whether a policy is JSON and lets not everybody; the name and the words of that "
            "check are ours"
        ),
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
