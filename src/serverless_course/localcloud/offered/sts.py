"""AWS Security Token Service."""

from __future__ import annotations

from .offer import Offer, because, names

STS = Offer(
    "sts",
    "AWS Security Token Service",
    moto=names("AssumeRole GetAccessKeyInfo GetCallerIdentity"),
    why=because(
        "Nobody can sign in through an identity provider here.",
        "AssumeRoleWithSAML AssumeRoleWithWebIdentity",
    ),
)
