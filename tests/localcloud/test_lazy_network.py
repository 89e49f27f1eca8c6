"""moto's EC2 is slow to import: a server that nobody asks for a network does without it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from serverless_course.localcloud.moto_seam import Services
services = Services()
services.load("http://127.0.0.1:1")
assert "moto.ec2.models" not in sys.modules, "imported at the start"
import moto.autoscaling.models
from moto.ec2.models import EC2Backend
print(EC2Backend.create_network_acl.__module__, EC2Backend.delete_nat_gateway.__module__)
from moto.ec2.responses.nat_gateways import NatGateways
print(NatGateways.create_nat_gateway.__module__)
"""
SEAM = "serverless_course.localcloud.moto_seam"


def test_ec2_is_imported_when_it_is_needed_and_mended_whoever_imports_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        f"{SEAM}.network_faults",
        f"{SEAM}.nat_gateways",
        f"{SEAM}.nat_gateways",
    ]
