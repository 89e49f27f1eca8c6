"""VPC designs: a few choices, and the network that EC2's describe calls would tell of.

What the course draws, judges and prices: a function in every zone's own subnet, a database, and
the ways out that were chosen. Ids and public addresses are made up.
"""

from serverless_course.network.design.choices import GATEWAY_SERVICES, NATS, Choices, Nat
from serverless_course.network.design.guards import DATABASE_PORT
from serverless_course.network.design.interfaces import database_address
from serverless_course.network.design.names import FUNCTION_GROUP
from serverless_course.network.design.whole import design, function

__all__ = [
    "DATABASE_PORT",
    "FUNCTION_GROUP",
    "GATEWAY_SERVICES",
    "NATS",
    "Choices",
    "Nat",
    "database_address",
    "design",
    "function",
]
