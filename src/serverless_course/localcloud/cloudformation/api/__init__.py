"""CloudFormation's operations, from a form to XML."""

from .operations import OPERATIONS
from .plane import Plane

__all__ = ["OPERATIONS", "Plane"]
