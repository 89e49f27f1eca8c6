"""Active tracing of SNS topics: a segment for each message that a traced publisher sends.

With ``TracingConfig`` Active, SNS sends a segment "if the sampled flag in the tracing header is
true" (AWS CDK API reference, TracingConfig); with PassThrough, the default, the header goes on as
it came. SNS needs leave in a resource policy of X-Ray's: xray:PutTraceSegments for the principal
sns.amazonaws.com (AWS X-Ray Developer Guide, "Amazon SNS and AWS X-Ray", read 2026-11). The
document's form is not documented: there is one segment, from the request until the message is
handed over to every subscription.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..iam.account import ACCOUNT_ID
from ..iam.policies import statements
from ..lambda_.tracing.header import TraceHeader, new_id
from .current import answering, current
from .seam import replace
from .topic_delivery import publish_to
from .topic_rules import shown_topic

SERVICE = "sns.amazonaws.com"
ACTION = "xray:PutTraceSegments"
MODES = ("Active", "PassThrough")
# Region, documents: X-Ray's store.
Put = Callable[[str, Sequence[str]], object]
# The documents of a region's resource policies.
Policies = Callable[[str], Iterable[str]]


class TopicTraces:
    """Traces what is published. Called on the worker threads that answer requests."""

    def __init__(self, put: Put, policies: Policies) -> None:
        self._put = put
        self._policies = policies

    def install(self) -> None:
        """Let moto's topics keep and show their mode, and send segments."""
        from moto.sns.models import SNSBackend, Topic  # noqa: PLC0415 - moto loads late
        from moto.sns.responses import SNSResponse  # noqa: PLC0415

        replace(Topic, "publish", self._publishing)
        replace(SNSResponse, "get_topic_attributes", _showing)
        replace(SNSBackend, "set_topic_attribute", _setting)
        replace(SNSBackend, "create_topic", _creating)

    def allowed(self, topic_arn: str) -> bool:
        """Whether X-Ray's resource policies let SNS send segments for a topic."""
        region = topic_arn.split(":")[3]
        context = {"aws:sourceaccount": ACCOUNT_ID, "aws:sourcearn": topic_arn}
        found = [
            statement.allows
            for document in self._policies(region)
            for statement in statements(document)
            if statement.names("Service", [SERVICE]) and statement.matches(ACTION, "*", context)
        ]
        return bool(found) and all(found)

    def _publishing(self, _: Any) -> Any:
        known = publish_to

        def publish(topic: Any, *given: Any, **named: Any) -> Any:
            header = TraceHeader.parse(current().trace)
            active = getattr(topic, "tracing_config", "") == "Active"
            if not (active and header.root and header.sampled and self.allowed(topic.arn)):
                return known(topic, *given, **named)
            segment_id, began = new_id(), time.time()
            passed_on = header.text(segment_id, sampled=True)
            with answering(dataclasses.replace(current(), trace=passed_on)):
                answer = known(topic, *given, **named)
            document = {
                "id": segment_id,
                "name": topic.name,
                "start_time": began,
                "end_time": time.time(),
                "trace_id": header.root,
                "origin": "AWS::SNS",
                "resource_arn": topic.arn,
                "http": {"response": {"status": 200}},
                "aws": {"operation": "Publish", "topic_arn": topic.arn},
            }
            if header.parent:
                document["parent_id"] = header.parent
            self._put(topic.arn.split(":")[3], [json.dumps(document)])
            return answer

        return publish


def _showing(known: Any) -> Any:
    def get_topic_attributes(self: Any) -> Any:
        found = known(self)
        topic = self.backend.get_topic(self._get_param("TopicArn"))
        found.result["Attributes"] = shown_topic(topic, found.result["Attributes"])
        mode = getattr(topic, "tracing_config", None)
        if mode:
            found.result["Attributes"]["TracingConfig"] = mode
        return found

    return get_topic_attributes


def _setting(known: Any) -> Any:
    def set_topic_attribute(self: Any, topic_arn: str, name: str, value: Any) -> None:
        if name == "tracing_config":
            _check(value)
        known(self, topic_arn, name, value)

    return set_topic_attribute


def _creating(known: Any) -> Any:
    def create_topic(self: Any, name: str, attributes: Any = None, tags: Any = None) -> Any:
        if attributes and "TracingConfig" in attributes:
            _check(attributes["TracingConfig"])
        return known(self, name, attributes, tags)

    return create_topic


def _check(mode: str) -> None:
    from moto.sns.exceptions import SNSInvalidParameter  # noqa: PLC0415 - moto loads late

    if mode not in MODES:
        raise SNSInvalidParameter(
            f"Invalid parameter: Attributes Reason: TracingConfig is {mode}, and must be one of "
            f"{', '.join(MODES)}"
        )
