"""Subscriptions that their endpoints have to confirm: web and e-mail addresses.

Source: SNS API Reference, Subscribe and ConfirmSubscription, and SNS Developer Guide, "Parsing
Amazon SNS message formats" (read 2026-11); what is shown until then, and the refusals of tokens, as
recorded from AWS (localstack, test_list_subscriptions_by_topic_pagination and
test_sns_confirm_subscription_wrong_token, 2025). A web address gets its token in a
SubscriptionConfirmation; no e-mail is sent here, so e-mail addresses stay pending.
"""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any

from .seam import replace
from .topic_messages import body_of, confirmation
from .topic_refusals import invalid

CONFIRMED_BY_ENDPOINT = frozenset({"email", "email-json", "http", "https"})
WEB = frozenset({"http", "https"})
LISTED, ANSWERED = "PendingConfirmation", "pending confirmation"
TOKEN_BYTES = 112
_TOKEN = re.compile(r"[0-9a-f]+")
PAGE = 100


def install() -> None:
    """Put confirmations into moto. Once for a process is enough."""
    from moto.sns.models import SNSBackend  # noqa: PLC0415 - moto loads late
    from moto.sns.responses import SNSResponse  # noqa: PLC0415

    replace(SNSBackend, "_get_values_nexttoken", lambda _: _page)
    replace(SNSResponse, "confirm_subscription", lambda _: _confirm)
    for name in ("list_subscriptions", "list_subscriptions_by_topic"):
        replace(SNSResponse, name, _listing)


def is_pending(subscription: Any) -> bool:
    """Whether an endpoint has not confirmed its subscription, so that it gets nothing."""
    return bool(subscription.__dict__.get("token"))


def begin(subscription: Any) -> None:
    """Ask the endpoint of a new subscription to confirm it."""
    subscription.token = secrets.token_hex(TOKEN_BYTES)
    _note(subscription, pending=True)
    if subscription.protocol in WEB:
        import moto.sns.models  # noqa: PLC0415 - moto loads late

        told = confirmation(subscription, subscription.token)
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "x-amz-sns-message-type": told["Type"],
            "x-amz-sns-message-id": told["MessageId"],
            "x-amz-sns-topic-arn": told["TopicArn"],
        }
        web: Any = vars(moto.sns.models)["requests"]
        web.post(subscription.endpoint, data=body_of(told).encode(), headers=headers)


def _note(subscription: Any, *, pending: bool) -> None:
    subscription.attributes["PendingConfirmation"] = pending
    subscription.attributes["ConfirmationWasAuthenticated"] = not pending


def _confirm(response: Any) -> Any:
    from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late
    from moto.sns.exceptions import SNSInvalidParameter  # noqa: PLC0415

    arn, token = response._get_param("TopicArn"), str(response._get_param("Token"))
    if not _TOKEN.fullmatch(token):
        raise SNSInvalidParameter("Invalid token")
    for each in list(response.backend.subscriptions.values()):
        if token in (each.__dict__.get("token"), each.__dict__.get("used_token")):
            if each.topic.arn != arn:
                break
            each.token, each.used_token = "", token
            _note(each, pending=False)
            return ActionResult({"SubscriptionArn": each.arn})
    raise invalid("Token")


def _listing(known: Any) -> Any:
    def listed(response: Any) -> Any:
        answer = known(response)
        answer.result["Subscriptions"] = [
            {
                "SubscriptionArn": LISTED if is_pending(each) else each.arn,
                "Owner": each.owner,
                "Protocol": each.protocol,
                "Endpoint": each.endpoint,
                "TopicArn": str(each.topic.arn),
            }
            for each in answer.result["Subscriptions"]
        ]
        return answer

    return listed


def _page(_: Any, values_map: Any, next_token: str | None = None) -> tuple[list[Any], str | None]:
    """A page of what there is, and the token of the next one: Base64, as AWS's."""
    start = 0
    if next_token:
        try:
            start = int(base64.b64decode(next_token, validate=True))
        except ValueError as error:
            raise invalid("NextToken") from error
    values = list(values_map.values())
    end = start + PAGE
    token = base64.b64encode(str(end).encode()).decode() if end < len(values) else None
    return values[start:end], token
