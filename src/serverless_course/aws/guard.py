"""The guard in front of a real account: nothing is made before its owner has named it."""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

ACCOUNT_VARIABLE = "COURSE_ACCOUNT_ID"


class AccountNotConfirmed(RuntimeError):
    """The account named by the learner is not the one that the credentials belong to."""


def confirm_account(session: Any, named: str | None) -> str:
    """Make sure that the learner means the account that the credentials open.

    Args:
        session: a ``boto3.Session`` with the learner's credentials. Only ``sts
            GetCallerIdentity`` is called, which needs no permission and costs nothing.
        named: the account id that the learner wrote down, 12 digits; hyphens are allowed.

    Returns:
        The account id.

    Raises:
        AccountNotConfirmed: no account named, another account, or no valid credentials.
    """
    try:
        account = str(session.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise AccountNotConfirmed(
            "AWS could not tell whose credentials these are, so nothing was created. Sign in "
            "first (for example 'aws sso login' or 'aws configure') and run this cell again. "
            f"To go on without an account, unset COURSE_TARGET. AWS said: {error}"
        ) from error
    masked = f"{'*' * 8}{account[-4:]}"
    if not named:
        raise AccountNotConfirmed(
            f"COURSE_TARGET=aws, and the credentials belong to account {masked}. Nothing was "
            f"created. If that is the account to use, set {ACCOUNT_VARIABLE} to its 12 digits "
            "and run this cell again."
        )
    if re.sub(r"[\s-]", "", named) != account:
        raise AccountNotConfirmed(
            f"{ACCOUNT_VARIABLE} is {named}, but the credentials belong to account {masked}. "
            "Nothing was created. Change one of the two so that they agree: the account id, or "
            "the profile (AWS_PROFILE) you signed in with."
        )
    return account
