"""Write docs/services.md: what the embedded cloud offers of each service, from its own lists.

.venv/bin/python tools/services_page.py
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from serverless_course.localcloud.apigateway import plane as apigateway
from serverless_course.localcloud.cloudformation.api import OPERATIONS as OF_STACKS
from serverless_course.localcloud.elasticloadbalancing.plane import OPERATIONS as OF_BALANCERS
from serverless_course.localcloud.fis import fis
from serverless_course.localcloud.lambda_.api.operations import OPERATIONS as OF_LAMBDA
from serverless_course.localcloud.offered import OFFERED, Offer
from serverless_course.localcloud.offered.offer import because
from serverless_course.localcloud.pipes.pipes import OPERATIONS as OF_PIPES
from serverless_course.localcloud.scheduler.scheduler import OPERATIONS as OF_SCHEDULER
from serverless_course.localcloud.wire.rest_json import model
from serverless_course.localcloud.xray.operations import OPERATIONS as OF_XRAY

# The services whose code is our own say themselves what they offer.
OWN = (
    Offer(
        "apigateway",
        "Amazon API Gateway, REST APIs",
        ours=frozenset(apigateway.OFFERED.get("apigateway", ())),
    ),
    Offer(
        "apigatewayv2",
        "Amazon API Gateway, HTTP APIs",
        ours=frozenset(apigateway.OFFERED["apigatewayv2"]),
    ),
    Offer("cloudformation", "AWS CloudFormation", ours=frozenset(OF_STACKS)),
    Offer(
        "elbv2",
        "Elastic Load Balancing",
        ours=frozenset(OF_BALANCERS),
        partly={
            "CreateListener": "refuses HTTPS, and authentication by the load balancer",
            "CreateLoadBalancer": "makes Application Load Balancers with IPv4 addresses only",
            "CreateRule": "refuses RegexValues, Transforms and stickiness of target groups",
            "CreateTargetGroup": "makes target groups of the type lambda only",
            "DescribeTargetHealth": "refuses anomaly detection",
            "ModifyListener": "refuses what CreateListener refuses",
            "ModifyLoadBalancerAttributes": "refuses logs in S3, and the other attributes that "
            "have no effect here, with values other than their defaults",
            "ModifyRule": "refuses what CreateRule refuses",
            "SetIpAddressType": "takes ipv4 only",
        },
        why=because(
            "There are no HTTPS listeners.",
            "AddListenerCertificates AddTrustStoreRevocations CreateTrustStore "
            "DeleteSharedTrustStoreAssociation DeleteTrustStore DescribeListenerCertificates "
            "DescribeSSLPolicies DescribeTrustStoreAssociations DescribeTrustStoreRevocations "
            "DescribeTrustStores GetTrustStoreCaCertificatesBundle GetTrustStoreRevocationContent "
            "ModifyTrustStore RemoveListenerCertificates RemoveTrustStoreRevocations",
        ),
    ),
    Offer("fis", "AWS Fault Injection Service", ours=frozenset(fis.OPERATIONS)),
    Offer(
        "lambda", "AWS Lambda", ours=frozenset({*OF_LAMBDA, "Invoke", "InvokeWithResponseStream"})
    ),
    Offer(
        "pipes",
        "Amazon EventBridge Pipes",
        ours=frozenset(OF_PIPES),
        partly={
            "CreatePipe": "refuses LogConfiguration, KmsKeyIdentifier, and sources, enrichments "
            "and targets of services that docs/pipes.md does not list, each by its name",
            "UpdatePipe": "refuses what CreatePipe refuses",
        },
    ),
    Offer(
        "scheduler",
        "Amazon EventBridge Scheduler",
        ours=frozenset(OF_SCHEDULER),
        partly={
            "CreateSchedule": "refuses KmsKeyArn, and targets of services that are not on this "
            "page, each by its name",
            "UpdateSchedule": "refuses what CreateSchedule refuses",
        },
    ),
    Offer("xray", "AWS X-Ray", ours=frozenset(OF_XRAY)),
)
OFFERS = {each.model: each for each in (*OWN, *OFFERED.values())}
PAGE = Path(__file__).resolve().parents[1] / "docs" / "services.md"
# More operations than this that are refused without a reason are counted, and not named.
MANY = 60
INTRODUCTION = """\
# What is offered of each service

