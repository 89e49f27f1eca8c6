"""How a node is written in the API's answers: ServiceId, and the members of Service."""

from __future__ import annotations

from typing import Any

from .nodes import Node


def service_id(node: Node, account: str) -> dict[str, Any]:
    """A ServiceId: name, all names, account, type. What is not known is left out."""
    found: dict[str, Any] = {"Name": node.name, "Names": [node.name]}
    if node.is_ours:
        found["AccountId"] = account
    if node.type is not None:
        found["Type"] = node.type
    return found
