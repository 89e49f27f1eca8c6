"""One call of Lambda's API, as the operations get it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class Call:
    """One call of the API. ``caller`` is the ARN of who signed it, ``operation`` AWS's name."""

    region: str
    parameters: dict[str, Any]
    request_id: str
    caller: str = ""
    operation: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default when it was left out."""
        return self.parameters.get(name, default)
