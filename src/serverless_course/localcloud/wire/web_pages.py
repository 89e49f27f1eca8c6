"""Pages of other sites that send requests to this machine.

Source: W3C, "Fetch Metadata Request Headers" (read 2026-11). Somebody who follows a link is no
page; a program that sends an Origin without these headers is none either.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from .http import Request

OWN = ("none", "same-origin")


def is_foreign_page(request: Request, is_opened_to: Callable[[str], bool]) -> bool:
    """Whether a page of another site sends this, and nobody has opened its target to that.

    ``is_opened_to`` says so of the page's origin.
    """
    if request.header("sec-fetch-site", "none") in OWN:
        return False
    origin = request.header("origin")
    if not origin and request.method == "GET":
        return request.header("sec-fetch-mode") != "navigate"
    if is_opened_to(origin):
        return False
    try:
        name = urlsplit(origin).hostname or ""
    except ValueError:
        return True
    return not (name in ("127.0.0.1", "localhost") or name.endswith(".localhost"))
