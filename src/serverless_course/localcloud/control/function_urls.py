"""placeholder"""

from .plane import Operation

OPERATIONS: dict[str, Operation] = {}
