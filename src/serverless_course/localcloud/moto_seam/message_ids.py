"""Ids that SQS and SNS take alike: of a batch's entries, of groups, and for deduplication.

Source: SQS and SNS API References, SendMessageBatch and PublishBatch (read 2026-11).
"""

from __future__ import annotations

import re
import string

ENTRY_ID = re.compile(r"[\w-]{1,80}", re.ASCII)
_ID = re.compile(f"[a-zA-Z0-9{re.escape(string.punctuation)}]{{1,128}}")


def id_problem(name: str, value: str) -> str:
    """What is wrong with an id of a group or for deduplication; empty for nothing."""
    if _ID.fullmatch(value):
        return ""
    return f"{name} can only include alphanumeric and punctuation characters. 1 to 128 in length."
