"""One call of API Gateway's own API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .apis import Apis

Members = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """``parameters`` by botocore's names; ``apis`` is all there is of every region."""

    apis: Apis
    region: str
    parameters: Members

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default when it was left out."""
        return self.parameters.get(name, default)
