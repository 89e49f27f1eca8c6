"""X-Ray: traces, their summaries, the service graph, sampling. moto's X-Ray is not used."""

from __future__ import annotations

from .documents import Unprocessed
from .sampler import Sampler
from .service import TRACES_PATH, XRay

__all__ = ["TRACES_PATH", "Sampler", "Unprocessed", "XRay"]
