"""Errors in the query protocol as AWS writes them.

moto writes the message a second time, as the model's own member ``message``. AWS writes Type, Code
and Message, and SQS an empty Detail; in SQS's JSON the type of InvalidParameterValue is
InvalidParameterValueException (recorded from AWS: localstack's test_sns and test_sqs, 2023 to
2025).
"""

from __future__ import annotations

from typing import Any

from .seam import replace


def install() -> None:
    """Put the correction into moto. Once for a process is enough."""
    from moto.core.serialize import (  # noqa: PLC0415 - moto loads late
        BaseJSONSerializer,
        QuerySerializer,
    )

    def make(known: Any) -> Any:
        def serialize_error_metadata(self: Any, serialized: Any, error: Any, shape: Any) -> None:
            known(self, serialized, error, shape)
            serialized.pop("message", None)
            if not serialized.get("Message"):
                # A refusal without words has no Message (recorded, localstack's
                # test_set_alarm_invalid_input, 2023).
                serialized.pop("Message", None)
            if self.operation_model.service_model.service_name == "sqs":
                serialized["Detail"] = None

        return serialize_error_metadata

    replace(QuerySerializer, "_serialize_error_metadata", make)
    replace(BaseJSONSerializer, "_get_protocol_specific_error_code", _typed)


def _typed(known: Any) -> Any:
    def error_code(self: Any, error: Any) -> str:
        found = str(known(self, error))
        if self.operation_model.service_model.service_name != "sqs":
            return found
        return f"{found}Exception" if found.endswith("#InvalidParameterValue") else found

    return error_code
