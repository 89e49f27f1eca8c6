"""How SQS refuses a parameter."""

from __future__ import annotations


def refused(message: str, code: str = "InvalidParameterValue") -> Exception:
    """SQS's refusal of a parameter."""
    from moto.sqs.exceptions import SQSException  # noqa: PLC0415 - moto loads late

    return SQSException(code, message)


def bad_value(value: object, parameter: str, reason: str) -> Exception:
    """A refusal in SQS's words for a parameter's value; ``reason`` ends with a full stop."""
    return refused(bad_value_text(value, parameter, reason))


def bad_value_text(value: object, parameter: str, reason: str) -> str:
    """The words of `bad_value`, for an entry of a batch that fails alone."""
    return f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"
