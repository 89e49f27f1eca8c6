"""EventBridge in moto: the event that a rule hands to its targets."""

from __future__ import annotations

# All members that an event has (EventBridge User Guide, "AWS service event metadata", read
# 2026-11), in that order; moto's own template leaves out the account.
EVENT = (
    '{"version": "0", "id": "<id>", "detail-type": "<detail-type>", "source": "<source>", '
    '"account": "<account>", "time": <time>, "region": "<region>", "resources": <resources>, '
    '"detail": <detail>}'
)


def complete_events() -> None:
    """Let events carry the account, as AWS's do."""
    from moto.events.utils import EventTemplateParser  # noqa: PLC0415 - moto loads late

    EventTemplateParser.DEFAULT_EVENT_INPUT_TEMPLATE = EVENT
