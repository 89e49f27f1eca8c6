"""AWSTraceHeader: a message carries on the trace of the call that sent it.

Source: Amazon SQS Developer Guide, "Message system attributes"; Lambda, "recursive loop
detection" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from .current import current
from .seam import replace

HEADER = "AWSTraceHeader"


def install() -> None:
    """Let SQS keep the trace header of whoever sends, directly or through SNS, S3, EventBridge."""
    from moto.sqs.models import SQSBackend  # noqa: PLC0415 - moto loads late

    def make(known: Any) -> Any:
        def send_message(self: Any, *given: Any, **named: Any) -> Any:
            message = known(self, *given, **named)
            if current().trace and HEADER not in message.system_attributes:
                message.system_attributes = {
                    **message.system_attributes,
                    HEADER: {"DataType": "String", "StringValue": current().trace},
                }
            return message

        return send_message

    replace(SQSBackend, "send_message", make)
