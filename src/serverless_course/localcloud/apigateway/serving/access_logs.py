"""Access logs: a line for each request, in a format of the owner's, to CloudWatch Logs.

Source: API Gateway Developer Guide, "Customize HTTP API access logs" and "Variables for access
logging" (read 2026-11): a variable that has no value is ``-``. The log stream's name is ours.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

from ...logs.log_event import DELIVERY, LogEvent
from ...logs.log_writer import LogWriter

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*)")
_BREAKS = re.compile(r"[\r\n]+")


@dataclass(frozen=True)
class Delivery:
    """Who writes: the service itself, in a region."""

    region: str
    role: str = DELIVERY


class AccessLogs:
    """Hands lines to the writer of log events."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer

    def write(
        self,
        settings: dict[str, Any],
        region: str,
        stream: str,
        known: dict[str, str],
        role: str = DELIVERY,
    ) -> None:
        """Write one line. ``settings`` are AccessLogSettings; ``role`` is who has to be allowed
        to, where the service does not deliver the line itself."""
        group = settings["DestinationArn"].split(":", 6)[6].removesuffix(":*")
        line = formatted(settings["Format"], known)
        event = LogEvent(int(time.time() * 1000), line + "\n")
        self._writer.send(Delivery(region, role), group, stream, [event])


def formatted(text: str, known: dict[str, str]) -> str:
    """A format with its variables filled in. A value may not begin a line of its own."""
    return _VARIABLE.sub(lambda found: _clean(known.get(found[1]) or "-"), text.strip())


def _clean(value: str) -> str:
    """A value as it stands in a line: quotation marks do not end a JSON string."""
    return _BREAKS.sub(" ", value).replace("\\", "\\\\").replace('"', '\\"')
