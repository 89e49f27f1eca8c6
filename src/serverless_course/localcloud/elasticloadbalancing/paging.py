"""Pages of a list.

Source: Elastic Load Balancing API reference, PageSize and Marker (read 2026-11): 400 at most.
"""

from __future__ import annotations

from typing import Any

from .balancer import Members
from .balancing import Call
from .refusals import invalid

MOST = 400


def page(name: str, found: list[Any], call: Call) -> Members:
    """The page that a call asks for. Raises `ServiceError` for a marker that is none."""
    marker = call.get("Marker") or "0"
    if not marker.isascii() or not marker.isdigit() or len(marker) > 9:
        raise invalid(f"The marker '{marker}' is not valid")
    first, most = int(marker), call.get("PageSize") or MOST
    rest = {"NextMarker": str(first + most)} if first + most < len(found) else {}
    return {name: found[first : first + most], **rest}
