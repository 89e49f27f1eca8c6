"""Do I need a VPC? The questions of 2019, and what has to be asked beside them today.

The first and the third question are those of the flowchart that the Lambda Developer Guide had in
2019 ("Best practices": "Don't put your Lambda function in a VPC unless you have to"; read as it
stood on 19 Aug 2019), in our own words. The others are today's (Lambda Developer Guide, "Giving
Lambda functions access to resources in an Amazon VPC", and the VPC guide, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from serverless_course.network.design import Choices

IN_2019, TODAY = "asked in 2019", "asked today"


@dataclass(frozen=True)
class Recommendation:
    """Where the questions lead.

    Attributes:
        title: what to build.
        reason: why, and what to know about it.
        choices: the design, whose price is shown; None without a VPC.
    """

    title: str
    reason: str
    choices: Choices | None = None


@dataclass(frozen=True)
class Question:
    """A question, and where yes and no lead.

    Attributes:
        text: the question.
        detail: examples, or why it is asked.
        since: `IN_2019` or `TODAY`.
    """

    text: str
    detail: str
    since: str
    yes: Question | Recommendation
    no: Question | Recommendation


Node = Question | Recommendation

NO_VPC = Recommendation(
    "No VPC",
    "Outside a VPC a function reaches the internet and every AWS service. Each call is checked by "
    "IAM. A VPC by itself adds no protection, and a network to care for. It helps where a policy "
    "admits only requests that come through your VPC's endpoint (aws:SourceVpce).",
)
FIXED_ADDRESS = Recommendation(
    "A VPC with NAT: a fixed address",
    "A NAT gateway sends everything out from an elastic IP address of yours, which others can "
    "allow. One in each zone means one address in each zone.",
    Choices(nat="one a zone"),
)
PUBLIC_API = Recommendation(
    "No VPC: use the API",
    "The API answers on the internet and IAM guards it: Aurora by its Data API, DynamoDB in place "
    "of a cache. Nothing has to be private.",
)
WITH_NAT = Recommendation(
    "A VPC with a NAT gateway",
    "The function stands in private subnets of two zones, and each zone has its NAT gateway: a "
    "single one would fail with its zone. A "
    "public subnet does not help: a function has no public address. If every host it calls "
    "answers on IPv6, dual-stack subnets and an egress-only internet gateway do without NAT.",
    Choices(nat="one a zone"),
)
CLOSED = Recommendation(
    "A VPC without a way out",
    "Private subnets in two zones are enough. Its logs do not go through your VPC, so they need "
    "no way out.",
    Choices(public_subnets=False),
)
GATEWAY = Recommendation(
    "A VPC with gateway endpoints",
    "S3, S3 Express One Zone and DynamoDB have gateway endpoints. They are a route in a route "
    "table and free of charge.",
    Choices(public_subnets=False, gateway_endpoints=("s3", "dynamodb")),
)
INTERFACE = Recommendation(
    "A VPC with interface endpoints",
    "Each service gets an interface in each zone, paid by the hour and the GB; the price here is "
    "for one service in two zones. With many services a NAT gateway can cost less: the designer "
    "compares them.",
    Choices(public_subnets=False, interface_endpoints=("secretsmanager",)),
)

ONLY_GATEWAYS = Question(
    "Only S3 and DynamoDB?",
    "Gateway endpoints are for these, and for S3 Express One Zone.",
    TODAY,
    yes=GATEWAY,
    no=INTERFACE,
)
AWS_SERVICES = Question(
    "Call AWS services too?",
    "Such as S3, SQS or Secrets Manager: outside your VPC.",
    TODAY,
    yes=ONLY_GATEWAYS,
    no=CLOSED,
)
INTERNET_TOO = Question(
    "Need the internet too?",
    "In a VPC, a function has only the ways out that you build.",
    IN_2019,
    yes=WITH_NAT,
    no=AWS_SERVICES,
)
API_INSTEAD = Question(
    "Is there a public API that would do?",
    "Aurora's Data API, a public endpoint that IAM guards.",
    TODAY,
    yes=PUBLIC_API,
    no=INTERNET_TOO,
)
FIXED = Question(
    "Call from a fixed address?",
    "Some partners let only known addresses in.",
    TODAY,
    yes=FIXED_ADDRESS,
    no=NO_VPC,
)
FIRST = Question(
    "Reach something private in a VPC?",
    "An RDS database, an ElastiCache cluster, an internal service.",
    IN_2019,
    yes=API_INSTEAD,
    no=FIXED,
)


def walk(answers: str) -> Node:
    """Where answers lead: one letter each, `y` or `n`, as `"yn"`.

    Raises:
        ValueError: another letter, or more answers than questions.
    """
    node: Node = FIRST
    for letter in answers:
        if isinstance(node, Recommendation):
            raise ValueError(f"{node.title!r} is an answer: nothing is asked after it.")
        if letter not in "yn":
            raise ValueError(f"Answers are y and n, not {letter!r}.")
        node = node.yes if letter == "y" else node.no
    return node


def ways(node: Node = FIRST, answers: str = "") -> Iterator[tuple[str, Node]]:
    """Every question and answer with the answers that lead there, from the first on."""
    yield answers, node
    if isinstance(node, Question):
        yield from ways(node.yes, answers + "y")
        yield from ways(node.no, answers + "n")
