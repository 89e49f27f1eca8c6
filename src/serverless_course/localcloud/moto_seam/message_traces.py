"""AWSTraceHeader: a message carries on the trace of the call that sent it.

Source: Amazon SQS Developer Guide, "Message system attributes"; Lambda, "recursive loop
detection" (read 2026-11).
"""

from __future__ import annotations

import inspect
from typing import Any

from .current import current
from .seam import replace

HEADER = "AWSTraceHeader"


def install() -> None:
    """Let SQS keep the trace header of whoever sends, directly or through SNS, S3, EventBridge."""
    from moto.sqs.models import SQSBackend  # noqa: PLC0415 - moto loads late

    def make(known: Any) -> Any:
        signature = inspect.signature(known)

        def send_message(*given: Any, **named: Any) -> Any:
            # Before the message is in the queue: somebody may be waiting for it there.
            call = signature.bind(*given, **named)
            own = call.arguments.get("system_attributes") or {}
            if current().trace and HEADER not in own:
                carried = {"DataType": "String", "StringValue": current().trace}
                call.arguments["system_attributes"] = {**own, HEADER: carried}
            return known(*call.args, **call.kwargs)

        return send_message

    replace(SQSBackend, "send_message", make)