Written by `tools/services_page.py` from the lists in \
[`localcloud/offered/`](../src/serverless_course/localcloud/offered/); a test says when it is \
not current, and another calls every operation of AWS's models (botocore {version}) and sees \
that it is answered, or refused by its name.

An operation that is not offered is refused with status 501 and the code `NotImplemented`, in \
its service's own protocol; Lambda, FIS and X-Ray use the code `UnsupportedOperationException`, \
API Gateway `NotImplementedException`. So is every service that is not on this page. *Partly* \
tells what is not done of an operation that is answered. An operation that would answer and do \
nothing, or keep a resource that never acts, is refused.

AWS's SDKs put a prefix before the host for some operations, such as `sync-` \
(StartSyncExecution) and `stream-` (StartLiveTail). The embedded cloud takes such a host for its \
own, but no name like `sync-127.0.0.1` leads to this machine. The course's own clients leave the \
prefix away. For others, set `AWS_DISABLE_HOST_PREFIX_INJECTION=true`, or \
`Config(inject_host_prefix=False)` in boto3, or `disableHostPrefix: true` in the AWS SDK for \
JavaScript. AssumeRoleWithSAML and AssumeRoleWithWebIdentity, which nobody signs, are refused \
with MissingAuthenticationToken.
"""


def page(offers: Iterable[Offer], version: str) -> str:
    """The text of the page."""
    listed = sorted(offers, key=lambda each: each.title.lower())
    lines = [INTRODUCTION.format(version=version), "| service | ours | moto | refused |"]
    lines += ["| --- | ---: | ---: | ---: |"]
    lines += [
        f"| [{each.title}](#{_anchor(each.title)}) | {len(each.ours)} | {len(each.moto)} "
        f"| {len(_refused(each))} |"
        for each in listed
    ]
    return "\n".join([*lines, *(line for each in listed for line in _section(each))]) + "\n"


def _section(offer: Offer) -> list[str]:
    lines = ["", f"## {offer.title}", ""]
    for who, names in (("Ours", offer.ours), ("moto", offer.moto)):
        if names:
            lines += [f"**{who}**: {_listed(names)}", ""]
    if offer.partly:
        lines += ["**Partly**", ""]
        lines += [f"- {_listed(names)}: {what}." for what, names in _grouped(offer.partly)]
        lines += [""]
    refused = _refused(offer)
    if refused:
        lines += ["**Refused**", ""]
        lines += [f"- {_listed(names)}: {why}" for why, names in _grouped(offer.why)]
        rest = refused - set(offer.why)
        if len(rest) > MANY:
            lines += [f"- and {len(rest)} more, each by its name"]
        elif rest:
            lines += [f"- {_listed(rest)}"]
        lines += [""]
    return lines[:-1]


def _refused(offer: Offer) -> set[str]:
    return set(model(offer.model).operation_names) - offer.answered


def _grouped(by_name: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    texts = dict.fromkeys(by_name.values())
    return [(text, [name for name in by_name if by_name[name] == text]) for text in texts]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _anchor(title: str) -> str:
    return title.lower().replace(",", "").replace(" ", "-")


def current() -> str:
    """The page as it should be now; its botocore is the one that the tests run with."""
    import botocore  # noqa: PLC0415 - it is heavy, and only its version is asked for

    return page(OFFERS.values(), ".".join(botocore.__version__.split(".")[:2]))


if __name__ == "__main__":
    PAGE.write_text(current(), encoding="utf-8")
