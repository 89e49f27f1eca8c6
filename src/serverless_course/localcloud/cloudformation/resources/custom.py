"""Custom resources: a function or a topic makes them, and answers by an address of its own.

Source: CloudFormation Template Reference, "Custom resources", "Request types", "Response objects"
(read 2026-11).
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from ..errors import ResourceFailed
from ..responses import Responses
from .base import Made, Properties, ResourceType, Work

# How long AWS waits for an answer, on its clock, where the template says nothing.
SERVICE_TIMEOUT_S = 3600
DONE = frozenset({"ServiceTimeout", "ServiceToken"})


class CustomResource(ResourceType):
    """``Custom::Anything`` and AWS::CloudFormation::CustomResource."""

    name = "AWS::CloudFormation::CustomResource"
    done = DONE
    replaces = frozenset({"ServiceToken"})

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def create(self, work: Work, given: Properties) -> Made:
        """A request of type Create."""
        answer = self._ask(work, "Create", given, {})
        return self._made(answer, answer.get("PhysicalResourceId", ""))

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """A request of type Update. Another physical id in its answer is a replacement."""
        more = {
            "PhysicalResourceId": made.physical_id,
            "OldResourceProperties": _as_text(
                {k: v for k, v in old.items() if k != "ServiceTimeout"}
            ),
        }
        answer = self._ask(work, "Update", new, more)
        return self._made(answer, answer.get("PhysicalResourceId") or made.physical_id)

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """A request of type Delete."""
        self._ask(work, "Delete", given, {"PhysicalResourceId": made.physical_id})

    @staticmethod
    def _made(answer: dict[str, Any], physical_id: str) -> Made:
        if not physical_id:
            raise ResourceFailed("Invalid PhysicalResourceId")
        data = answer.get("Data") or {}
        return Made(
            physical_id, {**{key: data[key] for key in data}, "NoEcho": answer.get("NoEcho")}
        )

    def _ask(
        self, work: Work, kind: str, given: Properties, more: dict[str, Any]
    ) -> dict[str, Any]:
        token, request_id = given["ServiceToken"], str(uuid.uuid4())
        box = self._responses.open()
        event = {
            "RequestType": kind,
            "ServiceToken": token,
            "ResponseURL": box.url,
            "StackId": work.stack.stack_id,
            "RequestId": request_id,
            "LogicalResourceId": work.logical_id,
            "ResourceType": work.type,
            "ResourceProperties": _as_text(
                {key: value for key, value in given.items() if key != "ServiceTimeout"}
            ),
            **more,
        }
        try:
            self._send(work, token, json.dumps(event))
            timeout_s = float(given.get("ServiceTimeout") or SERVICE_TIMEOUT_S)
            answer = box.wait(timeout_s, work.is_stopped)
        finally:
            box.close()
        if answer is None:
            raise ResourceFailed(
                "CloudFormation did not receive a response from your Custom Resource. Please check "
                f"your logs for requestId [{request_id}]. If you are using the Python cfn-response "
                "module, you may need to update your Lambda function code so that CloudFormation "
                "can attach the updated version."
            )
        self._check(answer, event)
        return answer

    @staticmethod
    def _send(work: Work, token: str, event: str) -> None:
        service = token.split(":")[2] if token.count(":") >= 5 else ""
        if service == "lambda":
            work.client("lambda").invoke(
                FunctionName=token, InvocationType="Event", Payload=event.encode()
            )
        elif service == "sns":
            work.client("sns").publish(
                TopicArn=token,
                Subject="AWS CloudFormation custom resource request",
                Message=event,
            )
        else:
            raise ResourceFailed(f"Invalid service token: {token}")

    @staticmethod
    def _check(answer: dict[str, Any], event: dict[str, Any]) -> None:
        for key in ("RequestId", "StackId", "LogicalResourceId"):
            if answer.get(key) != event[key]:
                raise ResourceFailed(f"Invalid Response object: {key} is not the request's.")
        if answer.get("Status") == "FAILED":
            reason = answer.get("Reason") or "Unknown reason"
            raise ResourceFailed(
                f"Received response status [FAILED] from custom resource. Message returned: "
                f"{reason} (RequestId: {event['RequestId']})"
            )
        if answer.get("Status") != "SUCCESS":
            raise ResourceFailed(
                "Invalid Response object: Value of property Status must be a valid enum value."
            )


def _as_text(value: Any) -> Any:
    """Scalars as texts: so custom resources get them."""
    if isinstance(value, dict):
        return {key: _as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) or value is None else str(value)
