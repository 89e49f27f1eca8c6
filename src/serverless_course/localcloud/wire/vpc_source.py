"""Where a request came from, when it came through a VPC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VpcSource:
    """What an AWS service sees of a caller in a VPC.

    ``source_ip`` is the public address that a NAT gateway gave the request, or, through a VPC
    endpoint, the private one. ``endpoint_id`` is the VPC endpoint's id, empty without one;
    ``endpoint_denies`` whether that endpoint's policy does not let the request through.
    """

    source_ip: str
    vpc_id: str = ""
    endpoint_id: str = ""
    endpoint_denies: bool = False

    def condition_keys(self) -> dict[str, str]:
        """The condition keys that tell of it, in lower case.

        Through a VPC endpoint aws:SourceIp is absent, and only then are the other three there.
        Source: IAM User Guide, "AWS global condition context keys" (read 2026-11).
        """
        if not self.endpoint_id:
            return {"aws:sourceip": self.source_ip}
        return {
            "aws:sourcevpc": self.vpc_id,
            "aws:sourcevpce": self.endpoint_id,
            "aws:vpcsourceip": self.source_ip,
        }
