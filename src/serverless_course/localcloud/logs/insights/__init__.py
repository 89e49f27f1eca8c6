"""CloudWatch Logs Insights: the query language, and what a query finds in log events.

Pure: it knows neither where events come from nor who asks.
"""

from .errors import MalformedQuery
from .events import Event, Row, discovered
from .parser import MOST_ROWS
from .query import Answer, Query, Statistics, Stopped
from .values import Timestamp, Value, text

__all__ = [
    "MOST_ROWS",
    "Answer",
    "Event",
    "MalformedQuery",
    "Query",
    "Row",
    "Statistics",
    "Stopped",
    "Timestamp",
    "Value",
    "discovered",
    "text",
]
