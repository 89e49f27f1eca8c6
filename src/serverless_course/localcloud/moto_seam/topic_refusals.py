"""How SNS refuses a parameter."""

from __future__ import annotations

from typing import Any


def invalid(reason: str) -> Exception:
    """A refusal with the code InvalidParameter."""
    from moto.sns.exceptions import SNSInvalidParameter  # noqa: PLC0415 - moto loads late

    return SNSInvalidParameter(f"Invalid parameter: {reason}")


def check_arn(arn: Any, parameter: str) -> None:
    """Refuse what is no ARN, as recorded from AWS (localstack, test_publish_wrong_arn_format)."""
    parts = str(arn or "").split(":")
    if len(parts) < 6:
        raise invalid(f"{parameter} Reason: An ARN must have at least 6 elements, not {len(parts)}")
