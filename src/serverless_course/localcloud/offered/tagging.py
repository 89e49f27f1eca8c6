"""AWS Resource Groups Tagging API."""

from __future__ import annotations

from .offer import Offer, because, names

TAGGING = Offer(
    "resourcegroupstaggingapi",
    "AWS Resource Groups Tagging API",
    moto=names("GetResources GetTagKeys GetTagValues TagResources UntagResources"),
    partly=because(
        "knows the resources that moto keeps: no functions, and no groups of X-Ray",
        "GetResources GetTagKeys GetTagValues TagResources UntagResources",
    ),
    why=because(
        "There is no organization with tag policies.",
        "DescribeReportCreation GetComplianceSummary ListRequiredTags StartReportCreation",
    ),
)
