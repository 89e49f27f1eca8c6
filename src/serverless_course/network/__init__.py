"""Networks as EC2's describe calls tell of them: paths, address plans, findings.

Pure functions: no boto3, no input or output, nothing of the course is imported. It works the same
on the embedded cloud's answers and on a real account's.
"""

from serverless_course.network.billed import BilledParts
from serverless_course.network.finding import Finding, Severity
from serverless_course.network.findings import findings
from serverless_course.network.journey import (
    Address,
    Behaviour,
    Destination,
    Hop,
    Internet,
    Path,
    Reason,
    Service,
    Source,
    Verdict,
)
from serverless_course.network.network import Network, UnknownResource
from serverless_course.network.travel import travel

__all__ = [
    "Address",
    "Behaviour",
    "BilledParts",
    "Destination",
    "Finding",
    "Hop",
    "Internet",
    "Network",
    "Path",
    "Reason",
    "Service",
    "Severity",
    "Source",
    "UnknownResource",
    "Verdict",
    "findings",
    "travel",
]
