"""A zone fails under load: what a function in one zone, and one in two, still answers.

``python -m bench.zone_failure``. Each design gets twenty requests a second; after three seconds
the zone of its first subnet fails (the experiment ``local:zone:fail``). The function asks the web
through a NAT gateway in a third zone, works for 0.2 s, and times out after two seconds. Counted
are the requests that were answered before the failure, those that began after the first time-out
was known, and those between.
"""

from __future__ import annotations

import secrets
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .cloud import BenchCloud, running
from .network import ZONES, make_network, put_into

RATE_PER_S = 20
BEFORE_S = 3.0
AFTER_S = 8.0
TIMEOUT_S = 2
SOURCE = """
import time, urllib.request
def handler(event, context):
    time.sleep(0.2)
    return urllib.request.urlopen("http://checkip.amazonaws.com/").read().decode()
"""
FIS_TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
    '"Principal": {"Service": "fis.amazonaws.com"}}]}'
)


@dataclass(frozen=True)
class Request:
    """One request: when it began and how long it took (s), and what came of it."""

    began: float
    took_s: float
    outcome: str


@dataclass(frozen=True)
class Result:
    """The requests of one run, and when the zone failed."""

    requests: tuple[Request, ...]
    failed_at: float

    @property
    def first_time_out(self) -> float:
        """When the first time-out was known to its caller; infinite when there was none."""
        ends = [r.began + r.took_s for r in self.requests if r.outcome == "timed out"]
        return min(ends, default=float("inf"))

    @property
    def before(self) -> list[Request]:
        return [r for r in self.requests if r.began + r.took_s < self.failed_at]

    @property
    def meanwhile(self) -> list[Request]:
        return [r for r in self.requests if r not in self.before and r not in self.after]

    @property
    def after(self) -> list[Request]:
        return [r for r in self.requests if r.began >= self.first_time_out]


def share_ok(requests: list[Request]) -> float:
    """The share that succeeded, from 0 to 1."""
    return sum(r.outcome == "ok" for r in requests) / len(requests)


def run(cloud: BenchCloud, subnets: int, after_s: float = AFTER_S) -> Result:
    """Load a function in that many subnets, each in a zone of its own, while the first fails."""
    name = _function(cloud, subnets)
    client = cloud.client("lambda")
    fis = cloud.client("fis")
    template = _template(cloud)
    failed_at = float("inf")
    experiment = ""
    with ThreadPoolExecutor(100) as pool:
        # Both zones have warm environments when the load begins.
        list(pool.map(lambda _: _request(client, name), range(8)))
        began = time.monotonic()
        waiting = []
        for number in range(int((BEFORE_S + after_s) * RATE_PER_S)):
            time.sleep(max(0.0, began + number / RATE_PER_S - time.monotonic()))
            if number == int(BEFORE_S * RATE_PER_S):
                started = fis.start_experiment(
                    clientToken=secrets.token_hex(8), experimentTemplateId=template
                )
                experiment = started["experiment"]["id"]
                while _status(fis, experiment) != "running":
                    time.sleep(0.01)
                failed_at = time.monotonic()
            waiting.append(pool.submit(_request, client, name))
        requests = tuple(each.result() for each in waiting)
    fis.stop_experiment(id=experiment)
    client.delete_function(FunctionName=name)
    while _status(fis, experiment) != "stopped":
        time.sleep(0.01)
    return Result(requests, failed_at)


def bench() -> None:
    """Print what one zone and two zones still answer."""
    print(f"\nA zone fails under {RATE_PER_S} requests a second (aim: 99 % with two, 0 % with one)")
    with running() as cloud:
        for subnets in (2, 1):
            result = run(cloud, subnets)
            print(f"  {subnets} subnet{'s' if subnets > 1 else ''}")
            for label in ("before", "meanwhile", "after"):
                part: list[Request] = getattr(result, label)
                ok = [r.took_s * 1e3 for r in part if r.outcome == "ok"]
                times = ""
                if ok:
                    times = f", median {statistics.median(ok):.0f} ms, most {max(ok):.0f} ms"
                print(
                    f"    {label:9} {len(part):4} requests, {share_ok(part):6.1%} answered{times}"
                )


def _request(client: Any, name: str) -> Request:
    began = time.monotonic()
    try:
        answer = client.invoke(FunctionName=name)
    except ClientError as error:
        outcome = str(error.response["Error"]["Code"])
    else:
        body = answer["Payload"].read()
        failed = "timed out" if b"Sandbox.Timedout" in body else "failed"
        outcome = failed if answer.get("FunctionError") else "ok"
    return Request(began, time.monotonic() - began, outcome)


def _function(cloud: BenchCloud, subnets: int) -> str:
    private, group = make_network(cloud)
    name = f"zones-{subnets}-{secrets.token_hex(3)}"
    cloud.create(name, SOURCE, MemorySize=1769, Timeout=TIMEOUT_S)
    put_into(cloud, name, SubnetIds=private[:subnets], SecurityGroupIds=[group])
    return name


def _template(cloud: BenchCloud) -> str:
    iam = cloud.client("iam")
    role = f"fis-{secrets.token_hex(3)}"
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=FIS_TRUST)["Role"]["Arn"]
    made = cloud.client("fis").create_experiment_template(
        clientToken=secrets.token_hex(8),
        description="A zone fails",
        stopConditions=[{"source": "none"}],
        roleArn=arn,
        actions={
            "fail": {
                "actionId": "local:zone:fail",
                "parameters": {"availabilityZone": ZONES[0], "duration": "PT10M"},
            }
        },
    )
    return str(made["experimentTemplate"]["id"])


def _status(fis: Any, experiment: str) -> str:
    members = fis.get_experiment(id=experiment)["experiment"]
    state = members["state"]["status"]
    action = members["actions"]["fail"]["state"]["status"]
    return str(state if state != "running" else action)


if __name__ == "__main__":
    bench()
