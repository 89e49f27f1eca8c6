"""AWS Key Management Service."""

from __future__ import annotations

from .offer import Offer, because, names

KMS = Offer(
    "kms",
    "AWS Key Management Service",
    moto=names(
        """
        CancelKeyDeletion CreateAlias CreateKey Decrypt DeleteAlias DescribeKey DisableKey EnableKey
        Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom
        GetKeyPolicy GetPublicKey ListAliases ListKeyPolicies ListKeys ListResourceTags PutKeyPolicy
        ReEncrypt ScheduleKeyDeletion Sign TagResource UntagResource UpdateAlias
        UpdateKeyDescription Verify VerifyMac
        """
    ),
    partly={
        "PutKeyPolicy": "keeps the policy of a key; only identity-based policies are evaluated",
        "ScheduleKeyDeletion": "disables the key; it is never deleted",
    },
    why={
        **because(
            "Nothing evaluates grants here: use identity-based policies.",
            "CreateGrant ListGrants ListRetirableGrants RetireGrant RevokeGrant",
        ),
        **because(
            "Its keys do not rotate.",
            """
            DisableKeyRotation EnableKeyRotation GetKeyRotationStatus ListKeyRotations
            RotateKeyOnDemand
            """,
        ),
    },
)
