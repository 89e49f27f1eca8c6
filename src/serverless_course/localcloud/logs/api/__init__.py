"""The operations of CloudWatch Logs that read logs: searching, listing, querying.

moto keeps groups, streams, events, tags, retention and filters, and answers every other operation.
"""

from .api import LogsApi

__all__ = ["LogsApi"]
